package state

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bands are one version of every band whose rules differ.
var bands = []string{
	"10.13.3", "10.13.6", "10.14.1", "10.14.6", "10.15.2", "10.15.7",
	"11.0", "11.7", "12.1", "13.2", "13.6", "14.1", "14.4", "15.7.1", "26.1",
}

// names are who may be named by an event; not all of them exist.
var names = []string{"ann", "ben", "cat", "dan", "eve", "root"}

// passwords that people type; the first three are right for somebody.
var phrases = []string{"ann-pw", "ben-pw", "cat-pw", "new", "", "x"}

// kinds are all events; those that move tokens and the Mac's phase come more
// often. The list is made once, since making it takes longer than an event.
var kinds = func() []func() Event {
	usual := []func() Event{
		func() Event { return &Login{} }, func() Event { return &Login{} }, func() Event { return &Login{} },
		func() Event { return &ResetPassword{} }, func() Event { return &TokenOn{} }, func() Event { return &TokenOff{} },
		func() Event { return &Create{} }, func() Event { return &SetUp{} }, func() Event { return &Enroll{} },
		func() Event { return &Unlock{} }, func() Event { return &Connect{} }, func() Event { return &Authenticate{} },
	}
	for _, k := range events() {
		usual = append(usual, k.make)
	}
	return usual
}()

func oneOf[T any](t *rapid.T, label string, of ...T) T {
	return rapid.SampledFrom(of).Draw(t, label)
}

// anyMac draws a small Mac of any band and chip whose history has not begun.
func anyMac(t *rapid.T) *Mac {
	version := oneOf(t, "version", bands...)
	options := []with{
		func(m *Mac) {
			chips := []Chip{Intel, T2}
			if m.OS.AtLeast(11) {
				chips = append(chips, AppleSilicon, AppleSilicon)
			}
			m.Chip = oneOf(t, "chip", chips...)
			m.FileSystem = oneOf(t, "file system", APFS, APFS, APFS, HFS)
			m.Phase = oneOf(t, "phase", Running, Running, Running, SetupAssistant)
			m.Directory = Directory{Forest: "corp.example.com", Computer: "mac-01$"}
			m.Switches = anySwitches(t)
		},
	}
	if way := oneOf(t, "enrolment", "", ADE, ADE, ApprovedByUser, UserEnrollment); way != "" {
		options = append(options, enrolled(way))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "people") {
		options = append(options, func(m *Mac) {
			if m.Phase == Running {
				person(names[i], anyPerson(t, m))(m)
			}
		})
	}
	return start(version, options...)
}

// anyPerson draws what an account is.
func anyPerson(t *rapid.T, m *Mac) func(*Account) {
	sorts := []func(*Account){admin, admin, hashed, tagged, blank, managed, mobile, network, kindOf(Service)}
	kind := oneOf(t, "kind", sorts...)
	token := rapid.Bool().Draw(t, "token")
	return func(a *Account) {
		kind(a)
		if token && m.FileSystem == APFS && a.Kind != Network {
			holder(a)
		}
	}
}

// anySwitches turns a few of them on.
func anySwitches(t *rapid.T) Switches {
	var s Switches
	v := reflect.ValueOf(&s).Elem()
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, v.NumField()-1), 0, 5).Draw(t, "switches") {
		v.Field(i).SetBool(true)
	}
	return s
}

// anyEvent draws an event of any kind with any fields.
func anyEvent(t *rapid.T) Event {
	e := oneOf(t, "event", kinds...)()
	fill(t, reflect.ValueOf(e).Elem())
	if u, ok := e.(*Upgrade); ok {
		u.Version, u.Build = oneOf(t, "version", bands...), "1A2"
	}
	return e
}

// fill draws the fields of an event by their types and names.
func fill(t *rapid.T, v reflect.Value) {
	for i := range v.NumField() {
		field, about := v.Field(i), v.Type().Field(i)
		if about.Anonymous {
			fill(t, field)
			continue
		}
		switch value := field.Addr().Interface().(type) {
		case *bool:
			*value = rapid.IntRange(0, 3).Draw(t, about.Name) == 0
		case *int:
			*value = oneOf(t, about.Name, 0, 0, 0, 501, 40)
		case **bool:
			*value = oneOf(t, about.Name, nil, yes(), no())
		case **int:
			*value = oneOf(t, about.Name, nil, new(1))
		case **string:
			*value = oneOf(t, about.Name, nil, nil, nil, &phrases[0], &phrases[1], &phrases[4], &phrases[5])
		case *string:
			*value = anyText(t, about.Name)
		default:
			anyWord(t, about.Name, field.Addr().Interface())
		}
	}
}

// anyText draws a name, a password or nothing, by the name of the field.
func anyText(t *rapid.T, field string) string {
	switch field {
	case "User", "Granter", "Unlocker", "Tool":
		return oneOf(t, field, append([]string{"ghost"}, names...)...)
	case "By":
		return oneOf(t, field, "", "", names[0])
	case "Admin":
		return oneOf(t, field, "", names[3])
	case "New":
		return oneOf(t, field, phrases...)
	case "Key":
		return oneOf(t, field, "", "", rightKey, "AAAA")
	case "Server":
		return oneOf(t, field, "", "https://other.example.com/in")
	case "Group":
		return oneOf(t, field, "", "", "_lpadmin", "nobodies")
	default:
		return ""
	}
}

// anyWord draws one of the words of a type.
func anyWord(t *rapid.T, label string, into any) {
	switch value := into.(type) {
	case *Way:
		*value = oneOf(t, label, "", Window, SSH, SSHKey, Terminal, ScreenSharing)
	case *Resetter:
		*value = oneOf(t, label, "", ByAdmin, ByRoot, ByRootDscl, ByRootPasswd, ByHash, ByMDMHash, ByAgent)
	case *Maker:
		*value = oneOf(t, label, "", Sysadminctl, Settings, DirectoryTools, InstallPackage, Agent, PlatformSSO)
	case *Remover:
		*value = oneOf(t, label, "", BySysadminctl, ByDscl, ByMDM, ByHand)
	case *Enrolment:
		*value = oneOf(t, label, "", ADE, ApprovedByUser, NotApproved, UserEnrollment, "magic")
	case *Capability:
		*value = oneOf(t, label, NoCapability, ByOption, ByProfile)
	case **Capability:
		profile := ByProfile
		*value = oneOf(t, label, nil, nil, &profile)
	case *Kind:
		*value = oneOf(t, label, "", "", Local, Service, Role, Sharing, Mobile)
	case *Obliteration:
		*value = oneOf(t, label, "", DoNotObliterate, ObliterateWithWarning, Always)
	case *FaultKind:
		*value = oneOf(t, label, Hangs, Stale, Lies)
	}
}

// step is one event with the Mac before and after it.
type step struct {
	t             *rapid.T
	event         Event
	why           Refusal
	before, after *Mac
}

// Whatever happens to whatever Mac, the known invariants hold.
func TestInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMac(t)
		for range rapid.IntRange(1, 25).Draw(t, "events") {
			before := m.Clone()
			e := anyEvent(t)
			at := oneOf(t, "time", time.Time{}, begins.Add(-time.Hour), m.Clock.Add(time.Hour))
			why, err := m.Do(at, e)
			if err != nil {
				if !reflect.DeepEqual(before, *m) {
					t.Fatalf("%s made no sense (%v) and changed the Mac", EventName(e), err)
				}
				continue
			}
			s := step{t, e, why, &before, m}
			s.check()
		}
		survives(t, m)
	})
}

func (s *step) check() {
	if err := s.after.check(); err != nil {
		s.fails("no such Mac: %v", err)
	}
	if s.after.Clock.Before(s.before.Clock) || s.after.Revision <= s.before.Revision {
		s.fails("clock %s, revision %d", s.after.Clock, s.after.Revision)
	}
	s.sources()
	s.newHolders()
	s.lastHolder()
	s.bootstrapMaker()
	s.tokenPasswords()
	s.order()
}

func (s *step) fails(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s %+v (refused for %q): "+format, append([]any{EventName(s.event), s.event, s.why}, args...)...)
}

// sources: I1, no token on HFS+; I2, who unlocks holds a token, and owns the
// volume on Apple silicon; and that no network account ever holds one.
func (s *step) sources() {
	m := s.after
	for i := range m.Accounts {
		a := &m.Accounts[i]
		switch {
		case m.FileSystem == HFS && (a.Token.Tag || a.Token.CryptoUser):
			s.fails("I1: %s has a token on HFS+", a.Name)
		case a.FileVault && !a.Token.Tag && !m.Switches.TokenOffKeepsFileVault:
			s.fails("I2: %s unlocks without a token", a.Name)
		case a.FileVault && a.Token.Tag && m.Chip == AppleSilicon && !a.Token.VolumeOwner:
			s.fails("I2: %s unlocks and is no owner", a.Name)
		case a.Kind == Network && a.Token.Tag:
			s.fails("%s is of the network alone and has a token", a.Name)
		}
	}
	if m.FileSystem == HFS && m.Bootstrap.Local != 0 {
		s.fails("I1: a Bootstrap Token on HFS+")
	}
}

// newHolders: I3 and I4, of every account that got a token.
func (s *step) newHolders() {
	for i := range s.after.Accounts {
		a := &s.after.Accounts[i]
		if was, ok := s.before.Account(a.Name); !a.Holds() || ok && was.Holds() {
			continue
		}
		if !s.typed(a.Name) || a.Token.Password != a.Password || a.Password == NoPassword {
			s.fails("I3: %s got a token, and nobody typed the password", a.Name)
		}
		if s.before.holders() > 0 && !s.byHolder() && !s.byBootstrap(a) {
			s.fails("I4: %s got a token from nobody", a.Name)
		}
	}
}

// typed says whether the event is one in which this user's password is typed.
func (s *step) typed(name string) bool {
	switch e := s.event.(type) {
	case *ResetPassword:
		if e.User == name && slices.Contains([]Resetter{ByHash, ByMDMHash, ByAgent}, e.By) {
			return false
		}
	case *Create:
		if e.User == name && (e.With == InstallPackage || e.With == Agent) {
			return false
		}
	case *Login:
		if e.Via == SSHKey {
			return false
		}
	}
	v := reflect.ValueOf(s.event).Elem()
	for _, field := range []string{"User", "Granter", "Unlocker"} {
		if f := v.FieldByName(field); f.IsValid() && f.String() == name {
			return true
		}
	}
	return false
}

// byHolder says whether somebody's token or the recovery key stands behind the
// event.
func (s *step) byHolder() bool {
	usable := func(name string) bool {
		a, ok := s.before.Account(name)
		return ok && a.Usable()
	}
	switch e := s.event.(type) {
	case *TokenOn:
		return usable(e.Granter)
	case *Create:
		return usable(e.Granter)
	case *CreateMobile:
		return usable(e.Granter)
	case *FileVaultAdd:
		unlocker, ok := s.before.Account(e.Unlocker)
		return e.Key != "" || ok && unlocker.Holds()
	case *RecoveryReset:
		return true
	}
	return false
}

// byBootstrap says whether the event is a login with a Bootstrap Token that is
// valid in truth: I8, what the Mac believes is not enough.
func (s *step) byBootstrap(a *Account) bool {
	if !s.before.BootstrapValid() || !s.before.reachable() || a.Password == "" {
		return false
	}
	switch e := s.event.(type) {
	case *Login:
		return e.Via == "" || e.Via == Window || e.Via == ScreenSharing || e.Via == SSH && s.before.Switches.SSHGrants
	case *CreateMobile, *Unlock:
		return true
	case *Create:
		return e.With == PlatformSSO
	}
	return false
}

// lastHolder: I5, sysadminctl and the server never take the last token; I6, the
// tag takes none at all.
func (s *step) lastHolder() {
	none := s.after.holders() == 0 && s.before.holders() > 0
	switch e := s.event.(type) {
	case *TokenOff:
		if none {
			s.fails("I5: nobody holds a token any more")
		}
	case *Delete:
		if none && e.With != ByHand {
			s.fails("I5: nobody holds a token any more")
		}
	case *Tag, *Hide, *Disable, *MemberAdd, *MemberRemove:
		if s.after.holders() != s.before.holders() {
			s.fails("I6: the number of holders changed")
		}
	}
}

// bootstrapMaker: I7, a Bootstrap Token is made by a holder whose password is
// not blank.
func (s *step) bootstrapMaker() {
	if s.after.Bootstrap.Last == s.before.Bootstrap.Last {
		return
	}
	for _, m := range []*Mac{s.before, s.after} {
		for i := range m.Accounts {
			if a := &m.Accounts[i]; a.Usable() && a.Password != "" {
				return
			}
		}
	}
	s.fails("I7: a Bootstrap Token, and nobody who could have made it")
}

// tokenPasswords: I9, who cannot unlock a token changes nothing about it; and
// what is refused changes neither token nor password.
func (s *step) tokenPasswords() {
	for i := range s.before.Accounts {
		was := &s.before.Accounts[i]
		now, ok := s.after.Account(was.Name)
		if !ok || !was.Holds() {
			continue
		}
		changed := now.Token != was.Token
		e, reset := s.event.(*ResetPassword)
		switch {
		case reset && changed && s.powerless(e):
			s.fails("I9: the token of %s was %+v, is %+v", was.Name, was.Token, now.Token)
		case s.why != NotRefused && s.personal() && (changed || now.Password != was.Password):
			s.fails("refused, and %+v became %+v", was, now)
		}
	}
}

// powerless says whether the one who resets a password holds no token; switches
// decide otherwise about two of them.
func (s *step) powerless(e *ResetPassword) bool {
	switch e.By {
	case ByAdmin, "":
		granter, ok := s.before.Account(e.Granter)
		return !ok || !granter.Usable()
	case ByRoot:
		return !s.before.Switches.RootResetsSoleHolder
	case ByAgent:
		return !s.before.Switches.AgentResetRemovesToken
	default:
		return true
	}
}

// personal are the events that are about one account's token or password.
func (s *step) personal() bool {
	switch s.event.(type) {
	case *TokenOn, *TokenOff, *ResetPassword, *ChangePassword, *RecoveryReset, *Delete, *Authenticate, *Tag:
		return true
	}
	return false
}

// order: the volume's list remembers nobody who is gone, and nobody twice.
func (s *step) order() {
	users := s.after.CryptoUsers()
	for i, uuid := range s.after.CryptoOrder {
		there := slices.ContainsFunc(users, func(u CryptoUser) bool { return u.UUID == uuid })
		if !there || slices.Contains(s.after.CryptoOrder[:i], uuid) {
			s.fails("%s in the order %v of %v", uuid, s.after.CryptoOrder, users)
		}
	}
}

// survives: a Mac is complete after any history, and its state file makes the
// same Mac.
func survives(t *rapid.T, m *Mac) {
	again := m.Clone()
	if err := again.Complete(); err != nil || !reflect.DeepEqual(again, *m) {
		t.Fatalf("%+v\nwas not complete (%v):\n%+v", *m, err, again)
	}
	written, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := Decode("state", written)
	if err != nil {
		t.Fatalf("%v in\n%s", err, written)
	}
	if !reflect.DeepEqual(read, *m) {
		t.Fatalf("%+v\nbecame\n%+v", *m, read)
	}
}

// What happens to a clone does not happen to the Mac.
func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMac(t)
		for range rapid.IntRange(0, 4).Draw(t, "events before") {
			_, _ = m.Do(time.Time{}, anyEvent(t)) // any Mac will do
		}
		before := fmt.Sprintf("%+v", *m)
		clone := m.Clone()
		for range rapid.IntRange(1, 3).Draw(t, "events after") {
			e := anyEvent(t)
			_, _ = e.apply(&clone) // not on a clone of the clone, as Do does
		}
		if after := fmt.Sprintf("%+v", *m); after != before {
			t.Fatalf("%s\nbecame\n%s", before, after)
		}
	})
}

// No list of a clone is the Mac's own, even where no event changes it today. The
// arguments of a fault are never changed.
func TestCloneHasListsOfItsOwn(t *testing.T) {
	t.Parallel()
	m := managedMac("15.7.1", bound)
	m.Canaries, m.Console.Background = []string{"bird"}, []string{"lea"}
	m.Groups[0].Names, m.Groups[0].GUIDs = []string{"x"}, []string{"x"}
	m.Jobs, m.Packages, m.Files = []Job{{Label: "x"}}, []Package{{ID: "x"}}, []File{{Path: "/x"}}
	play(t, m, &Create{User: "tim"}, &Delete{User: "tim", With: ByHand}, &Delete{User: "Guest"}, &Login{User: "lea"},
		&Answers{Answers: []Answer{{Button: "OK"}}}, &Break{Fault{Tool: "profiles", Kind: Hangs}}, &Create{User: "kim", Granter: "boss"}, &Delete{User: "kim", With: ByHand})
	clone := m.Clone()
	if lists := sharedLists(t, "Mac", reflect.ValueOf(*m), reflect.ValueOf(clone)); lists < 20 {
		t.Errorf("only %d lists were compared", lists)
	}
}

// sharedLists complains of lists that two values share, and counts them all.
func sharedLists(t *testing.T, path string, a, b reflect.Value) int {
	t.Helper()
	lists := 0
	switch a.Kind() {
	case reflect.Struct:
		for field, value := range a.Fields() {
			if path+"."+field.Name != "Mac.Faults.Args" && field.Type != reflect.TypeFor[time.Time]() {
				lists += sharedLists(t, path+"."+field.Name, value, b.FieldByIndex(field.Index))
			}
		}
	case reflect.Slice:
		if a.Len() == 0 {
			return 0
		}
		if lists = 1; a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", path)
		}
		for i := range a.Len() {
			lists += sharedLists(t, path, a.Index(i), b.Index(i))
		}
	default: // holds no list
	}
	return lists
}
