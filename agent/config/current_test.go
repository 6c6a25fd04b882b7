//go:build !darwin

package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/rootfile"
)

const operator = "<key>OrdersOperators</key><array><dict><key>Name</key><string>ada</string><key>Key</key><string>AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=</string></dict></array>"

// settled is a Mac that has a good configuration, and remembers it.
func settled(t *testing.T) mac {
	t.Helper()
	m := newMac(t)
	lay(t, m.Managed(), dict(text("ServerURL", "https://good.example")+text("EnrollmentSecret", "hunter2")+operator))
	lay(t, m.Config(), "interval: 5m\ndevice: {name: 'Ada’s Mac: \"1\"'}\n")
	l := config.Current(m.sources(), today())
	if l.From != config.Fresh || len(l.Problems) > 0 || len(l.Config.Orders.Operators) != 1 || l.Config.Enrollment.Secret.Open() != "hunter2" {
		t.Fatal(l.From, l.Problems)
	}
	if err := config.Keep(m.Paths, l); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFallingBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		spoil    func(m mac)
		from     config.Origin
		server   string
		interval time.Duration
		trusts   int // operators
		problem  string
	}{
		{"nothing wrong", func(mac) {}, config.Fresh, "https://good.example", 5 * time.Minute, 1, ""},
		{"a bad value in a profile", func(m mac) { lay(t, m.Managed(), dict(text("ServerURL", "http://bad.example"))) }, config.LastGood, "https://good.example", 5 * time.Minute, 0, "only https"},
		{"a broken profile", func(m mac) { lay(t, m.Managed(), "<plist>") }, config.LastGood, "https://good.example", 5 * time.Minute, 0, "ends too early"},
		{"a profile that others could write", func(m mac) { _ = os.Chmod(m.Managed(), 0o666) }, config.LastGood, "https://good.example", 5 * time.Minute, 0, "not safe to trust"},
		{"a bad file, a new profile", func(m mac) {
			lay(t, m.Config(), "intervall: 5m\n")
			lay(t, m.Managed(), dict(text("ServerURL", "https://new.example")))
		}, config.LastGood, "https://new.example", 5 * time.Minute, 0, "did you mean interval?"},
		{"a bad file, the same profile", func(m mac) { lay(t, m.Config(), "interval: 5\n") }, config.LastGood, "https://good.example", 5 * time.Minute, 1, "is not a duration"},
		{"a bad file, no profile any more", func(m mac) {
			lay(t, m.Config(), "interval: 5\n")
			_ = os.Remove(m.Managed())
		}, config.LastGood, "", 5 * time.Minute, 0, "is not a duration"},
		{"a bad profile, nothing remembered", func(m mac) {
			lay(t, m.Managed(), dict(text("ServerURL", "http://bad.example")))
			_ = os.Remove(m.LastConfig())
		}, config.Defaults, "", 15 * time.Minute, 0, "only https"},
		{"a bad file, nothing remembered", func(m mac) {
			lay(t, m.Config(), "interval: 5\n")
			_ = os.Remove(m.LastConfig())
		}, config.Defaults, "https://good.example", 15 * time.Minute, 1, "is not a duration"},
		{"a bad profile, a spoilt memory", func(m mac) {
			lay(t, m.Managed(), "<plist>")
			lay(t, m.LastConfig(), `{"format":1,"layers":{"file":{"interval":5}}}`)
		}, config.Defaults, "", 15 * time.Minute, 0, "last good configuration"},
		{"a memory of another format", func(m mac) {
			lay(t, m.Managed(), "<plist>")
			lay(t, m.LastConfig(), `{"format":2,"layers":{}}`)
		}, config.Defaults, "", 15 * time.Minute, 0, "its format is 2"},
		{"a memory with operators", func(m mac) {
			lay(t, m.Managed(), "<plist>")
			lay(t, m.LastConfig(), `{"format":1,"layers":{"managed":{"orders":{"operators":[{"name":"eve","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}}}}`)
		}, config.Defaults, "", 15 * time.Minute, 0, "orders.operators has no place in it"},
		{"a memory that others could write", func(m mac) {
			lay(t, m.Managed(), "<plist>")
			_ = os.Chmod(m.LastConfig(), 0o644)
		}, config.Defaults, "", 15 * time.Minute, 0, "not safe to trust"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := settled(t)
			tc.spoil(m)
			l := config.Current(m.sources(), today())
			if l.From != tc.from || l.Config.Server.URL != tc.server || l.Config.Interval != tc.interval || len(l.Config.Orders.Operators) != tc.trusts {
				t.Errorf("%s: %q, %s, %v", l.From, l.Config.Server.URL, l.Config.Interval, l.Config.Orders)
			}
			if err := l.Config.Validate(); err != nil || l.Config.Remediation.Level != config.Observe {
				t.Errorf("not valid: %v, level %s", err, l.Config.Remediation.Level)
			}
			told := false
			for _, p := range l.Problems {
				told = told || strings.Contains(p.Error(), tc.problem)
			}
			if told != (tc.problem != "") {
				t.Errorf("%v, want %q", l.Problems, tc.problem)
			}
		})
	}
}

// What stands in is never laxer than what it stands in for, which nobody could read.
func TestWhatStandsInIsStrict(t *testing.T) {
	t.Parallel()
	const lax = "privacy: {names: plain}\nremediation: {level: act, actions: [{action: escrow, level: act}]}\n"
	url := text("ServerURL", "https://good.example")
	for _, tc := range []struct {
		name, managed, file string // the newer ones
		forget, unreadable  bool
		from                config.Origin
		names               string
		level               config.Level
	}{
		{"nothing wrong", url, lax, false, false, config.Fresh, "plain", config.Act},
		{"a mistake in the file", url, "privacy: {names: hashed}\ninterval: 5\n", false, false, config.LastGood, config.Hashed, config.Observe},
		{"a mistake in the file, nothing remembered", url, "privacy: {names: hashed}\ninterval: 5\n", true, false, config.Defaults, config.Hashed, config.Observe},
		{"a file that cannot be read", url, lax, false, true, config.LastGood, config.Hashed, config.Observe},
		{"a mistake in the profile", text("PrivacyNames", "hashd"), lax, false, false, config.LastGood, config.Hashed, config.Observe},
		{"a mistake in the profile, nothing remembered", text("PrivacyNames", "hashd"), lax, true, false, config.Defaults, config.Hashed, config.Observe},
		{"the profile says plain", url + text("PrivacyNames", "plain"), "interval: 5\n", false, false, config.LastGood, "plain", config.Observe},
		{"the profile says plain, nothing remembered", url + text("PrivacyNames", "plain"), "interval: 5\n", true, false, config.Defaults, "plain", config.Observe},
		{"the profile says hashed", url + text("PrivacyNames", "hashed"), "interval: 5\n", false, false, config.LastGood, config.Hashed, config.Observe},
		{"the profile says act", url + text("RemediationLevel", "act"), "interval: 5\n", false, false, config.LastGood, config.Hashed, config.Act},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), dict(url+text("PrivacyNames", "plain")))
			lay(t, m.Config(), lax)
			if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
				t.Fatal(err)
			}
			lay(t, m.Managed(), dict(tc.managed))
			lay(t, m.Config(), tc.file)
			if tc.forget {
				_ = os.Remove(m.LastConfig())
			}
			if tc.unreadable {
				_ = os.Chmod(m.Config(), 0o666)
			}
			l := config.Current(m.sources(), today())
			if l.From != tc.from || l.Config.Privacy.Names != tc.names || l.Config.Remediation.Level != tc.level {
				t.Errorf("%s, names %s, level %s", l.From, l.Config.Privacy.Names, l.Config.Remediation.Level)
			}
			if l.From != config.Fresh && len(l.Config.Remediation.Actions) > 0 {
				t.Errorf("levels of actions: %v", l.Config.Remediation.Actions)
			}
		})
	}
}

// What was good with the profile of yesterday may contradict that of today, which is
// in force all the same.
func TestARememberedFileThatDoesNotFitTheProfile(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Config(), "interval: 5m\nserver: {format: plain, client_cert_file: /c, client_key_file: /k}\n")
	if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
		t.Fatal(err)
	}
	lay(t, m.Config(), "interval: 5\n")
	lay(t, m.Managed(), dict(text("ServerURL", "https://new.example")+text("ServerFormat", "tokenward")))
	l := config.Current(m.sources(), today())
	if err := l.Config.Validate(); err != nil || l.From != config.Defaults || l.Config.Server.URL != "https://new.example" || l.Config.Server.ClientCertFile != "" {
		t.Errorf("%s, %+v: %v", l.From, l.Config.Server, err)
	}
}

// A profile replaces what a file says in another way; a file that says both is wrong.
func TestOneOfTwoWays(t *testing.T) {
	t.Parallel()
	pem, err := os.ReadFile("testdata/authority.pem")
	if err != nil {
		t.Fatal(err)
	}
	ca := text("ServerCA", string(pem))
	for _, tc := range []struct {
		name, managed, file string
		caFile, secretFile  string
		fresh               bool
	}{
		{"a secret above a file of one", text("EnrollmentSecret", "hunter2"), "enrollment: {secret_file: /s}\n", "", "", true},
		{"an authority above a file of one", ca, "server: {ca_file: /c}\n", "", "", true},
		{"a file above a file", text("ServerCAFile", "/m"), "server: {ca_file: /c}\n", "/m", "", true},
		{"an empty one above a file", text("ServerCA", "") + text("EnrollmentSecret", ""), "server: {ca_file: /c}\nenrollment: {secret_file: /s}\n", "/c", "/s", true},
		{"others apart", ca, "enrollment: {secret_file: /s}\n", "", "/s", true},
		{"both in a profile", ca + text("ServerCAFile", "/m"), "", "", "", false},
		{"both in a file", "", "server: {ca: x, ca_file: /c}\n", "", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), dict(tc.managed))
			lay(t, m.Config(), tc.file)
			_, err := config.Load(m.sources())
			l := config.Current(m.sources(), today())
			if (err == nil) != tc.fresh || (l.From == config.Fresh) != tc.fresh {
				t.Fatalf("%v, %s: %v", err, l.From, l.Problems)
			}
			if l.Config.Server.CAFile != tc.caFile || l.Config.Enrollment.SecretFile != tc.secretFile {
				t.Errorf("%+v, %+v", l.Config.Server, l.Config.Enrollment)
			}
			if tc.caFile == "" && l.Layers["server.ca_file"] != config.FromDefault {
				t.Errorf("a path that does not count is said to come from %s", l.Layers["server.ca_file"])
			}
		})
	}
}

// The same holds of what is remembered.
func TestARememberedFileBelowANewSecret(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Config(), "interval: 5m\nenrollment: {secret_file: /s}\n")
	if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
		t.Fatal(err)
	}
	lay(t, m.Config(), "interval: 5\n")
	lay(t, m.Managed(), dict(text("EnrollmentSecret", "hunter2")))
	l := config.Current(m.sources(), today())
	if l.From != config.LastGood || l.Config.Interval != 5*time.Minute || l.Config.Enrollment.SecretFile != "" || l.Config.Enrollment.Secret.Open() != "hunter2" {
		t.Errorf("%s, %+v: %v", l.From, l.Config.Enrollment, l.Problems)
	}
}

// Whoever is at the Mac cannot mend a profile; a file of theirs they can.
func TestWhoseMistakeItIs(t *testing.T) {
	t.Parallel()
	m := settled(t)
	var managed *config.ManagedError
	lay(t, m.Managed(), dict(text("Interval", "soon")))
	if _, err := config.Load(m.sources()); !errors.As(err, &managed) {
		t.Errorf("a profile: %v", err)
	}
	lay(t, m.Config(), "interval: soon\n")
	if _, err := config.Load(m.sources()); err == nil || errors.As(err, &managed) {
		t.Errorf("both: %v", err)
	}
}

func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	m := settled(t)
	data, err := os.ReadFile(m.LastConfig())
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"hunter2", "secret", "orders", "ada"} {
		if strings.Contains(string(data), never) {
			t.Errorf("%q is kept: %s", never, data)
		}
	}
	info, _ := os.Stat(m.LastConfig())
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %#o", info.Mode().Perm())
	}
	lay(t, m.Config(), "interval: soon\n")
	if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(m.LastConfig()); string(after) != string(data) {
		t.Error("a configuration that is no fresh one is kept")
	}
	lay(t, m.Config(), "interval: 5m\ndevice: {name: 'Ada’s Mac: \"1\"'}\n")
	if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
		t.Fatal(err)
	}
	if same, _ := os.Stat(m.LastConfig()); !os.SameFile(same, info) {
		t.Error("the same configuration is written again")
	}
}

// A clock that is wrong makes mutes look too long. Whether a configuration counts must
// not depend on it: judging bounds mutes itself.
func TestAWrongClockCostsNoConfiguration(t *testing.T) {
	t.Parallel()
	const mute = "<key>PolicyMutes</key><array><dict><key>Code</key><string>VO_NONE</string><key>Reason</key><string>r</string><key>Until</key><string>2026-12-01</string></dict></array>"
	for _, tc := range []struct {
		name  string
		now   time.Time
		tells bool
	}{
		{"right", today(), false},
		{"more than a year behind", time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), true},
		{"so far behind that it cannot be right", time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC), false},
		{"the first day on which it may be right", time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), true},
		{"ahead", today().AddDate(5, 0, 0), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := newMac(t)
			lay(t, m.Managed(), dict(text("ServerURL", "https://good.example")+mute))
			l := config.Current(m.sources(), tc.now)
			if l.From != config.Fresh || l.Config.Server.URL != "https://good.example" || len(l.Config.Policy.Mutes) != 1 {
				t.Errorf("%s, %q, %v: %v", l.From, l.Config.Server.URL, l.Config.Policy.Mutes, l.Problems)
			}
			if told := len(l.Problems) == 1 && l.Problems[0].Key == "PolicyMutes[0].until" && l.Problems[0].Line == 3; told != tc.tells || (!tc.tells && len(l.Problems) > 0) {
				t.Errorf("told: %v, want %v: %v", told, tc.tells, l.Problems)
			}
			data, _ := os.ReadFile(m.Managed())
			if d := config.Examine("f", data, "", tc.now); (len(d.Problems) > 0) != tc.tells {
				t.Errorf("a draft: %v", d.Problems)
			}
		})
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	m := settled(t)
	before := config.Current(m.sources(), today()).Config
	lay(t, m.Managed(), dict(text("ServerURL", "https://other.example")+text("EnrollmentSecret", "swordfish")+operator+text("LogLevel", "debug")))
	changes := config.Difference(before, config.Current(m.sources(), today()).Config)
	want := []config.Change{
		{Key: "server.url", Was: "https://good.example", Is: "https://other.example"},
		{Key: "enrollment.secret", Was: "[secret]", Is: "[secret]"},
		{Key: "log.level", Was: "info", Is: "debug"},
	}
	if len(changes) != len(want) {
		t.Fatalf("%+v", changes)
	}
	for i := range want {
		if changes[i] != want[i] {
			t.Errorf("%+v, want %+v", changes[i], want[i])
		}
	}
	if len(config.Difference(before, before)) != 0 {
		t.Error("nothing differs from itself")
	}
}

func TestUntrustedLayersNameTheirFile(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Preferences(), dict(text("Interval", "5m")))
	if err := os.Chmod(m.Preferences(), 0o666); err != nil {
		t.Fatal(err)
	}
	l := config.Current(m.sources(), today())
	if len(l.Problems) != 1 || l.Problems[0].Path != m.Preferences() || !errors.Is(l.Problems[0], rootfile.ErrUntrusted) || l.Config.Interval != 15*time.Minute {
		t.Errorf("%v", l.Problems)
	}
}

// What was good before may not go together with a new profile. The profile counts
// then, with nothing beside it.
func TestFallingBackToTheProfileAlone(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Config(), "interval: 5m\nserver: {url: 'https://old.example', format: plain, client_cert_file: /etc/c.pem, client_key_file: /etc/k.pem}\n")
	if err := config.Keep(m.Paths, config.Current(m.sources(), today())); err != nil {
		t.Fatal(err)
	}
	lay(t, m.Config(), "interval: 5\n")
	lay(t, m.Managed(), dict(text("ServerURL", "https://new.example")+text("ServerFormat", "tokenward")))
	l := config.Current(m.sources(), today())
	if l.From != config.Defaults || l.Config.Server.URL != "https://new.example" || l.Config.Server.ClientCertFile != "" || l.Config.Interval != 15*time.Minute {
		t.Errorf("%s: %+v, every %s: %v", l.From, l.Config.Server, l.Config.Interval, l.Problems)
	}
}
