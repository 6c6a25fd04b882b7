package state

import (
	_ "embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// office is a small Mac in the form of a state file; each test changes what it
// is about. The tests of the packages above read the same file.
//
//go:embed testdata/office.yaml
var office string

// begins is when every history begins.
var begins = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)

// with changes a Mac before its history begins.
type with func(*Mac)

// start is a running Mac without any people, not enrolled; each option adds to
// it. The chip is the newest that the version runs on.
func start(version string, options ...with) *Mac {
	m := &Mac{
		OS: OS{Version: version, Build: "1A1"}, Model: "Mac16,1", Serial: "TEST0001", Clock: begins,
		HardwareUUID: "11111111-2222-3333-4444-555555555555", Chip: Intel,
	}
	if m.OS.AtLeast(11) {
		m.Chip = AppleSilicon
	}
	for _, option := range options {
		option(m)
	}
	if err := m.Complete(); err != nil {
		panic(err) // a mistake in the test itself
	}
	return m
}

// person adds an account whose password is its name and "-pw".
func person(name string, changes ...func(*Account)) with {
	return func(m *Mac) {
		n := len(m.Accounts) + 1
		a := Account{
			Name: name, UID: 500 + n, GUID: fmt.Sprintf("AAAAAAAA-0000-0000-0000-%012d", n), Password: name + "-pw",
		}
		for _, change := range changes {
			change(&a)
		}
		m.Accounts = append(m.Accounts, a)
	}
}

func admin(a *Account)   { a.Admin = Admin{Name: true, GUID: true} }
func hashed(a *Account)  { a.Hashed = true }
func tagged(a *Account)  { a.DisabledTag = true }
func managed(a *Account) { a.Managed, a.Hashed = true, true; admin(a) }

func blank(a *Account) { a.Password = "" }

// drifted says that the token opens with the former password.
func drifted(a *Account) { holder(a); a.Token.Password = a.Name + "-former" }

func holder(a *Account) {
	a.Token = Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: a.Password}
	a.FileVault, a.Preboot = true, true
}

func mobile(a *Account) { a.Kind, a.OriginalNode = Mobile, "/Active Directory/CORP/corp.example.com" }

func network(a *Account) { mobile(a); a.Kind = Network }

func kindOf(k Kind) func(*Account) { return func(a *Account) { a.Kind = k } }

func uid(n int) func(*Account) { return func(a *Account) { a.UID = n } }

// enrolled is a Mac with a server that keeps Bootstrap Tokens.
func enrolled(way Enrolment) with {
	return func(m *Mac) {
		next, err := (&Enroll{Way: way}).enrollment(m)
		if err != nil {
			panic(err) // a mistake in the test itself
		}
		m.Enrollment = next
	}
}

// escrowed has a valid Bootstrap Token.
func escrowed(m *Mac) {
	m.Bootstrap = Bootstrap{Local: 1, Escrowed: true, VolumeOwner: m.Chip == AppleSilicon}
	m.Server.Token = 1
}

// encrypted has FileVault on, with a recovery key.
func encrypted(m *Mac) {
	m.FileVault.State, m.FileVault.RecoveryKey.Generation = On, 1
}

// boxed is still in Setup Assistant.
func boxed(m *Mac) { m.Phase = SetupAssistant }

func offline(m *Mac) { m.Offline = true }

func hfs(m *Mac) { m.FileSystem = HFS }

func bound(m *Mac) { m.Directory = Directory{Forest: "corp.example.com", Computer: "mac-01$"} }

func on(chip Chip) with { return func(m *Mac) { m.Chip = chip } }

// server changes the server before the history begins.
func server(change func(*Server)) with { return func(m *Mac) { change(&m.Server) } }

// unlucky is a server that keeps a token and then loses it.
func unlucky(s *Server) { s.Token = 0 }

func yes() *bool { return new(true) }

func no() *bool { return new(false) }

// refused is an event that the Mac refuses.
type refused struct {
	Event
	why Refusal
}

// senseless is an event that makes no sense on the Mac.
type senseless struct {
	Event
	why string // a part of the error
}

// ruleCase is a row of what is known of Macs: a start, what happens, and what
// has become of it.
type ruleCase struct {
	name   string
	mac    *Mac
	events []Event
	want   string // parts of [says], separated by semicolons
}

func testRules(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			play(t, tc.mac, tc.events...)
			expect(t, tc.mac, tc.want)
		})
	}
}

// play lets the events happen, a minute apart.
func play(t testing.TB, m *Mac, events ...Event) {
	t.Helper()
	for i, e := range events {
		at := m.Clock.Add(time.Minute)
		wanted := NotRefused
		switch expected := e.(type) {
		case refused:
			e, wanted = expected.Event, expected.why
		case senseless:
			makesNoSense(t, m, expected)
			continue
		}
		why, err := m.Do(at, e)
		if err != nil || why != wanted {
			t.Fatalf("event %d, %s: refused for %q (%v), want %q", i, EventName(e), why, err, wanted)
		}
		if err := m.check(); err != nil {
			t.Fatalf("event %d, %s: no such Mac: %v", i, EventName(e), err)
		}
	}
}

// makesNoSense wants an error that has changed nothing.
func makesNoSense(t testing.TB, m *Mac, e senseless) {
	t.Helper()
	before := m.Clone()
	_, err := m.Do(m.Clock.Add(time.Minute), e.Event)
	if err == nil || !strings.Contains(err.Error(), e.why) {
		t.Fatalf("%s: got %v, want %q in an error", EventName(e.Event), err, e.why)
	}
	if !reflect.DeepEqual(before, *m) {
		t.Fatalf("%s changed the Mac and made no sense", EventName(e.Event))
	}
}

func expect(t testing.TB, m *Mac, want string) {
	t.Helper()
	for part := range strings.SplitSeq(want, "; ") {
		key, value, _ := strings.Cut(part, ": ")
		if got := says(m, key); got != value {
			t.Errorf("%s: %s, want %s", key, got, value)
		}
	}
}

// says puts a part of the state in words: of an account, such as "lea" or
// "lea.opens", or of the Mac.
func says(m *Mac, key string) string {
	switch key {
	case "bootstrap":
		return bootstrapSays(m)
	case "bootstrap.owner":
		return fmt.Sprint(m.Bootstrap.VolumeOwner)
	case "bootstrap.uuid":
		return m.BootstrapUUID()
	case "filevault":
		return fileVaultSays(m)
	case "phase":
		return string(m.Phase)
	case "console":
		return m.Console.User
	case "preflight":
		return m.Preflight()
	case "holders":
		return fmt.Sprint(m.holders())
	case "valid":
		return fmt.Sprint(m.BootstrapValid())
	case "supported":
		return fmt.Sprint(m.BootstrapSupported())
	case "supervised":
		return fmt.Sprint(m.Supervised())
	}
	return accountSays(m, key)
}

func accountSays(m *Mac, key string) string {
	name, field, _ := strings.Cut(key, ".")
	a, ok := m.Account(name)
	if !ok {
		return "gone"
	}
	switch field {
	case "password":
		return a.Password
	case "opens":
		return a.Token.Password
	case "keychain":
		return a.Keychain
	case "admin":
		return fmt.Sprint(m.IsAdmin(a))
	case "tagged":
		return fmt.Sprint(a.DisabledTag)
	case "logins":
		return fmt.Sprint(a.Logins)
	case "":
		return strings.Join(tokenSays(a), ", ")
	}
	panic("says: " + key) // a mistake in the test itself
}

// tokenSays is "token" for a holder whom nothing lacks.
func tokenSays(a *Account) []string {
	var words []string
	say := func(so bool, word string) {
		if so {
			words = append(words, word)
		}
	}
	say(a.Token.Tag && a.Token.CryptoUser, "token")
	say(a.Token.Tag && !a.Token.CryptoUser, "tag alone")
	say(!a.Token.Tag && a.Token.CryptoUser, "cryptographic user alone")
	say(!a.Token.Tag && !a.Token.CryptoUser, "none")
	say(a.Drifted(), "drifted")
	say(a.Token.CryptoUser != a.Token.VolumeOwner, "owner differs")
	say(a.Token.Tag && !a.FileVault, "not listed")
	say(!a.Token.Tag && a.FileVault, "listed")
	say(a.FileVault && !a.Preboot, "not at the window")
	say(!a.FileVault && a.Preboot, "at the window")
	return words
}

func bootstrapSays(m *Mac) string {
	b := m.Bootstrap
	words := []string{fmt.Sprintf("volume %d", b.Local)}
	if b.Escrowed {
		words = append(words, "believed")
	}
	if b.Pending {
		words = append(words, "waits")
	}
	if listed := slices.ContainsFunc(m.CryptoUsers(), func(u CryptoUser) bool { return u.Type == MDMRecovery }); listed != (b.Local > 0) {
		words = append(words, "the volume's list differs")
	}
	return strings.Join(append(words, fmt.Sprintf("server %d", m.Server.Token)), ", ")
}

func fileVaultSays(m *Mac) string {
	f := m.FileVault
	words := []string{string(f.State)}
	if f.RecoveryKey.Generation > 0 {
		words = append(words, fmt.Sprintf("key %d", f.RecoveryKey.Generation))
	}
	if f.RecoveryKey.Escrowed > 0 {
		words = append(words, fmt.Sprintf("escrowed %d", f.RecoveryKey.Escrowed))
	}
	if f.ICloud {
		words = append(words, "icloud")
	}
	if f.Deferred {
		words = append(words, "deferred")
	}
	return strings.Join(words, ", ")
}
