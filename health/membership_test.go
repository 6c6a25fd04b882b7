package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// Who is an administrator, also by way of groups in the group.
func TestAdministrators(t *testing.T) {
	t.Parallel()
	admin := func(nested ...string) evidence.Group {
		return evidence.Group{Names: []string{"admin", `BUILTIN\Administrators`}, GUID: "ADMIN", Users: []string{"root"}, Nested: nested}
	}
	guid := func() string { r, _ := anAccount("ana", 501); return r.GUID }()
	for _, tc := range []struct {
		name   string
		listed evidence.AdminGroup
		groups []evidence.Group
		mobile bool
		want   health.Tri
	}{
		{"by name", evidence.AdminGroup{Names: []string{"root", "ana"}}, []evidence.Group{admin()}, false, health.Yes},
		{"by GUID alone", evidence.AdminGroup{GUIDs: []string{guid}}, []evidence.Group{admin()}, false, health.Yes},
		{"in neither list", evidence.AdminGroup{Names: []string{"root"}}, []evidence.Group{admin()}, false, health.No},
		{"a name that begins so", evidence.AdminGroup{Names: []string{"anabel"}}, []evidence.Group{admin()}, false, health.No},
		{"in a group inside", evidence.AdminGroup{}, []evidence.Group{admin("help"), {Names: []string{"help"}, GUID: "HELP", Users: []string{"ana"}}}, false, health.Yes},
		{"two groups deep, by GUID", evidence.AdminGroup{}, []evidence.Group{
			admin("OUTER"), {GUID: "outer", Nested: []string{"INNER"}}, {GUID: "inner", GUIDs: []string{guid}},
		}, false, health.Yes},
		{"groups that hold each other", evidence.AdminGroup{}, []evidence.Group{
			admin("ONE"), {GUID: "ONE", Nested: []string{"TWO"}}, {GUID: "TWO", Nested: []string{"ONE", "ADMIN"}},
		}, false, health.No},
		{"in a group beside", evidence.AdminGroup{}, []evidence.Group{admin(), {GUID: "HELP", Users: []string{"ana"}}}, false, health.No},
		{"a group inside that lists nobody", evidence.AdminGroup{}, []evidence.Group{admin("EVERYONE")}, false, health.Unknown},
		{"listed, and such a group inside", evidence.AdminGroup{Names: []string{"ana"}}, []evidence.Group{admin("EVERYONE")}, false, health.Yes},
		{"an account of a directory service", evidence.AdminGroup{}, []evidence.Group{admin()}, true, health.Unknown},
		{"such an account, listed", evidence.AdminGroup{Names: []string{"ana"}}, []evidence.Group{admin()}, true, health.Yes},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := holders("ana")
			s.Directory.Value[0].Mobile = tc.mobile
			s.AdminGroup, s.Groups = known(tc.listed), known(tc.groups)
			if a := accountOf(t, s, "ana"); a.Admin != tc.want {
				t.Errorf("admin %s, want %s", a.Admin, tc.want)
			}
			s.Groups = evidence.Obs[[]evidence.Group]{}
			if a := accountOf(t, s, "ana"); a.Admin == health.No {
				t.Error("without the groups it is known that the account is no administrator")
			}
			s.AdminGroup = evidence.Obs[evidence.AdminGroup]{}
			if a := accountOf(t, s, "ana"); a.Admin != health.Unknown {
				t.Errorf("without both: admin %s", a.Admin)
			}
		})
	}
}
