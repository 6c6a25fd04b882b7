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

// By an empty battery's clock every mute is too long, and none is a mistake.
func TestAClockThatCannotBeRight(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Config(), "policy: {mutes: [{code: VO_NONE, reason: r, until: 2099-11-01}]}\n")
	for at, want := range map[time.Time]config.Origin{
		time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC):      config.Fresh,
		time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC): config.Fresh,
		time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC):      config.Defaults,
		today(): config.Defaults,
	} {
		if l := config.Current(m.sources(), at); l.From != want {
			t.Errorf("at %s: %s, want %s: %v", at, l.From, want, l.Problems)
		}
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

// A clock that was set back makes mutes look too long. What they were worth before,
// they are worth then: judging bounds them itself.
func TestAClockSetBack(t *testing.T) {
	t.Parallel()
	m := newMac(t)
	lay(t, m.Config(), "interval: 5m\npolicy: {mutes: [{code: VO_NONE, reason: r, until: 2027-11-01}]}\n")
	good := config.Current(m.sources(), today())
	if err := config.Keep(m.Paths, good); err != nil || good.From != config.Fresh {
		t.Fatal(err, good.Problems)
	}
	l := config.Current(m.sources(), today().AddDate(-2, 0, 0))
	if l.From != config.LastGood || l.Config.Interval != 5*time.Minute || len(l.Config.Policy.Mutes) != 1 {
		t.Errorf("%s, %v", l.From, l.Problems)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	m := settled(t)
	before := config.Current(m.sources(), today()).Config
	lay(t, m.Managed(), dict(text("ServerURL", "https://other.example")+text("EnrollmentSecret", "swordfish")+operator+text("LogLevel", "debug")))
	changes := config.Difference(before, config.Current(m.sources(), today()).Config)
	want := []config.Change{
		{Key: "server.url", Was: "https://good.example", Is: "https://other.example", Restart: true},
		{Key: "enrollment.secret", Was: "[secret]", Is: "[secret]", Restart: true},
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
