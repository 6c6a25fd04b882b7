package parse

import (
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

// MDMInformation is what mdmclient QueryDeviceInformation says; nil is what it
// does not say.
type MDMInformation struct {
	EACSPreflight   *string                  `json:"eacs_preflight"` // as printed; nil before macOS 13.3
	Supervised      *bool                    `json:"supervised"`
	Awaiting        *bool                    `json:"awaiting_configuration"`
	BootstrapOption *bool                    `json:"bootstrap_option"`
	ActivationLock  *bool                    `json:"activation_lock"`
	Admins          *[]evidence.ManagedAdmin `json:"managed_admins"`
}

// MdmclientQueryDeviceInformation reads the answers to the command
// DeviceInformation, or the lines of them that somebody picked out. documented:
// the keys (Apple, information.device); observed (13.3.1): the form.
func MdmclientQueryDeviceInformation(out []byte) (MDMInformation, error) {
	list, err := oldStyle(out)
	if err != nil {
		return MDMInformation{}, err
	}
	a := oldAnswers{of: list}
	if !a.has("EACSPreflight") {
		a = a.within("QueryResponses")
	}
	info := MDMInformation{
		EACSPreflight:   a.text("EACSPreflight"),
		Supervised:      a.flag("IsSupervised"),
		Awaiting:        a.flag("AwaitingConfiguration"),
		BootstrapOption: a.flag("MDMOptions", "BootstrapTokenAllowed"),
		ActivationLock:  a.flag("IsActivationLockEnabled"),
		Admins:          a.managedAdmins(),
	}
	if a.err != nil {
		return MDMInformation{}, a.err
	}
	return info, nil
}

// managedAdmins are the administrators whom Setup Assistant made for the server.
// documented: the keys; observed (13.3.1): an empty list where there is none.
func (a *oldAnswers) managedAdmins() *[]evidence.ManagedAdmin {
	items := a.list("AutoSetupAdminAccounts")
	if items == nil {
		return nil
	}
	admins := make([]evidence.ManagedAdmin, 0, len(items))
	for _, item := range items {
		account, _ := item.(oldDictionary)
		of := oldAnswers{of: account}
		guid, name := of.text("GUID"), of.text("shortName")
		if guid == nil || of.err != nil {
			a.fail("an administrator of the server without GUID")
			return nil
		}
		admin := evidence.ManagedAdmin{GUID: *guid}
		if name != nil {
			admin.Name = *name
		}
		admins = append(admins, admin)
	}
	return &admins
}

// SecurityInfo is what mdmclient QuerySecurityInfo says; nil is what it does not
// say. Of a recovery key it holds that it is there, never the key.
type SecurityInfo struct {
	SecureBoot         *string `json:"secure_boot"`
	MDMControl         *bool   `json:"mdm_control"`
	BootstrapForAuth   *string `json:"bootstrap_for_authentication"`
	BootstrapForUpdate *bool   `json:"bootstrap_for_update"`
	BootstrapForKexts  *bool   `json:"bootstrap_for_kexts"`
	RecoveryLock       *bool   `json:"recovery_lock"`
	FirmwarePassword   *bool   `json:"firmware_password"`
	DEP                *bool   `json:"dep"`
	UserApproved       *bool   `json:"user_approved"`
	UserEnrollment     *bool   `json:"user_enrollment"`
	RecoveryKey        *bool   `json:"personal_recovery_key"`
	InstitutionalKey   *bool   `json:"institutional_recovery_key"`
	KeySealed          *bool   `json:"recovery_key_sealed"`
}

// MdmclientQuerySecurityInfo reads the answers to the command SecurityInfo.
// documented: the keys (Apple, security.info); observed (12.1): the frame.
func MdmclientQuerySecurityInfo(out []byte) (SecurityInfo, error) {
	list, err := oldStyle(out)
	if err != nil {
		return SecurityInfo{}, err
	}
	whole := oldAnswers{of: list}
	a := whole.within("SecurityInfo")
	info := SecurityInfo{
		SecureBoot:         a.text("SecureBoot", "SecureBootLevel"),
		MDMControl:         a.truth("SecureBoot", "ReducedSecurity", "AllowsMDM"),
		BootstrapForAuth:   a.text("BootstrapTokenAllowedForAuthentication"),
		BootstrapForUpdate: a.flag("BootstrapTokenRequiredForSoftwareUpdate"),
		BootstrapForKexts:  a.flag("BootstrapTokenRequiredForKernelExtensionApproval"),
		RecoveryLock:       a.flag("IsRecoveryLockEnabled"),
		FirmwarePassword:   a.flag("FirmwarePasswordStatus", "PasswordExists"),
		DEP:                a.flag("ManagementStatus", "EnrolledViaDEP"),
		UserApproved:       a.flag("ManagementStatus", "UserApprovedEnrollment"),
		UserEnrollment:     a.flag("ManagementStatus", "IsUserEnrollment"),
		RecoveryKey:        a.flag("FDE_HasPersonalRecoveryKey"),
		InstitutionalKey:   a.flag("FDE_HasInstitutionalRecoveryKey"),
		KeySealed:          a.keySealed(),
	}
	if a.err != nil {
		return SecurityInfo{}, a.err
	}
	return info, nil
}

// keySealed says whether the personal recovery key lies there, encrypted for the
// server. An answer that says nothing of recovery keys says nothing of this one,
// and neither does a value with nothing in it.
func (a *oldAnswers) keySealed() *bool {
	value, there := a.find([]string{"FDE_PersonalRecoveryKeyCMS"})
	if holdsNothing(value) || !there && !a.has("FDE_HasPersonalRecoveryKey") {
		return nil
	}
	return &there
}

// holdsNothing knows the word that a runner puts in the place of an empty value,
// and the forms of one that nobody touched.
func holdsNothing(value oldValue) bool {
	switch v := value.(type) {
	case string:
		return slices.Contains([]string{"", "empty", "<null>", "(null)"}, v)
	case oldData:
		return v.empty
	case oldList:
		return len(v) == 0 || len(v) == 1 && v[0] == "null"
	case oldDictionary:
		return len(v) == 0
	}
	return false
}
