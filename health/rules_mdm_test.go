package health_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestMDMConditions(t *testing.T) {
	t.Parallel()
	for _, row := range []serverCondition{
		{"MDM_NOT_ENROLLED", "enrolled by hand", "bought-in-a-shop", "escrowed-by-the-administrator", ""},
		{"MDM_NOT_USER_APPROVED", "approved later", "enrolled-from-the-command-line", "approved-by-the-user-later", ""},
		{"MDM_NOT_USER_APPROVED", "there is nothing to approve", "enrolled-from-the-command-line", "bought-in-a-shop", "MDM_NOT_ENROLLED"},
		{"ENROLL_AWAITING", "set up", "at-setup-assistant", "prepared-weeks-before-the-first-day", ""},
		{"EACS_WILL_FALL_BACK", "the Mac got its token", "new-hire-before-escrow", "healthy", ""},
		{"EACS_WILL_FALL_BACK", "nobody can send the command", "new-hire-before-escrow", "left-the-management", "MDM_NOT_ENROLLED"},
		{"EACS_WILL_FALL_BACK", "a T2 needs no token for it", "server-without-bootstrap-support", "upgraded-from-catalina", "BT_UNSUPPORTED_BY_SERVER"},
		{"EACS_WILL_FALL_BACK", "another reason, on a T2", "shared-desk-with-sign-on-and-lock", "library-mac-with-a-firmware-password", ""},
		{"EACS_WILL_FALL_BACK", "not set up yet: nothing is on it", "imaged-lab-mac", "at-setup-assistant", "ENROLL_AWAITING"},
		{"EACS_WILL_FALL_BACK", "the server of a private Mac cannot erase it", "user-at-the-keyboard", "private-mac-with-work-apps", "BT_USER_ENROLLMENT"},
		{"EACS_WILL_FALL_BACK", "the server is away: the answer says nothing of the token", "server-forgot-the-token", "during-the-servers-maintenance", "BT_INVALID"},
		{"UPDATE_WILL_PROMPT", "the token works and may be used", "server-forgot-the-token", "healthy", ""},
		{"UPDATE_WILL_PROMPT", "an owner allowed it", "escrowed-by-the-administrator", "enrolled-by-hand-and-opened-in-recovery", ""},
		{"UPDATE_WILL_PROMPT", "no volume owners on Intel", "new-hire-before-escrow", "upgraded-from-catalina", "BT_UNSUPPORTED_BY_SERVER"},
		{"UPDATE_WILL_PROMPT", "the server is away, and so are its updates", "founder-leaves-company", "during-the-servers-maintenance", ""},
		{"KEXT_REMOTE_BLOCKED", "allowed by the way of enrolment, though nothing is escrowed", "user-at-the-keyboard", "founder-leaves-company", ""},
		{"KEXT_REMOTE_BLOCKED", "an owner allowed it", "icloud-account-holds-the-key", "enrolled-by-hand-and-opened-in-recovery", ""},
		{"EVIDENCE_CONFLICT", "the missing key says it", "migrated-twice", "keys-made-anew-in-the-workshop", "BT_LOCAL_MISSING"},
	} {
		t.Run(string(row.code)+"/"+row.name, func(t *testing.T) {
			t.Parallel()
			row.test(t)
		})
	}
}

func TestMDMHistory(t *testing.T) {
	t.Parallel()
	upgrade, unlock := &state.Upgrade{Version: "15.7.1", Build: "24G231"}, &state.Unlock{User: "kjensen"}
	profile := &state.UpdateProfile{Capability: state.ByProfile}
	for _, h := range []serverHistory{
		{"upgraded with the profile of the first day, which was renewed later", "catalina-intel-office-mac", "CAP_LOST_AT_UPGRADE", []serverStep{
			{[]state.Event{upgrade, unlock}, true}, {nil, true}, {[]state.Event{profile}, false}, {nil, false},
		}},
		{"upgraded with a new profile", "catalina-intel-office-mac", "CAP_LOST_AT_UPGRADE", []serverStep{
			{[]state.Event{upgrade, unlock, profile}, false},
		}},
		{"the server gave it up on the old system", "catalina-intel-office-mac", "CAP_LOST_AT_UPGRADE", []serverStep{
			{[]state.Event{&state.UpdateProfile{}}, false}, {[]state.Event{upgrade, unlock}, false},
		}},
		{"the server gave it up on a newer system", "upgraded-and-given-a-new-profile", "CAP_LOST_AT_UPGRADE", []serverStep{
			{[]state.Event{&state.UpdateProfile{}}, false},
		}},
		{"upgraded before the first check", "upgraded-from-catalina", "CAP_LOST_AT_UPGRADE", []serverStep{{nil, false}}},
	} {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.test(t)
		})
	}
}

// Each way in which EraseDevice can be sent ends in its own way, and the finding
// says which.
func TestEraseSaysWhatWouldHappen(t *testing.T) {
	t.Parallel()
	rule, _ := health.RuleOf("EACS_WILL_FALL_BACK")
	for _, behaviour := range []string{"Default", "ObliterateWithWarning", "DoNotObliterate"} {
		if !strings.Contains(rule.Consequence, "With "+behaviour) {
			t.Errorf("nothing of %s", behaviour)
		}
	}
}

// The MDM client repeats what other tools of the Mac say. Where it says otherwise,
// both are named, and nothing is where one of them is silent.
func TestServerSourcesContradict(t *testing.T) {
	t.Parallel()
	is := func(v bool) evidence.Obs[bool] { return evidence.Is(evidence.Meta{State: evidence.Observed}, v) }
	for _, tc := range []struct {
		name   string
		change func(*evidence.Snapshot)
		facts  []evidence.FactName
	}{
		{"nothing", func(*evidence.Snapshot) {}, nil},
		{"way of enrolment", func(s *evidence.Snapshot) { s.Security.DEP = is(false) }, []evidence.FactName{evidence.DEPFact, evidence.SecurityDEPFact}},
		{"approval", func(s *evidence.Snapshot) { s.Security.UserApproved = is(false) }, []evidence.FactName{evidence.UserApprovedFact, evidence.SecurityApprovedFact}},
		{"recovery key", func(s *evidence.Snapshot) { s.RecoveryKeys.Personal = is(false) }, []evidence.FactName{evidence.PersonalKeyFact, evidence.SecurityKeyFact}},
		{"institutional key", func(s *evidence.Snapshot) { s.RecoveryKeys.Institutional = is(true) }, []evidence.FactName{evidence.InstitutionalKeyFact, evidence.SecurityIRKFact}},
		{"firmware password", func(s *evidence.Snapshot) {
			s.Startup.FirmwarePassword, s.Security.FirmwarePassword = is(true), is(false)
		}, []evidence.FactName{evidence.SecurityFirmwareFact, evidence.FirmwarePasswordFact}},
		{"one is silent", func(s *evidence.Snapshot) { s.Security.DEP = evidence.Obs[bool]{} }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, "healthy")
			tc.change(&s)
			var got []evidence.FactName
			for _, f := range judge(s).found {
				if f.Code == "EVIDENCE_CONFLICT" {
					got = append(got, f.Because...)
				}
			}
			if !slices.Equal(got, tc.facts) {
				t.Errorf("rests on %v, want %v", got, tc.facts)
			}
		})
	}
}

// The property of TestLosingEvidence for the conditions of the Bootstrap Token and
// of MDM, over what the MDM client and the network can say beside everything else.
func TestLosingWhatTheServerIsTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anyServed(t)
		before := judge(s)
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "lost").Name
		if slices.Contains(essential(before.model), fact) {
			return
		}
		after := judge(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")))
		for _, f := range before.found {
			if aboutServer(f) && !has(after.found, f) && !slices.Contains(f.Because, fact) {
				t.Errorf("without %s, %s on %s is gone, but it rests on %v", fact, f.Code, f.Subject, f.Because)
			}
		}
		for _, f := range after.found {
			if aboutServer(f) && !has(before.found, f) && f.Severity >= health.High {
				t.Errorf("without %s there is a new %s finding: %s", fact, f.Severity, f.Code)
			}
		}
	})
}

func aboutServer(f health.Finding) bool {
	group, _, _ := strings.Cut(string(f.Code), "_")
	return slices.Contains([]string{"BT", "MDM", "EACS", "UPDATE", "KEXT", "ENROLL", "EVIDENCE"}, group)
}

// anyServed draws a snapshot of an enrolled Mac, mostly one that is supervised and
// has left Setup Assistant.
func anyServed(t *rapid.T) evidence.Snapshot {
	s := anySnapshot().Draw(t, "snapshot")
	flag := func(label string) evidence.Obs[bool] { return maybe(t, label, rapid.Bool()) }
	mostly := func(label string, v bool) evidence.Obs[bool] {
		return maybe(t, label, rapid.SampledFrom([]bool{v, v, v, !v}))
	}
	s.EnrolledMDM, s.UserApproved = mostly("enrolled", true), flag("approved")
	s.Machine.AppleSilicon = flag("named")
	s.Managed.Supervised, s.Managed.AwaitingConfiguration = mostly("supervised", true), mostly("awaiting", false)
	s.Security.DEP, s.Security.UserApproved, s.Security.UserEnrollment = flag("security dep"), flag("security approved"), flag("private")
	s.Security.BootstrapForAuth = maybe(t, "auth", rapid.SampledFrom([]string{"allowed", "disallowed", "not supported"}))
	s.Security.MDMControl, s.Startup.UserMDM, s.Startup.DEPMDM = flag("control"), flag("by user"), flag("by enrolment")
	s.EACSPreflight = maybe(t, "preflight", rapid.SampledFrom([]string{"success", "Unable to get Bootstrap Token <(null):0> ((null))", "System is not sealed"}))
	s.Network.MDM = maybe(t, "reach", rapid.SampledFrom([]evidence.Reach{evidence.Reached, evidence.Unreachable}))
	admins := []evidence.ManagedAdmin{{GUID: "00000000-0000-4000-8000-000000000000"}}
	s.Managed.Admins = maybe(t, "managed", rapid.SampledFrom([][]evidence.ManagedAdmin{nil, admins}))
	window := []evidence.Login{{User: "u1", At: now.Add(-time.Hour)}}
	logins := []evidence.Logins{{Since: now.AddDate(0, -1, 0), Other: []string{"u0"}}, {Since: now.AddDate(0, -1, 0), Window: window}}
	s.Logins = maybe(t, "logins", rapid.SampledFrom(logins))
	made := []evidence.PasswordRecord{{Name: "u0", Created: now.AddDate(0, 0, -1)}, {Name: "u1", Created: now.Add(-time.Hour)}}
	s.Passwords = maybe(t, "passwords", rapid.Just(made))
	return s
}
