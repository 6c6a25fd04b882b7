package redact

import "github.com/tokenward/tokenward/internal/pattern"

// harmlessKeys are the keys of described dictionaries whose values are the
// system's own words and numbers. documented (Apple, information.device and
// security.info), and of fdesetup's deferral observed (10.15.6).
var harmlessKeys = pattern.Lazy(`^(?:` +
	`AvailableDeviceCapacity|AwaitingConfiguration|BatteryLevel|DeviceCapacity|HasBattery|HasUpdatedDevice|IsActivationLockEnabled|IsActivationLockSupported|IsAppleSilicon|` +
	`IsMultiUser|IsNetworkTethered|IsSupervised|PINRequiredForEraseDevice|PINRequiredForDeviceLock|SupportsLOMDevice|SupportsiOSAppInstalls|SystemIntegrityProtectionEnabled|` +
	`TimeZoneOffset|XsanConfiguration|iTunesStoreAccountIsActive|` +
	`ActivationLockAllowedWhileSupervised|AllowBootstrapToken|BootstrapTokenAllowed|PromptUserToAllowBootstrapTokenForAuthentication|` +
	`AutoCheckEnabled|AutomaticAppInstallationEnabled|AutomaticOSInstallationEnabled|AutomaticSecurityUpdatesEnabled|BackgroundDownloadEnabled|IsDefaultCatalog|PerformPeriodicCheck|PreviousScanResult|` +
	`AuthenticatedRootVolumeEnabled|BootstrapTokenAllowedForAuthentication|BootstrapTokenRequiredForKernelExtensionApproval|BootstrapTokenRequiredForSoftwareUpdate|` +
	`FDE_Enabled|FDE_HasInstitutionalRecoveryKey|FDE_HasPersonalRecoveryKey|IsRecoveryLockEnabled|RemoteDesktopEnabled|HardwareEncryptionCaps|PasscodePresent|PasscodeCompliant|` +
	`ExternalBootLevel|SecureBootLevel|WindowsBootLevel|AllowsAnyAppleSignedOS|AllowsMDM|AllowsUnsignedKexts|` +
	`ChangePending|PasswordExists|AllowOroms|Mode|BlockAllIncoming|FirewallEnabled|StealthMode|LoggingEnabled|` +
	`EnrolledViaDEP|IsActivationLockManageable|IsUserEnrollment|UserApprovedEnrollment|` +
	`Defer|DeferDontAskAtUserLogout|DeferForceAtUserLoginMaxBypassAttempts|DeferForceAtUserLoginMaxBypassAttemptsCount|DontUseKeychain|OutputPath|ShowRecoveryKey|UseKeychain|UseRecoveryKey)$`)

// knownKeys are the other keys that are passed on: their values are judged one by
// one, or are dictionaries and lists.
var knownKeys = pattern.Lazy(`^(?:` +
	`SerialNumber|FDE_PersonalRecoveryKeyDeviceKey|FDE_PersonalRecoveryKeyCMS|UDID|ProvisioningUDID|GUID|ProfileUUID|shortName|fullName|UserName|UserShortName|UserLongName|UserID|Usernames|` +
	`BuildVersion|OSVersion|SupplementalBuildVersion|SupplementalOSVersionExtra|Model|ModelName|ProductName|SoftwareUpdateDeviceID|EACSPreflight|` +
	`QueryResponses|SecurityInfo|MDMOptions|OSUpdateSettings|ManagementStatus|SecureBoot|ReducedSecurity|FirmwarePasswordStatus|FirewallSettings|AutoSetupAdminAccounts|ActiveManagedUsers|` +
	`BluetoothMAC|WiFiMAC|EthernetMAC|DeviceName|HostName|LocalHostName|PreviousScanDate|CatalogURL|PushToken|SignerCertificates|iTunesStoreAccountHash|Status|ErrorChain|` +
	`ErrorCode|ErrorDomain|LocalizedDescription|USEnglishDescription|CommandUUID)$`)

func knownKey(key string) bool {
	return key == removed || harmlessKeys.MatchString(key) || knownKeys.MatchString(key)
}

// plainValue is how values look that say of a Mac what it is like and not which
// it is.
func plainValue(key, value string) bool {
	switch key {
	case "BuildVersion", "SupplementalBuildVersion":
		return systemBuild.MatchString(value)
	case "OSVersion":
		return systemVersion.MatchString(value)
	case "SupplementalOSVersionExtra":
		return systemExtra.MatchString(value)
	case "Model", "ModelName", "ProductName":
		return modelName.MatchString(value)
	case "SoftwareUpdateDeviceID":
		return boardName.MatchString(value)
	case "EACSPreflight":
		return preflightAnswer.MatchString(value)
	}
	return value == removed || harmlessKeys.MatchString(key) && (smallNumber.MatchString(value) || choice.MatchString(value))
}

var (
	modelName = pattern.Lazy(`^(?:(?:Mac|MacBook|MacBookAir|MacBookPro|MacPro|Macmini|iMac|iMacPro|VirtualMac|VMware|Parallels)\d{1,3},\d{1,2}|macOS|MacBook(?: Air| Pro)?|Mac (?:mini|Pro|Studio)|iMac(?: Pro)?)$`)
	boardName = pattern.Lazy(`^(?:Mac-[0-9A-F]{8,16}|[JXVj]\d{1,4}[A-Za-z]{0,4})$`)
	// community: the answers, of which the first two are documented.
	preflightAnswer = pattern.Lazy(`^(?:success|not supported|unknown failure|System is not sealed|System is not on full security|EFI password exists|` +
		preflightToken + ` <\(null\):0> \(\(null\)\))$`)
)

// preflightToken begins the answer that says something of the Bootstrap Token. What
// follows is an error in words that nobody has listed.
const preflightToken = `Unable to get Bootstrap Token`
