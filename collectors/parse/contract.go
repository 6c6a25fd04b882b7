package parse

import "fmt"

// A Parser reads one tool's output and returns a value that prints as JSON.
type Parser struct {
	ID   string // as tokenward parse takes it
	Read func(out []byte) (any, error)
}

// Parsers lists every parser by the name that other people's tests use, in the
// order of the documentation.
func Parsers() []Parser {
	return []Parser{
		{"profiles-status-bootstraptoken", as(ProfilesStatusBootstrapToken)},
		{"profiles-install-bootstraptoken", as(ProfilesInstallBootstrapToken)},
		{"profiles-validate-bootstraptoken", as(ProfilesValidateBootstrapToken)},
		{"profiles-status-enrollment", as(ProfilesStatusEnrollment)},
		{"sysadminctl-securetokenstatus", as(SysadminctlSecureTokenStatus)},
		{"sysadminctl-change", as(SysadminctlChange)},
		{"fdesetup-status", as(FdesetupStatus)},
		{"fdesetup-list", as(FdesetupList)},
		{"diskutil-listcryptousers", as(DiskutilListCryptoUsers)},
		{"mdmclient-querydeviceinformation", as(MdmclientQueryDeviceInformation)},
		{"dscl-read-user", as(DsclReadUser)},
		{"dscl-error", as(DsclError)},
		{"sw-vers", as(SwVers)},
		{"scutil-console-user", as(ScutilConsoleUser)},
		{"ioreg-platform", as(IoregPlatform)},
		{"mdmclient-querysecurityinfo", as(MdmclientQuerySecurityInfo)},
		{"sysctl-kernel", as(Sysctl)},
		{"csrutil-status", as(CsrutilStatus)},
		{"diskutil-info", as(DiskutilInfo)},
		{"bputil-policies", as(BputilPolicies)},
		{"firmwarepasswd-check", as(FirmwarepasswdCheck)},
		{"scutil-proxy", as(ScutilProxy)},
		{"fdesetup-hasrecoverykey", as(FdesetupHasRecoveryKey)},
		{"fdesetup-showdeferralinfo", as(FdesetupShowDeferralInfo)},
		{"fdesetup-list-extended", as(FdesetupListExtended)},
		{"dscl-readall-passwords", as(DirectoryPasswords)},
		{"dscl-readall-groups", as(DirectoryGroups)},
		{"pwpolicy-getaccountpolicies", as(PwpolicyAccountPolicies)},
		{"dsconfigad-show", as(DsconfigadShow)},
		{"app-sso-platform", as(AppSSOPlatform)},
		{"last", as(Last)},
	}
}

// ByID returns the parser of that name.
func ByID(id string) (Parser, error) {
	for _, p := range Parsers() {
		if p.ID == id {
			return p, nil
		}
	}
	return Parser{}, fmt.Errorf("no parser is called %q", id)
}

func as[T any](read func([]byte) (T, error)) func([]byte) (any, error) {
	return func(out []byte) (any, error) {
		v, err := read(out)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
}
