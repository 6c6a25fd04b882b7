package proof

import (
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The people: an admin, a standard user, one who comes later, a mobile user, a
// service account. Their passwords.
const (
	admin    = "ada"
	standard = "ben"
	later    = "cleo"
	mobile   = "mia"
	service  = "svc"

	one = "p1"
	two = "p2"
)

// step is the time between two events: so long that nothing happens within the
// minutes in which the evidence cannot tell what came first.
const step = time.Hour

var begins = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)

// start is a Mac from which everything begins.
type start struct {
	name    string
	version string
	chip    state.Chip
	before  []state.Event
	since   []state.Event // what happened since the agent was installed
	unowned bool          // its Bootstrap Token's key is not marked as an owner
	stays   bool          // the file of a sealed recovery key outlives the key
	policy  health.Policy
}

// inUse is a Mac with an admin and a standard user, who has logged in.
func inUse(way state.Enrolment) []state.Event {
	return []state.Event{
		&state.Enroll{Way: way}, &state.SetUp{User: admin, Password: new(one)}, &state.Create{User: standard, Password: new(one)}, &state.Login{User: standard},
	}
}

func starts() []start { return slices.Concat(usualStarts(), brokenStarts()) }

// brokenStarts are Macs on which something goes wrong that a single look does not
// show, and which an agent has watched meanwhile.
func brokenStarts() []start {
	encrypted := append(inUse(state.ADE), &state.EscrowKeys{}, &state.FileVaultOn{User: admin})
	forgets, reset, login := &state.ServerDoes{Forgets: true}, &state.ResetPassword{User: standard, New: two, By: state.ByAgent}, &state.Login{User: standard}
	lastOpener := append(inUse(state.ADE), &state.Create{User: service, Password: new(one), With: state.Settings, Granter: admin, Admin: true, Hidden: true},
		&state.FileVaultOn{User: admin}, &state.FileVaultRemove{User: admin}, &state.FileVaultRemove{User: standard})
	oneLogin := append(inUse(state.ADE), &state.FileVaultOn{User: admin}, &state.MemberRemove{User: admin}, &state.Create{User: later, Password: new(one), With: state.InstallPackage})
	return []start{
		{name: "the server forgot", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, since: []state.Event{forgets}},
		{name: "a reset after the server forgot", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, since: []state.Event{forgets, reset}},
		{name: "a login after that reset", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, since: []state.Event{forgets, reset, login}},
		{name: "a reset that nobody could prove mended", version: "12.6", chip: state.T2, before: encrypted, since: []state.Event{forgets, reset, login}},
		{name: "a login with the network away", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, since: []state.Event{&state.Connect{}, reset, login}},
		{name: "a login proved it", version: "12.6", chip: state.AppleSilicon, before: oneLogin, since: []state.Event{&state.Login{User: later}, &state.Connect{}}},
		{name: "only a service account opens it", version: "15.7.1", chip: state.AppleSilicon, before: lastOpener, policy: health.Policy{ServiceAccounts: []string{service}}},
		{name: "the file of a former key", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, stays: true, since: []state.Event{
			&state.EscrowKeys{Off: true}, &state.ChangeKey{User: admin}, &state.EscrowKeys{},
		}},
	}
}

func usualStarts() []start {
	encrypted := append(inUse(state.ADE), &state.EscrowKeys{}, &state.FileVaultOn{User: admin})
	return []start{
		{name: "one who set it up", version: "15.7.1", chip: state.AppleSilicon, before: encrypted[:2]},
		{name: "two users", version: "15.7.1", chip: state.AppleSilicon, before: inUse(state.ADE)},
		{name: "encrypted", version: "15.7.1", chip: state.AppleSilicon, before: encrypted},
		{name: "encrypted without escrow of the key", version: "26.1", chip: state.AppleSilicon, before: append(inUse(state.ADE), &state.FileVaultOn{User: admin})},
		{name: "enrolled by hand", version: "15.7.1", chip: state.AppleSilicon, before: inUse(state.ApprovedByUser)},
		{name: "nobody enrolled it", version: "15.7.1", chip: state.AppleSilicon, before: inUse(state.ADE)[1:]},
		{name: "before the preflight", version: "12.6", chip: state.AppleSilicon, before: encrypted},
		{name: "before owners updated", version: "11.1", chip: state.AppleSilicon, before: inUse(state.ADE)},
		{name: "restored", version: "15.7.1", chip: state.AppleSilicon, before: encrypted, unowned: true},
		{name: "T2", version: "15.7.1", chip: state.T2, before: encrypted},
		{name: "T2 before the preflight", version: "12.6", chip: state.T2, before: encrypted},
		{name: "Intel", version: "12.6", chip: state.Intel, before: inUse(state.ADE)},
		{name: "Catalina", version: "10.15.7", chip: state.Intel, before: encrypted},
		{name: "early Catalina", version: "10.15.2", chip: state.Intel, before: inUse(state.ADE)},
		{name: "Mojave", version: "10.14.6", chip: state.Intel, before: append(inUse(state.ADE), &state.FileVaultOn{User: admin})},
		{name: "High Sierra", version: "10.13.6", chip: state.Intel, before: inUse(state.ADE)},
		{name: "made by the server", version: "15.7.1", chip: state.AppleSilicon, before: []state.Event{
			&state.Enroll{}, &state.Configure{Admin: admin, Password: new(one), PrimaryStandard: true, FileVault: true}, &state.SetUp{User: standard, Password: new(one)},
		}},
		{name: "no account made in Setup Assistant", version: "15.7.1", chip: state.AppleSilicon, before: []state.Event{
			&state.Enroll{}, &state.Configure{Admin: admin, Password: new(one), SkipPrimary: true}, &state.SetUp{},
		}},
		{name: "made by a package", version: "15.7.1", chip: state.AppleSilicon, before: append(inUse(state.ADE), &state.Create{User: service, Password: new(one), With: state.InstallPackage, Tag: true, Admin: true})},
	}
}

// state is the Mac as it is found, with what the agent saw of it before.
func (s start) state(t *testing.T) *seenState {
	t.Helper()
	at := &seenState{mac: s.mac(t)}
	at.look()
	for _, e := range s.since {
		next := &seenState{mac: at.mac.Clone(), from: at, event: e}
		if why, err := next.mac.Do(at.mac.Clock.Add(step), e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s: %s %v", s.name, state.EventName(e), why, err)
		}
		next.look()
		at = next
	}
	return at
}

func (s start) mac(t *testing.T) state.Mac {
	t.Helper()
	m, err := state.Decode(s.version, []byte(`
os: {version: `+s.version+`, build: 1A1}
chip: `+string(s.chip)+`
model: Mac
serial: S
hardware_uuid: 00000000-0000-0000-0000-000000000000
phase: setup_assistant
clock: `+begins.Format(time.RFC3339)+`
booted: `+begins.Format(time.RFC3339)+`
directory: {forest: corp.example.com}
absent: [_mbsetupuser, daemon, Guest, nobody]
`))
	if err != nil {
		t.Fatal(err)
	}
	m.Groups = m.Groups[:1] // admin: the others change nothing here
	m.FileVault.SealedStays = s.stays
	for _, e := range s.before {
		if why, err := m.Do(m.Clock.Add(step), e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s: %s %v", s.name, state.EventName(e), why, err)
		}
	}
	m.Bootstrap.VolumeOwner = m.Bootstrap.VolumeOwner && !s.unowned
	return m
}
