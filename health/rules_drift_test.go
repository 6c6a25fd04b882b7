package health_test

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// A Mac that was restarted with two passwords is told of until its user is through.
func TestRestartWithTwoPasswords(t *testing.T) {
	t.Parallel()
	const code = "ST_DRIFT_AT_PREBOOT"
	w := watch(t, "new-password-during-the-holidays")
	if f, there := w.finds(code); there {
		t.Fatalf("before any restart: %+v", f)
	}
	w.happens(
		&state.Restart{}, refused(&state.Unlock{User: "jvermeer", Password: new("Roses2")}, state.WrongPassword),
		&state.Unlock{User: "itadmin"},
	)
	f, there := w.finds(code)
	if !there || w.model.NameOf(f.Subject) != "jvermeer" {
		t.Fatalf("not told of: %v", w.found)
	}
	finding(t, "new-password-during-the-holidays", f)
	w.happens(&state.Logout{}, &state.Login{User: "jvermeer", Password: new("Roses2")})
	for _, gone := range []health.Code{code, "ST_DRIFT_FV_ON"} {
		if f, there := w.finds(gone); there {
			t.Errorf("the user has logged in: %+v", f)
		}
	}
}

// What is nearly such a restart is none.
func TestRestartsWithOnePassword(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		events         []state.Event
	}{
		{"the user knew the former password and logged in with the new one", "new-password-during-the-holidays", []state.Event{
			&state.Restart{}, &state.Unlock{User: "jvermeer"}, &state.Login{User: "jvermeer", Password: new("Roses2")},
		}},
		{"FileVault was off", "new-password-before-the-encryption", []state.Event{&state.Restart{}}},
		{"the password was set after the restart", "healthy", []state.Event{
			&state.Restart{}, &state.Unlock{User: "itadmin"}, &state.ResetPassword{User: "mbauer", New: "Roses2", By: state.ByAgent},
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := watch(t, tc.scenario)
			w.happens(tc.events...)
			if f, there := w.finds("ST_DRIFT_AT_PREBOOT"); there {
				t.Errorf("%+v", f)
			}
		})
	}
}

// The suspicion comes with a reset and goes with a login, and says since when.
func TestDriftComesAndGoes(t *testing.T) {
	t.Parallel()
	w := watch(t, "someone-else-starts-it-in-the-morning")
	w.happens(&state.Logout{}, &state.ResetPassword{User: "vdimitrova", New: "Roses2", By: state.ByAgent})
	first, there := w.finds("ST_DRIFT_FV_ON")
	if !there || first.Severity != health.Critical {
		t.Fatalf("after the reset: %v", w.found)
	}
	w.check(24 * time.Hour)
	if f, there := w.finds("ST_DRIFT_FV_ON"); !there || !f.Since.Equal(first.Since) {
		t.Errorf("a day later: %+v, first %v", f, first.Since)
	}
	w.happens(&state.Login{User: "vdimitrova", Password: new("Roses2")})
	if f, there := w.finds("ST_DRIFT_FV_ON"); there {
		t.Errorf("after a login: %+v", f)
	}
}
