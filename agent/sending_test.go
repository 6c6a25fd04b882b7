//go:build !darwin

package agent

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// hashed is an agent that keeps names to itself, on a Mac with a person of a name
// that stands nowhere else.
func hashed(t *testing.T) *Agent {
	t.Helper()
	mac := healthy(t)
	mac.change(func(m *state.Mac) {
		for i := range m.Accounts {
			if m.Accounts[i].UID == 501 {
				m.Accounts[i].Name, m.Accounts[i].RealName = canary, canary+" Person"
			}
		}
	})
	a := newAgent(t, t.TempDir(), mac, nowhere)
	a.set(func(c *config.Config) { c.Privacy.Names = config.Hashed })
	a.open()
	return a
}

const canary = "xqcanaryqx"

// raw is what waits, as it would be sent.
func raw(t *testing.T, a *Agent) []byte {
	t.Helper()
	batch, err := a.out().spool.Next(1000, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, q := range batch {
		all = append(all, q.Data...)
	}
	return all
}

func TestNamesStayOnTheMac(t *testing.T) {
	t.Parallel()
	a := hashed(t)
	full := checked(t, a, wire.Scheduled)
	beat := checked(t, a, wire.Scheduled)
	if full.Kind != wire.Snapshot || beat.Kind != wire.Heartbeat || full.StateHash != beat.StateHash {
		t.Errorf("a %s of %s, then a %s of %s", full.Kind, full.StateHash, beat.Kind, beat.StateHash)
	}
	if sent := raw(t, a); bytes.Contains(bytes.ToLower(sent), []byte(canary)) {
		t.Errorf("the name is in what is sent: %s", sent)
	}
	if full.Privacy == nil || full.Device.Name != "Test Mac" {
		t.Errorf("privacy %+v, name %q", full.Privacy, full.Device.Name)
	}
	a.mu.Lock()
	shown := a.report
	a.mu.Unlock()
	if !strings.Contains(shown.Accounts[len(shown.Accounts)-1].Name+shown.Accounts[0].Name+shown.Accounts[1].Name, canary) {
		t.Errorf("the socket does not name the account: %+v", shown.Accounts)
	}
	info, err := os.Stat(a.paths.PrivacyKey())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	again := newAgent(t, a.paths.Root(), healthy(t), nowhere)
	if key, err := again.privacyKey(); err != nil || !key.Proves(full) {
		t.Errorf("after a restart the key proves nothing: %v", err)
	}
}

// Where names cannot be hidden, nothing leaves the Mac, and the key is not replaced.
func TestWithoutItsKeyNothingIsSent(t *testing.T) {
	t.Parallel()
	a := hashed(t)
	writeFile(t, a.paths.PrivacyKey(), "no key\n", 0o600)
	a.check(t.Context(), wire.Scheduled)
	if sent := raw(t, a); len(sent) > 0 {
		t.Errorf("sent: %s", sent)
	}
	a.check(t.Context(), wire.Scheduled)
	if found := a.Status().Report.Findings; len(found) != 1 || found[0].Code != "AG_STATE_UNWRITABLE" {
		t.Errorf("findings %+v", found)
	}
	if kept, _ := os.ReadFile(a.paths.PrivacyKey()); string(kept) != "no key\n" {
		t.Errorf("the key is now %q", kept)
	}
}

// The disk of one Mac in another: other keys, other numbers, and nothing of the first
// Mac is sent in the name of the second.
func TestKeysOfAnotherMacAreGivenUp(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	first := checked(t, a, wire.Scheduled)
	request, wanted, err := a.out().identity.Enrollment(time.Now())
	if err != nil || !wanted {
		t.Fatalf("Enrollment = %t, %v", wanted, err)
	}
	mac.change(func(m *state.Mac) { m.HardwareUUID = "00000000-0000-4000-8000-00000000AAAA" })
	a.check(t.Context(), wire.Requested) // as after a start: which Mac it is stands for long
	now := spooled(t, a)
	other, _, err := a.out().identity.Enrollment(time.Now())
	if err != nil || other.SigningKey == request.SigningKey {
		t.Errorf("the keys are those of the other Mac: %v", err)
	}
	if len(now) != 1 || now[0].Epoch == first.Epoch || now[0].Seq != 1 {
		t.Errorf("%d reports wait, the first is number %d of %s, and was of %s", len(now), now[0].Seq, now[0].Epoch, first.Epoch)
	}
}

func TestAnUnknownMacIsNoOtherMac(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	root := t.TempDir()
	a := opened(t, root, mac)
	checked(t, a, wire.Scheduled)
	before, _, _ := a.out().identity.Enrollment(time.Now())
	mac.fail(run.Ioreg, true)
	checked(t, a, wire.Requested)
	if after, _, _ := a.out().identity.Enrollment(time.Now()); after.SigningKey != before.SigningKey {
		t.Error("a Mac that does not say which it is got other keys")
	}
}

func TestAFullReportFollowsTheEnrolment(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	checked(t, a, wire.Scheduled)
	a.enrolled()
	wantReport(t, checked(t, a, wire.Enrolled), wire.Snapshot, wire.Enrolled)
	wantReport(t, checked(t, a, wire.Scheduled), wire.Heartbeat, wire.Scheduled)
}

// A battery that runs out makes checks rarer, until there is power.
func TestLowBatteryStretches(t *testing.T) {
	t.Parallel()
	mac := healthy(t)
	a := opened(t, t.TempDir(), mac)
	for _, tc := range []struct {
		power     state.Power
		stretched bool
	}{
		{state.Power{Battery: true, Percent: 90, Unplugged: true}, false},
		{state.Power{Battery: true, Percent: 10, Unplugged: true}, true},
		{state.Power{Battery: true, Percent: 10}, false},
	} {
		mac.change(func(m *state.Mac) { m.Power = tc.power })
		a.check(t.Context(), wire.Scheduled)
		if got := a.Status().Stretched != ""; got != tc.stretched || (a.schedule.State().Every > 15*time.Minute) != tc.stretched {
			t.Errorf("%+v: stretched %t, a check every %s", tc.power, got, a.schedule.State().Every)
		}
	}
}

// Keys that the server knows are renewed when they are old, and not before.
func TestOldKeysAreRenewed(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	checked(t, a, wire.Scheduled)
	keys := a.out().identity
	first, _, err := keys.Enrollment(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, made := keys.Origin()
	year := a.configured().Enrollment.KeyAge
	for _, tc := range []struct {
		name    string
		state   wire.EnrollState
		age     time.Duration
		now     time.Time
		renewed bool
	}{
		{"not enrolled", wire.EnrollPending, year, made.Add(2 * year), false},
		{"young", wire.EnrollActive, year, made.Add(year - time.Hour), false},
		{"by a clock that was set back", wire.EnrollActive, year, made.Add(-year), false},
		{"never", wire.EnrollActive, 0, made.Add(20 * year), false},
		{"old", wire.EnrollActive, year, made.Add(year), true},
	} {
		a.set(func(c *config.Config) { c.Enrollment.KeyAge = tc.age })
		if err := keys.Enrolled(first.SigningKey, wire.EnrollAnswer{DeviceID: "d", State: tc.state}, tc.now); err != nil {
			t.Fatal(err)
		}
		if err := a.rotate(keys, tc.now); err != nil {
			t.Fatal(err)
		}
		next, wanted, err := keys.Enrollment(tc.now)
		if err != nil || (wanted && next.SigningKey != first.SigningKey) != tc.renewed {
			t.Errorf("%s: another key is to be enrolled: %t, %v", tc.name, wanted, err)
		}
	}
}
