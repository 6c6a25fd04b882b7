package redact

// toolWords are what the tools and the forms of their answers are made of, in small
// letters, each between blanks. A test asks whether one that is passed on is missing.
//
//nolint:misspell // Apple spells as Americans do
const toolWords = `
 __scoped__ _lpadmin _lpoperator _mbsetupuser _securityagent _spotlight _unknown _windowserver _www a absent access access_ account accountdisplayname 
 accountpolicydata activationlockallowedwhilesupervised active activemanagedusers address admin administrative administrator administrators advanced 
 afp after agent air all allow allowbootstraptoken allowed alloworoms allowsanyapplesignedos allowsmdm allowsunsignedkexts an and any apfs 
 apfscryptousertype apfscryptouseruuid apos app appears apple applications approved apr ard_ are arg args arm64 array as at attribute aug authenticated 
 authenticatedrootvolumeenabled authentication authenticationauthority authority authorization authorized autocheckenabled automatically 
 automaticappinstallationenabled automaticosinstallationenabled automaticsecurityupdatesenabled autosetupadminaccounts auxi auxiliary auxp auxr 
 availabledevicecapacity awaitingconfiguration baa backgrounddownloadenabled backup basesystem bash basic batterylevel be bearer begin begins bin 
 blockallincoming bluetoothmac board boot bootstrap bootstraptoken bootstraptokenallowed bootstraptokenallowedforauthentication 
 bootstraptokenrequiredforkernelextensionapproval bootstraptokenrequiredforsoftwareupdate boottime bord bound bplist bputil break broken bsd 
 buildversion builtin busy but bytes c cache can capabilities case catalogurl cepo certificate change changepending changing check chip class coih com 
 command commanduuid completed compromise computer config configuration confirmation console consoleuser contact control controller could 
 cpf_getinstalledprofiles cpro crash create createuserlogintypes creationtime cryptex1 cryptographic csec csh csrutil ctrr current custom customized 
 customkc d daemon dash db de debugging dec decryption default defaultpasswordpolicy defer deferdontaskatuserlogout 
 deferforceatuserloginmaxbypassattempts deferforceatuserloginmaxbypassattemptscount deferred dep dev device devicecapacity deviceidentifier devicename 
 devicenode dict dictionary directory dis disable disabled disabledtags disableduser disallowed discovery display dns doctype domain domains 
 dontusekeychain ds dsattrtypenative dsattrtypestandard dscl dscl_cmd dsconfigad dtd dtds dtrace dynamic e eacspreflight easier ecid eds edsauthfailed 
 edsrecordnotfound efi empty en en0 enable enabled enablement encoding encryption end enrolled enrolledviadep enrollment environment environments epoch 
 error errorchain errorcode errordomain escrow escrowed ethernetmac even everyone evidence example exceptionslist excludesimplehostnames exfat exists 
 experience extended extensionidentifier external externalbootlevel failed failedlogincount failedlogintimestamp failure false fde fde_enabled 
 fde_hasinstitutionalrecoverykey fde_haspersonalrecoverykey fde_personalrecoverykeycms fde_personalrecoverykeydevicekey fdesetup feb filesystem 
 filesystemname filesystemtype filesystemuservisiblename filevault filtered filtering finish firewallenabled firewallsettings firmwarepasswd 
 firmwarepasswordstatus for force forest found fri from ftp ftppassive full fullname functionality fuos future generate generateduid generation get 
 getaccountpolicies getting gid global gopher group groupmembers groupmembership groups gt guest guests guid guis handled hardwareencryptioncaps 
 hasbattery hash hasinstitutionalrecoverykey haspersonalrecoverykey hasupdateddevice health hfs hint home host hostname how http httpenable httpport 
 httpproxy https httpsenable httpsport httpsproxy httpsuser hv_vmm_present hw icloud icloudrecovery id idkey im imac imacpro image4 in info installed 
 institutional institutionalrecovery integer integrity interact internal interval invalid iobusyinterest ioplatformexpertdevice ioplatformserialnumber 
 ioplatformuuid ioreg is isactivationlockenabled isactivationlockmanageable isactivationlocksupported isapplesilicon isdefaultcatalog ishidden 
 ismultiuser isnetworktethered isrecoverylockenabled issupervised isuserenrollment it itunesstoreaccounthash itunesstoreaccountisactive jan journaled 
 json jul jun kcgsessionlogindonekey kcgsessionlongusernamekey kcgssession kcgssessionauditidkey kcgssessiongroupidkey kcgssessionidkey 
 kcgssessionloginwindowsafelogin kcgssessiononconsolekey kcgssessionsystemsafeboot kcgssessionuseridkey kcgssessionusernamekey kek kerberos 
 kerberosstatus kerberosv5 kerberosv5cert kern kernel kext kexts key keychain kscsecuritysessionid ksh kuid last ldapv3 leave length library likely 
 list listcryptousers lkdc lobo local localaccounts localcacheduser localhost localhostname localizeddescription localopendirectory localwindowshash 
 locked logged loggingenabled login logintype loginwindow love lpadmin lpnh lt m mac macbook macbookair macbookpro machine macmini macos macpro macs 
 mail make manage managementstatus mapping mappings maps mar master matched may mdm mdmclient mdmoptions mdmrecovery meant medium mini mobile mode 
 model modelname mon mount mountpoint ms msdos much name named names namespace nan needs nestedgroups net netlogon network next nfs nfshomedirectory no 
 nobody nologin nonce none normal normally not nov nsih nt ntfs null number nvram o oct of off oid on only open operators opt option optional options 
 or originalnodename os osupdatesettings osversion outputpath own owner packet paired pairing parallels party passcodecompliant passcodepresent 
 passphrase password passwordchange passwordcontent passwordexists passwordlastsettime path percent performperiodiccheck permissive person personal 
 personalrecovery pinrequiredfordevicelock pinrequiredforerasedevice platform plist policies policy policycategory policycategoryauthentication 
 policycategorypasswordchange policycategorypasswordcontent policyidentifier port possible power preferred previousscandate previousscanresult print 
 private pro production productname productversion productversionextra profiles profileuuid progress promptusertoallowbootstraptokenforauthentication 
 propertylist protection protections protocol provides provisioningudid proxy proxyauto proxyautoconfigenable proxyautoconfigurlstring 
 proxyautodiscoveryenable pubkeyhash public pushtoken pwpolicy querydeviceinformation queryresponses querysecurityinfo quot rd1 read readall real 
 realname reboot receipt received record recordname recovery recoveryos redacted reduced reducedsecurity registered registrationcompleted remote 
 remote_ae remotedesktopenabled render reports require requirement response restart restarted restrict restrictions retain risk roms ronh root rpnh 
 rtsp run s sat sbin screensharing scutil sdom sealed search sec secrets secure secureboot securebootlevel securehash securetoken securetokenstatus 
 security securityinfo sensitive sep serial serialnumber server service services sessioninfo sessionkey set setup sh sha1 shadowhash shared sharepoint 
 shell shortname should show showdeferralinfo showrecoverykey shutdown signature signed signercertificates signing silicon sip sip0 sip1 sip2 sip3 smb 
 smb0 smb1 smb2 smb3 smb4 smbfs socks socksenable socksport socksproxy softwareupdatedeviceid solidstate spih ssh sso staff stage startup state status 
 stealthmode still stng string strings studio success such sun supplementalbuildversion supplementalosversionextra supported supportsiosappinstalls 
 supportslomdevice sw_vers sysadminctl sysadmins sysctl system systemintegrityprotectionenabled tcsh that the therefore this through thu time 
 timezoneoffset to token tokenidentity tokens tokentousermapping tokenward tool true tty tue type u udf udid ufs uid unable unabstracted uname 
 unbootable unc understand unique uniqueid unknown unprivileged unsupported updates url use usec used usekeychain usenglishdescription user 
 userapprovedenrollment userecoverykey userid userlongname username usernames users usershell usershortname using usr utc utf utf8 utility uucico uuid 
 valid value var verification version via virtualmac vmware volume volumeowner volumes vuid vv weaker wed when which wifimac will windows 
 windowsbootlevel with word works writablevolume wtmp www x x86_64 xml xsanconfiguration yes yet you your zsh 
`
