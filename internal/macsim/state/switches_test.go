package state

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// switchCase is a history that a switch decides about.
type switchCase struct {
	mac     func() *Mac
	events  []Event
	off, on string // what has become of it; "refused" is of the last event
}

// switchCases has one for each switch that is not about words alone.
func switchCases() map[string]switchCase {
	grown := func(options ...with) func() *Mac {
		return func() *Mac { return passwords("15.7.1", options...) }
	}
	escrowable := func(version string, way Enrolment, options ...with) func() *Mac {
		return func() *Mac { return escrowing(version, way, options...) }
	}
	helpful := func(options ...with) func() *Mac {
		return func() *Mac { return managedMac("15.7.1", options...) }
	}
	fresh := func(version string, options ...with) func() *Mac {
		return func() *Mac { return start(version, options...) }
	}
	login := []Event{&Login{User: "lea"}}
	return map[string]switchCase{
		"BlankTakesNoFirstToken":        {fresh("15.7.1"), []Event{&Create{User: "lea", Password: new("")}}, "lea: token", "lea: none"},
		"TaggedTakesFirstAtLogin":       {fresh("15.7.1", person("lea", hashed, tagged)), login, "lea: none", "lea: token"},
		"EarlyCatalinaStandardGetsNone": {fresh("10.15.3", boxed, enrolled(ADE)), []Event{&Configure{Admin: "ladmin", PrimaryStandard: true}, &SetUp{User: "lea"}}, "lea: token", "lea: none"},
		"ManagedAdminSuppressesEscrow":  {fresh("10.15.3", boxed, enrolled(ADE)), []Event{&Configure{Admin: "ladmin"}, &SetUp{User: "lea"}}, valid, none},
		"BootstrapNeedsADE":             {escrowable("15.7.1", ApprovedByUser), []Event{&Login{User: "boss"}}, valid, none},
		"SSHGrants":                     {helpful(), []Event{&Login{User: "lea", Via: SSH}}, "lea: none", "lea: token"},
		"ScreenSharingIsNoLogin":        {helpful(), []Event{&Login{User: "lea", Via: ScreenSharing}}, "lea: token", "lea: none"},
		"AddingToFileVaultNoToken":      {grown(encrypted), []Event{&FileVaultAdd{User: "tim", Unlocker: "boss"}}, "tim: token", "refused: needs a token's unlock; tim: none"},
		"RecoveryResetLeavesToken":      {grown(), []Event{&RecoveryReset{User: "lea", New: "new"}}, follows, drifts},
		"SelfGrantWorks":                {grown(), []Event{&TokenOn{User: "boss", Granter: "boss"}}, "refused: granter has no usable token; boss: token", "boss: token"},
		"TokenOffNeedsPassword":         {grown(), []Event{&TokenOff{User: "lea", Password: new("x"), Granter: "boss"}}, "lea: none", "refused: wrong password; " + same},
		"TokenOffKeepsFileVault":        {grown(encrypted), []Event{&TokenOff{User: "lea", Granter: "boss"}}, "lea: none", "lea: none, listed"},
		"FileVaultOffDropsTokens":       {grown(encrypted), []Event{&FileVaultOff{User: "lea"}}, same, "lea: none; boss: none; holders: 0"},
		"PrebootNeedsUpdate":            {grown(encrypted), []Event{&TokenOn{User: "tim", Granter: "boss"}}, "tim: token", "tim: token, not at the window"},
		"RootPasswdDrifts":              {grown(), []Event{&ResetPassword{User: "lea", New: "new", By: ByRootPasswd}}, "refused: needs a token's unlock; " + same, drifts},
		"RootResetsSoleHolder":          {fresh("26.1", person("lea", holder)), []Event{&ResetPassword{User: "lea", New: "new", By: ByRoot}}, "refused: needs a token's unlock; " + same, follows},
		"AgentResetRemovesToken":        {grown(), []Event{&ResetPassword{User: "lea", New: "new", By: ByAgent}}, drifts, "lea: none; lea.password: new"},
		"EscrowAtManualEnrolment":       {fresh("15.7.1", person("boss", admin, holder)), []Event{&Enroll{Way: ApprovedByUser, By: "boss"}}, none, valid},
		"SkippedNeverEscrows":           {fresh("15.7.1", boxed, enrolled(ADE)), []Event{&Configure{Admin: "ladmin", SkipPrimary: true}, &SetUp{}, &Login{User: "ladmin"}}, valid, none},
		"BootstrapNotOwner":             {escrowable("26.1", ADE), []Event{&Login{User: "boss"}}, "bootstrap.owner: true; " + valid, "bootstrap.owner: false; " + valid},
		"BootstrapUUIDPerMac":           {escrowable("26.1", ADE), []Event{&Login{User: "boss"}}, "bootstrap.uuid: 2457711A-523C-4604-B75A-F48A571D5036", "bootstrap.uuid: " + derivedUUID("11111111-2222-3333-4444-555555555555", "bootstrap token")},
		"PreflightNeedsTokenOnT2":       {helpful(on(T2), server(unlucky)), nil, "preflight: success", "preflight: Unable to get Bootstrap Token <(null):0> ((null))"},
		"ProfileUpdateEscrows": {
			escrowable("15.7.1", ADE, func(m *Mac) { m.Enrollment.Capability = NoCapability }),
			[]Event{&Login{User: "boss"}, &UpdateProfile{Capability: ByProfile}},
			none, valid,
		},
		"FailedEscrowSetsFlag": {
			escrowable("15.7.1", ADE, server(func(s *Server) { s.Refuses = true })),
			[]Event{&Login{User: "boss"}},
			waits, "bootstrap: volume 1, believed, waits, server 0",
		},
		"EscrowRetriesOnline": {escrowable("15.7.1", ADE, offline), []Event{&Login{User: "boss"}, &Connect{Network: true}}, waits, valid},
		"UnenrolRemovesLocal": {helpful(), []Event{&Unenroll{}}, "bootstrap: volume 1, server 1", "bootstrap: volume 0, server 1"},
	}
}

// words are the switches that decide about what tools print, and about nothing
// in the state.
func words() []string {
	return []string{
		"FileVaultListsHoldersOff", "EscrowedOnWording", "BootstrapAuthBoolean",
		"AllowBootstrapOption", "StatusNeedsRoot", "PipeIsNoTerminal",
	}
}

// turn sets a switch by its name.
func turn(m *Mac, name string, to bool) {
	reflect.ValueOf(&m.Switches).Elem().FieldByName(name).SetBool(to)
}

// tell lets the events happen and returns the last one's refusal.
func tell(t *testing.T, m *Mac, events []Event) Refusal {
	t.Helper()
	var last Refusal
	for _, e := range events {
		why, err := m.Do(begins, e)
		if err != nil {
			t.Fatal(err)
		}
		last = why
	}
	return last
}

// Every switch decides about something, both ways.
func TestSwitches(t *testing.T) {
	t.Parallel()
	for name, tc := range switchCases() {
		for _, to := range []bool{false, true} {
			t.Run(name+map[bool]string{false: " off", true: " on"}[to], func(t *testing.T) {
				t.Parallel()
				m, want := tc.mac(), tc.off
				turn(m, name, to)
				if to {
					want = tc.on
				}
				refusal, rest := NotRefused, want
				if first, others, found := strings.Cut(want, "; "); found && strings.HasPrefix(first, "refused: ") {
					refusal, rest = Refusal(strings.TrimPrefix(first, "refused: ")), others
				}
				if why := tell(t, m, tc.events); why != refusal {
					t.Errorf("refused for %q, want %q", why, refusal)
				}
				expect(t, m, rest)
			})
		}
	}
}

// No switch is without a case, and those about words change no state in any of
// these histories.
func TestSwitchesAreComplete(t *testing.T) {
	t.Parallel()
	cases := switchCases()
	for field := range reflect.TypeFor[Switches]().Fields() {
		if _, decides := cases[field.Name]; decides == slices.Contains(words(), field.Name) {
			t.Errorf("%s: one case is wanted, or a place among those about words", field.Name)
		}
	}
	if got, want := reflect.TypeFor[Switches]().NumField(), len(cases)+len(words()); got != want {
		t.Errorf("%d switches, and %d that are known here", got, want)
	}
	for name, tc := range cases {
		off, on := tc.mac(), tc.mac()
		for _, word := range words() {
			turn(on, word, true)
		}
		tell(t, off, tc.events)
		tell(t, on, tc.events)
		if on.Switches = off.Switches; !reflect.DeepEqual(off, on) {
			t.Errorf("a switch about words changes the state in the history of %s", name)
		}
	}
}

// The password that a switch asks for is the account's, unless one is typed.
func TestTokenOffWithItsPassword(t *testing.T) {
	t.Parallel()
	m := passwords("15.7.1")
	turn(m, "TokenOffNeedsPassword", true)
	play(t, m, &TokenOff{User: "lea", Granter: "boss"})
	expect(t, m, "lea: none")
}

// Where FileVault's window needs an update, it gets one.
func TestPrebootUpdate(t *testing.T) {
	t.Parallel()
	m := passwords("15.7.1", encrypted)
	turn(m, "PrebootNeedsUpdate", true)
	play(t, m, &TokenOn{User: "tim", Granter: "boss"}, &Restart{}, refused{&Unlock{User: "tim"}, NotListed},
		&Unlock{User: "boss"}, &UpdatePreboot{}, &Restart{}, &Unlock{User: "tim"})
	expect(t, m, "tim: token; console: tim")
}
