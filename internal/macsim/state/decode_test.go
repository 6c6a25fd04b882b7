package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	replaced := func(old, now string) string { return strings.Replace(office, old, now, 1) }
	added := func(text string) string { return office + text }
	for _, tc := range []struct{ name, yaml, want string }{
		{"nothing", "", "it is empty"},
		{"two documents", added("\n---\nos: {}\n"), "more than one document"},
		{"unknown key", added("colour: blue\n"), "field colour not found in type Mac"},
		{"unknown key below", replaced("build:", "bild:"), "line 2: field bild not found in type OS"},
		{"unknown key of an account", replaced("admin: true", "amdin: true"), "line 13: field amdin not found in type Account"},
		{"unknown key of a token", replaced("token: true", "token: {tug: true}"), "line 13: field tug not found in type Token"},
		{"unknown key of admin", replaced("admin: true", "admin: {gid: true}"), "line 13: field gid not found in type Admin"},
		{"token is a list", replaced("token: true", "token: [yes]"), "line 13: a mapping is wanted here"},
		{"token is a word", replaced("token: true", "token: maybe"), "cannot unmarshal !!str `maybe` into bool"},
		{"key twice", added("chip: t2\n"), `mapping key "chip" already defined`},
		{"a file outside", added("files: [{path: /../../etc/passwd}]\n"), "is not the whole path of a file"},
		{"a file of the simulator's", added("files: [{path: /private/var/db/macsim/state.yaml}]\n"), "belongs to the simulator"},
		{"no version", replaced("version: 26.1, ", ""), "os.version"},
		{"not a version", replaced("26.1", "Tahoe"), `os.version: "Tahoe" is not a version`},
		{"four numbers", replaced("26.1", "26.1.2.3"), "more than three numbers"},
		{"before tokens", replaced("26.1", "10.12.6"), "10.13 is the first"},
		{"bad build", replaced("25B78", "25"), `os.build: "25" is not a build`},
		{"bad chip", replaced("apple_silicon", "m1"), `chip: "m1" is none of`},
		{"chip before its time", replaced("26.1", "10.15.7"), "apple_silicon needs macOS 11"},
		{"no model", replaced("model: Mac16,1", ""), "model: missing"},
		{"no serial", replaced("serial: OFFICE01", ""), "serial: missing"},
		{"bad hardware UUID", replaced("-5555", "-555g"), "hardware_uuid: "},
		{"bad mdm", replaced("user_approved", "approved"), `enrollment.mdm: "approved"`},
		{"server without mdm", replaced("mdm: user_approved", "mdm: none"), "need an mdm"},
		{"bad filevault", replaced("state: on", "state: open"), `filevault.state: "open"`},
		{"percent of nothing", replaced("state: on", "state: on, percent: 5"), "nothing is in progress"},
		{"percent too high", replaced("state: on", "state: encrypting, percent: 101"), "101 is not between"},
		{"uid twice", replaced("uid: 502", "uid: 501"), `accounts: "clerk": uid 501 is taken by accounts: "boss"`},
		{"guid twice", replaced("00000002", "00000001"), "guid AAAAAAAA-0000-0000-0000-000000000001 is taken by"},
		{"name twice, in other letters", replaced("name: clerk", "name: BOSS"), "name boss is taken by"},
		{"other name twice", replaced("name: clerk", "name: clerk, other_names: [boss]"), "name boss is taken by"},
		{"system uid", replaced("uid: 502", "uid: 248"), "uid 248 is taken by"},
		{"no uid", replaced("uid: 502, ", ""), `"clerk": uid: missing`},
		{"small letters", replaced("guid: AAAAAAAA", "guid: aaaaaaaa"), "is not a UUID in capital letters"},
		{"short guid", replaced("00000002", "0000000"), "is not a UUID in capital letters"},
		{"no name", replaced("name: clerk, ", ""), "one has no name"},
		{"control character", replaced("Clara Clerk", `"Clara\nClerk"`), "real_name: a control character"},
		{"bad kind", replaced("uid: 502", "uid: 502, kind: robot"), `kind: "robot"`},
		{"mobile from nowhere", replaced("uid: 502", "uid: 502, kind: mobile"), "original_node"},
		{"bad status", replaced("token: true", "token: {tag: true, status: maybe}"), `token.status: "maybe"`},
		{"absent", added("absent: [clerk]\n"), `absent: "clerk" is not a system account`},
		{"console", replaced("user: clerk", "user: ghost"), `there is no account "ghost"`},
		{"background", replaced("user: clerk", "background: [ghost]"), `there is no account "ghost"`},
		{"background and screen", replaced("user: clerk", "user: clerk, background: [clerk]"), `"clerk" is both on the screen and behind it`},
		{"control character elsewhere", replaced("OFFICE01", `"OFF\tICE"`), "serial: a control character"},
		{"early boot with a user", replaced("user: clerk", "user: clerk, early_boot: true"), "nobody is known yet"},
		{"bad phase", added("phase: asleep\n"), `phase: "asleep"`},
		{"bad file system", added("file_system: fat\n"), `file_system: "fat"`},
		{"bad level of security", added("security: {boot: high}\n"), `security.boot: "high"`},
		{"bad capability", replaced("capability: profile", "capability: rumour"), `enrollment.capability: "rumour"`},
		{"group twice", added("groups: [{name: lab, gid: 700}, {name: lab, gid: 701}]\n"), "name lab is taken by"},
		{"group ID twice", added("groups: [{name: lab, gid: 80}]\n"), "gid 80 is taken by"},
		{"group without a name", added("groups: [{gid: 700}]\n"), "groups: one has no name"},
		{"bad GUID of a group", added("groups: [{name: lab, gid: 700, guid: x}]\n"), "is not a UUID"},
		{"fault of no tool", added("faults: [{kind: hang}]\n"), "one names no tool"},
		{"unknown fault", added("faults: [{tool: fdesetup, kind: moody}]\n"), `kind: "moody"`},
		{"other words for nothing", added("faults: [{tool: fdesetup, kind: changed_wording, text: x}]\n"), "old: missing"},
		{"slow by nothing", added("faults: [{tool: fdesetup, kind: slow}]\n"), "takes: missing"},
		{"missing at times", added("faults: [{tool: fdesetup, kind: missing, calls_left: 1}]\n"), "is so for all calls"},
		{"less than no calls", added("faults: [{tool: fdesetup, kind: hang, calls_left: -1}]\n"), "not negative"},
		{"no duration", added("faults: [{tool: fdesetup, kind: slow, takes: soon}]\n"), `"soon" is not a duration`},
		{"days and more", added("faults: [{tool: fdesetup, kind: slow, takes: 2d3h}]\n"), `"2d3h" is not a duration`},
		{"orphan's type", added("orphan_crypto_users: [{uuid: BBBBBBBB-0000-0000-0000-000000000001, type: Robot}]\n"), `type: "Robot" is not known`},
		{"orphan with an account", added("orphan_crypto_users: [{uuid: AAAAAAAA-0000-0000-0000-000000000002}]\n"), `is taken by account "clerk"`},
		{"orphan that is a key", added("orphan_crypto_users: [{uuid: EBC6C064-0000-11AA-AA11-00306543ECAC}]\n"), "is taken by filevault.recovery_key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Decode("some.yaml", []byte(tc.yaml))
			if err == nil || !strings.HasPrefix(err.Error(), "some.yaml: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v\nwant %q in it", err, tc.want)
			}
		})
	}
}

func TestTokenForms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		yaml   string
		want   Token
		listed bool
	}{
		{"true", Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: "boss-pw"}, true},
		{"false", Token{}, false},
		{"{tag: true}", Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: "boss-pw"}, true},
		{"{tag: true, crypto_user: false}", Token{Tag: true, Password: "boss-pw"}, false},
		{"{crypto_user: true, status: enabled}", Token{CryptoUser: true, Status: Enabled, VolumeOwner: true, Password: "boss-pw"}, true},
		{`{tag: true, password: ""}`, Token{Tag: true, CryptoUser: true, VolumeOwner: true}, true},
		{"{tag: true, password: old}", Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: "old"}, true},
		{"{tag: true, volume_owner: false}", Token{Tag: true, CryptoUser: true, Password: "boss-pw"}, true},
	} {
		t.Run(tc.yaml, func(t *testing.T) {
			t.Parallel()
			m, err := Decode("x", []byte(strings.Replace(office, "token: true", "token: "+tc.yaml, 1)))
			if err != nil {
				t.Fatal(err)
			}
			boss, _ := m.Account("boss")
			if boss.Token != tc.want || boss.FileVault != tc.listed {
				t.Errorf("got %+v, listed %t; want %+v, %t", boss.Token, boss.FileVault, tc.want, tc.listed)
			}
		})
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	m, err := Decode("x", []byte(office+"absent: [Guest, _mbsetupuser]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, there := m.Account("Guest"); there || len(m.Accounts) != 5 {
		t.Errorf("got %+v", m.Accounts)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.yaml")
	if err := os.WriteFile(path, []byte(office), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := Read(path); err != nil || m.Serial != "OFFICE01" {
		t.Errorf("got %+v, %v", m, err)
	}
	if _, err := Read(path + ".gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that there is no such file", err)
	}
}

// A service account is hidden, unless it is said or done otherwise.
func TestHiddenServiceAccount(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		yaml   string
		events []Event
		hidden bool
	}{
		{"kind: service", nil, true},
		{"kind: service, hidden: false", nil, false},
		{"kind: service", []Event{&Hide{User: "clerk", Off: true}}, false},
		{"kind: local", nil, false},
		{"kind: local", []Event{&Hide{User: "clerk"}}, true},
		{"kind: local", []Event{&Delete{User: "clerk"}, &Create{User: "clerk", Kind: Service}}, true},
	} {
		m, err := Decode("x", []byte(strings.Replace(office, "uid: 502", "uid: 502, "+tc.yaml, 1)))
		if err != nil {
			t.Fatal(err)
		}
		play(t, &m, tc.events...)
		written, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode("x", written)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []*Mac{&m, &again} {
			if clerk, _ := m.Account("clerk"); clerk.Hidden != tc.hidden {
				t.Errorf("%s, %v: hidden %t, want %t", tc.yaml, tc.events, clerk.Hidden, tc.hidden)
			}
		}
	}
}

// A length of time is written as people write it, and survives.
func TestDuration(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]time.Duration{"11s": 11 * time.Second, "3h": 3 * time.Hour, "20d": 480 * time.Hour, "1h30m": 90 * time.Minute} {
		m, err := Decode("x", []byte(office+"faults: [{tool: fdesetup, kind: slow, takes: "+written+"}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if m, err = Decode("x", again); err != nil || time.Duration(m.Faults[0].Takes) != want {
			t.Errorf("%s: got %v, %v", written, m.Faults, err)
		}
	}
}

// What sysadminctl says of a token follows the tag, unless it is said otherwise.
func TestTokenSays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		token Token
		want  Status
	}{
		{Token{}, Disabled},
		{Token{Tag: true}, Enabled},
		{Token{CryptoUser: true}, Disabled},
		{Token{Tag: true, Status: Disabled}, Disabled},
		{Token{Status: Enabled}, Enabled},
	} {
		if got := tc.token.Says(); got != tc.want {
			t.Errorf("%+v: got %s, want %s", tc.token, got, tc.want)
		}
	}
}
