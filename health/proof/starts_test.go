package proof

import (
	"testing"
	"time"

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
}

// inUse is a Mac with an admin and a standard user, who has logged in.
func inUse(way state.Enrolment) []state.Event {
	return []state.Event{
		&state.Enroll{Way: way}, &state.SetUp{User: admin, Password: new(one)}, &state.Create{User: standard, Password: new(one)}, &state.Login{User: standard},
	}
}

func starts() []start {
	encrypted := append(inUse(state.ADE), &state.EscrowKeys{}, &state.FileVaultOn{User: admin})
	return []start{
		{"one who set it up", "15.7.1", state.AppleSilicon, encrypted[:2]},
		{"two users", "15.7.1", state.AppleSilicon, inUse(state.ADE)},
		{"encrypted", "15.7.1", state.AppleSilicon, encrypted},
		{"encrypted without escrow of the key", "26.1", state.AppleSilicon, append(inUse(state.ADE), &state.FileVaultOn{User: admin})},
		{"enrolled by hand", "15.7.1", state.AppleSilicon, inUse(state.ApprovedByUser)},
		{"nobody enrolled it", "15.7.1", state.AppleSilicon, inUse(state.ADE)[1:]},
		{"before the preflight", "12.6", state.AppleSilicon, encrypted},
		{"before owners updated", "11.1", state.AppleSilicon, inUse(state.ADE)},
		{"T2", "15.7.1", state.T2, encrypted},
		{"T2 before the preflight", "12.6", state.T2, encrypted},
		{"Intel", "12.6", state.Intel, inUse(state.ADE)},
		{"Catalina", "10.15.7", state.Intel, encrypted},
		{"early Catalina", "10.15.2", state.Intel, inUse(state.ADE)},
		{"Mojave", "10.14.6", state.Intel, append(inUse(state.ADE), &state.FileVaultOn{User: admin})},
		{"High Sierra", "10.13.6", state.Intel, inUse(state.ADE)},
		{"made by the server", "15.7.1", state.AppleSilicon, []state.Event{
			&state.Enroll{}, &state.Configure{Admin: admin, Password: new(one), PrimaryStandard: true, FileVault: true}, &state.SetUp{User: standard, Password: new(one)},
		}},
		{"no account made in Setup Assistant", "15.7.1", state.AppleSilicon, []state.Event{
			&state.Enroll{}, &state.Configure{Admin: admin, Password: new(one), SkipPrimary: true}, &state.SetUp{},
		}},
		{"made by a package", "15.7.1", state.AppleSilicon, append(inUse(state.ADE), &state.Create{User: service, Password: new(one), With: state.InstallPackage, Tag: true, Admin: true})},
	}
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
	for _, e := range s.before {
		if why, err := m.Do(m.Clock.Add(step), e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s: %s %v", s.name, state.EventName(e), why, err)
		}
	}
	return m
}
