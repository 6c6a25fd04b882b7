package modelcheck

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// versions are one or two of every band whose rules differ.
var versions = []string{"10.13", "10.13.6", "10.14.6", "10.15.2", "10.15.7", "11.1", "12.6", "13.6", "14.2", "15.7.1", "26.1", "27.0"}

// boxed is a Mac as it comes from the factory.
func boxed(t *testing.T, version string, chip state.Chip) state.Mac {
	t.Helper()
	m, err := state.Decode(version, []byte(`
os: {version: `+version+`, build: 1A1}
chip: `+string(chip)+`
model: Mac
serial: S
hardware_uuid: 00000000-0000-0000-0000-000000000000
phase: setup_assistant
directory: {forest: corp.example.com}
absent: [_mbsetupuser, daemon, Guest, nobody, root]
`))
	if err != nil {
		t.Fatal(err)
	}
	m.Groups = m.Groups[:1] // admin: the others change nothing here
	return m
}

// inUse is one with an administrator and a standard user.
func inUse(t *testing.T, m state.Mac) state.Mac {
	t.Helper()
	return after(t, m, &state.Enroll{Way: state.ADE}, &state.SetUp{User: admin, Password: new(one)}, &state.Create{User: standard, Password: new(one)})
}

// early says whether a version is older than Apple silicon.
func early(version string) bool { return strings.HasPrefix(version, "10.") }

// starts are the Macs from which everything begins: every band of versions, the
// chips, enrolled or not, from Setup Assistant and in use.
func starts(t *testing.T) map[string]state.Mac {
	t.Helper()
	all := map[string]state.Mac{}
	for _, version := range versions {
		for _, chip := range []state.Chip{state.Intel, state.AppleSilicon} {
			if chip == state.AppleSilicon && early(version) {
				continue // no such Mac was made
			}
			m := boxed(t, version, chip)
			all[version+" "+string(chip)] = m
			all[version+" "+string(chip)+" in use"] = inUse(t, m)
		}
	}
	maps.Copy(all, oddStarts(t))
	return all
}

// oddStarts are those that are in no band: another file system and chip, a
// managed administrator, and accounts that are shut after wrong passwords.
func oddStarts(t *testing.T) map[string]state.Mac {
	t.Helper()
	hfs := boxed(t, "10.13.6", state.Intel)
	hfs.FileSystem = state.HFS
	strict := boxed(t, "15.7.1", state.AppleSilicon)
	strict.Policy.MaxFailures = 2
	return map[string]state.Mac{
		"10.13.6 hfs":   hfs,
		"15.7.1 strict": inUse(t, strict),
		"15.7.1 t2":     inUse(t, boxed(t, "15.7.1", state.T2)),
		"15.7.1 managed": after(t, boxed(t, "15.7.1", state.AppleSilicon), &state.Enroll{Way: state.ADE},
			&state.Configure{Admin: admin, Password: new(one), PrimaryStandard: true},
			&state.SetUp{User: standard, Password: new(one)}, &state.FileVaultOn{User: standard}),
	}
}

// smallStarts are Macs of one or two users with FileVault on. The menu for them
// is small too, so that it is tried to a depth that no other reaches.
func smallStarts(t *testing.T) map[string]state.Mac {
	t.Helper()
	all := map[string]state.Mac{}
	for _, version := range []string{"10.13.6", "10.14.6", "10.15.2", "10.15.7", "11.1", "15.7.1", "26.1"} {
		chip := state.AppleSilicon
		if early(version) {
			chip = state.Intel
		}
		m := after(t, boxed(t, version, chip), &state.Enroll{Way: state.ADE}, &state.SetUp{User: admin, Password: new(one)}, &state.FileVaultOn{User: admin})
		all[version+" one user"] = m
		all[version+" two users"] = after(t, m, &state.Create{User: standard, Password: new(one)}, &state.MemberAdd{User: standard})
	}
	return all
}

// switchedStarts are a few Macs with each of the switches on. Each switch decides
// about something on one of them, see TestSwitchesDecide.
func switchedStarts(t *testing.T) map[string]state.Mac {
	t.Helper()
	few := map[string]state.Mac{
		"10.15.2": boxed(t, "10.15.2", state.Intel),
		"15.7.1 skipped": after(t, boxed(t, "15.7.1", state.AppleSilicon), &state.Enroll{Way: state.ADE},
			&state.Configure{Admin: admin, Password: new(one), SkipPrimary: true}),
		"15.7.1 in use":  inUse(t, boxed(t, "15.7.1", state.T2)),
		"15.7.1 managed": oddStarts(t)["15.7.1 managed"],
	}
	all := map[string]state.Mac{}
	for field := range reflect.TypeFor[state.Switches]().Fields() {
		for name, m := range few {
			reflect.ValueOf(&m.Switches).Elem().FieldByIndex(field.Index).SetBool(true)
			all[field.Name+" "+name] = m
		}
	}
	return all
}

func after(t *testing.T, m state.Mac, events ...state.Event) state.Mac {
	t.Helper()
	m = m.Clone()
	for _, e := range events {
		if why, err := m.Do(m.Clock, e); err != nil || why != state.NotRefused {
			t.Fatalf("%s: %s %v", state.EventName(e), why, err)
		}
	}
	return m
}

// No start is lost, and every switch has its own.
func TestStarts(t *testing.T) {
	t.Parallel()
	bands := 0
	for _, version := range versions {
		bands += 2
		if !early(version) {
			bands += 2
		}
	}
	if got, want := len(starts(t)), bands+4; got != want || bands != 38 {
		t.Errorf("%d starts, want %d", got, want)
	}
	if got := len(smallStarts(t)); got != 14 {
		t.Errorf("%d small starts", got)
	}
	if got, want := len(switchedStarts(t)), 4*reflect.TypeFor[state.Switches]().NumField(); got != want || want < 100 {
		t.Errorf("%d starts with switches, want %d", got, want)
	}
}
