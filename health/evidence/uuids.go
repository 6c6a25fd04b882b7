package evidence

import "strings"

// UUIDs that are the same on every Mac (seen in Apple's binaries, in released
// outputs from 10.13 to 26, and in test fixtures of other tools).
const (
	BootstrapTokenUUID           = "2457711A-523C-4604-B75A-F48A571D5036"
	PersonalRecoveryUUID         = "EBC6C064-0000-11AA-AA11-00306543ECAC"
	InstitutionalRecoveryKeyUUID = "C064EBC6-0000-11AA-AA11-00306543ECAC"
	InstitutionalRecoveryUUID    = "2FA31400-BAFF-4DE7-AE2A-C3AA6E1FD340"
	ICloudRecoveryUUID           = "EC1C2AD9-B618-4ED6-BD8D-50F361C27507"
	ICloudRecoveryKeyUUID        = "64C0C6EB-0000-11AA-AA11-00306543ECAC"
	systemUserPrefix             = "FFFFEEEE-DDDD-CCCC-BBBB-AAAA" // followed by the uid in hexadecimal
)

// SameUUID compares two UUIDs as the directory does, without regard to case.
func SameUUID(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// IsSystemUUID says whether a UUID belongs to an account that is on every Mac:
// root, Guest, the role accounts.
func IsSystemUUID(uuid string) bool {
	return len(uuid) > len(systemUserPrefix) && strings.EqualFold(uuid[:len(systemUserPrefix)], systemUserPrefix)
}
