package health_test

import "testing"

// Ownership is judged on Apple silicon alone, and of those who may be asked for it.
func TestOwnerConditions(t *testing.T) {
	t.Parallel()
	for _, s := range []shown{
		{"VO_NONE", "restored-from-another-mac", "", "user-moved-from-intel-mac", "the administrator is one"},
		{"VO_NONE", "volume-without-any-user", "", "high-sierra-two-accounts-from-the-start", "an Intel Mac"},
		{"VO_USER_NOT_OWNER", "user-moved-from-intel-mac", "gpatel", "catalina-second-local-user", "an Intel Mac"},
		{"VO_ADMIN_NOT_OWNER", "founder-leaves-company", "itadmin", "managed-administrator-beside-the-user", "the server's administrator is meant to be none"},
		{"VO_ADMIN_NOT_OWNER", "strict-password-rules", "svc-backup", "enrolled-by-the-contractor", "the same is said of who sits at the Mac"},
		{"VO_BT_NOT_OWNER", "restored-from-another-mac", "", "library-mac-with-a-firmware-password", "an Intel Mac"},
		{"VO_BT_NOT_OWNER", "restored-from-another-mac", "", "healthy", "it is one"},
	} {
		t.Run(string(s.code)+"/"+s.shows+"/not "+s.nearly+": "+s.why, func(t *testing.T) {
			t.Parallel()
			s.check(t)
		})
	}
}
