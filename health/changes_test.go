package health_test

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// What happened to accounts between two checks is noticed, and told by name.
func TestChangesOfAccountsAreSeen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		events         []state.Event
		kind           health.ChangeKind
		who            string
		not            health.ChangeKind // what would be wrong to say
	}{
		{"the help desk set a password", "healthy", []state.Event{&state.ResetPassword{User: "mbauer", New: "Roses2", Granter: "itadmin"}}, health.PasswordSetAnew, "mbauer", health.TokenLost},
		{"an agent set a password", "healthy", []state.Event{&state.ResetPassword{User: "mbauer", New: "Roses2", By: state.ByAgent}}, health.DriftSuspected, "mbauer", health.DriftCleared},
		{"the user logged in with it", "new-password-during-the-holidays", []state.Event{&state.Login{User: "jvermeer", Password: new("Roses2")}}, health.DriftCleared, "jvermeer", health.DriftSuspected},
		{"a login brought a token", "user-without-token", []state.Event{&state.Logout{}, &state.Login{User: "pnovak"}}, health.TokenGained, "pnovak", health.AdminGained},
		{"a token was turned off", "healthy", []state.Event{&state.TokenOff{User: "mbauer", Granter: "itadmin"}}, health.TokenLost, "mbauer", health.HolderGone},
		{"and ownership with it", "healthy", []state.Event{&state.TokenOff{User: "mbauer", Granter: "itadmin"}}, health.OwnerLost, "mbauer", health.AdminLost},
		{"a holder was deleted", "healthy", []state.Event{&state.Delete{User: "mbauer"}}, health.HolderGone, "mbauer", health.TokenLost},
		{"a user became an admin", "healthy", []state.Event{&state.MemberAdd{User: "mbauer"}}, health.AdminGained, "mbauer", health.TokenGained},
		{"rights were taken back", "leaver-whose-account-stayed", []state.Event{&state.MemberRemove{User: "gfontaine"}}, health.AdminLost, "gfontaine", health.TokenLost},
		{"somebody logged out", "healthy", []state.Event{&state.Logout{}}, "", "", health.DriftSuspected},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			w.happens(tc.events...)
			if tc.kind != "" && !w.saw(tc.kind, tc.who) {
				t.Errorf("no %s of %s: %+v", tc.kind, tc.who, w.changes)
			}
			for _, c := range w.changes {
				if c.Kind == tc.not {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}
