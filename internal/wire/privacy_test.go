package wire_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

func privacyKey(tb testing.TB, first byte) wire.PrivacyKey {
	tb.Helper()
	key, err := wire.NewPrivacyKey(append([]byte{first}, bytes.Repeat([]byte{7}, 31)...))
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func TestPrivacyKeyIsWrittenAndRead(t *testing.T) {
	t.Parallel()
	key := privacyKey(t, 1)
	again, err := wire.ParsePrivacyKey(key.Text().Open() + "\n")
	if err != nil || again.ID() != key.ID() || again.Pseudonym("user", "lea") != key.Pseudonym("user", "lea") {
		t.Errorf("read %s, %v; want %s", again.ID(), err, key.ID())
	}
	for _, bad := range []string{"", "lea", strings.Repeat("0", 62), strings.Repeat("0", 66), strings.Repeat("g", 64), strings.Repeat("0", 64) + " 0"} {
		if _, err := wire.ParsePrivacyKey(bad); err == nil || (bad != "" && strings.Contains(err.Error(), bad)) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A pseudonym is the same for the same name, however it is composed, and another
// for another name, on another Mac, and for another kind of name.
func TestPseudonym(t *testing.T) {
	t.Parallel()
	key, other := privacyKey(t, 1), privacyKey(t, 2)
	if got := key.Pseudonym(wire.UserPseudonym, "Zo\u00eb"); got != key.Pseudonym(wire.UserPseudonym, "Zoe\u0308") || len(got) != len("user-")+16 {
		t.Errorf("got %s", got)
	}
	seen := map[string]string{}
	for what, pseudonym := range map[string]string{
		"lea": key.Pseudonym("user", "lea"), "Lea": key.Pseudonym("user", "Lea"), "lea ": key.Pseudonym("user", "lea "), "le": key.Pseudonym("user", "le"),
		"elsewhere": other.Pseudonym("user", "lea"), "in full": key.Pseudonym("person", "lea"), "the key": "user-" + key.ID(),
	} {
		_, digest, _ := strings.Cut(pseudonym, "-")
		if first, taken := seen[digest]; taken {
			t.Errorf("%s and %s are both %s", first, what, pseudonym)
		}
		seen[digest] = what
	}
}

func TestProves(t *testing.T) {
	t.Parallel()
	key, other := privacyKey(t, 1), privacyKey(t, 2)
	plain := wire.Build(scenario(t, "user-without-token"))
	full := delivered(plain.Pseudonymous(wire.Privacy{Key: key}))
	forged := full
	forged.Accounts = append([]wire.Account(nil), full.Accounts...)
	forged.Accounts[0].Name = other.Pseudonym(wire.UserPseudonym, "lea")
	rehashed := forged
	rehashed.StateHash = rehashed.Hash()
	renamed := full
	renamed.Privacy = &wire.PrivacyMark{Names: "hashed", KeyID: other.ID(), Proof: full.Privacy.Proof}
	for _, tc := range []struct {
		name   string
		key    wire.PrivacyKey
		report wire.Report
		want   bool
	}{
		{"its own", key, full, true},
		{"its own heartbeat, which has nothing to prove", key, full.AsHeartbeat(), false},
		{"of another Mac", other, full, false},
		{"that says it is of another Mac", other, renamed, false},
		{"with names", key, plain, false},
		{"with another name in it", key, forged, false},
		{"with another name in it, and another hash", key, rehashed, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.key.Proves(tc.report); got != tc.want {
				t.Errorf("Proves = %t", got)
			}
		})
	}
}

// The same Mac has the same state hash each time, another Mac with the same people
// has another, and a key that is replaced is a change.
func TestStateHashOfPseudonyms(t *testing.T) {
	t.Parallel()
	s := scenario(t, "migrated-twice")
	p := wire.Privacy{Key: privacyKey(t, 1), People: wire.People(s.Model, health.Policy{})}
	r := wire.Build(s).Pseudonymous(p)
	s.Snapshot = later(s.Snapshot)
	if again := wire.Build(s).Pseudonymous(p); again.StateHash != r.StateHash || again.Privacy.Proof != r.Privacy.Proof {
		t.Errorf("%s, then %s", r.StateHash, again.StateHash)
	}
	if delivered(r).Hash() != r.StateHash {
		t.Error("the hash of a report cannot be computed from the report")
	}
	if other := wire.Build(s).Pseudonymous(wire.Privacy{Key: privacyKey(t, 2)}); other.StateHash == r.StateHash || other.Privacy.KeyID == r.Privacy.KeyID {
		t.Error("another key makes no difference")
	}
}

// The report that it is made of stays as it is: people at the Mac see it.
func TestPseudonymousIsPure(t *testing.T) {
	t.Parallel()
	r := wire.Build(scenario(t, "migrated-twice"))
	before := encode(t, r)
	first := encode(t, r.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1)}))
	if second := encode(t, r.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1)})); !bytes.Equal(first, second) || !bytes.Equal(before, encode(t, r)) {
		t.Error("it is not pure")
	}
}

// Who is not in the directory can stand in a text too.
func TestPeople(t *testing.T) {
	t.Parallel()
	m := health.Model{
		NetworkUser: "net", FileVault: health.FileVault{DeferredUser: "deferred", DeferredFor: []string{"one", "two"}},
		Accounts: []health.Account{{Name: "lea", RealName: "Léa Rossi"}},
		Past: health.Ledger{
			Mac:     health.Memory{Accounts: map[string]health.AccountMemory{"6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0302": {Name: "gone"}}},
			Changes: []health.Change{{Name: "left"}},
		},
	}
	p := health.Policy{
		ServiceAccounts: []string{"scan"}, RequiredHolders: []string{"glass"},
		Mutes: []health.Mute{{Subject: "muted"}, {Subject: "device"}, {Subject: "6A1C7E0E-8B1D-4B53-9F4E-0D2B2B5A0302"}},
	}
	got := slices.DeleteFunc(wire.People(m, p), func(name string) bool { return name == "" })
	slices.Sort(got)
	if want := []string{"Léa Rossi", "deferred", "glass", "gone", "lea", "left", "muted", "net", "one", "scan", "two"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A host name carries names; what an admin chose does not count as one.
func TestNameOfTheMac(t *testing.T) {
	t.Parallel()
	r := wire.Build(scenario(t, "healthy"))
	if got := r.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1)}).Device; got.Name != "" || got.Serial != r.Device.Serial || len(got.Labels) != 2 {
		t.Errorf("got %+v", got)
	}
	if got := r.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1), Chosen: true}).Device.Name; got != "front desk" {
		t.Errorf("got %q", got)
	}
}

// What is the same on every Mac names nobody.
func TestNamesThatAreMacOSs(t *testing.T) {
	t.Parallel()
	r := wire.Report{
		Accounts: []wire.Account{{Name: "root", RealName: "System Administrator"}, {Name: "Root", RealName: ""}},
		Findings: []wire.Finding{{Summary: "root holds a token"}},
	}
	got := r.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1)})
	if got.Accounts[0].Name != "root" || got.Accounts[0].RealName != "System Administrator" || got.Accounts[1].Name == "Root" || got.Accounts[1].RealName != "" {
		t.Errorf("got %+v", got.Accounts)
	}
}

func TestHeartbeatsOfPseudonymsAreSmall(t *testing.T) {
	t.Parallel()
	s := scenario(t, "migrated-twice")
	s.Name = strings.Repeat("Zoë's MacBook Pro ", 3) + "0123456789"
	beat := delivered(wire.Build(s).Pseudonymous(wire.Privacy{Key: privacyKey(t, 1), Chosen: true})).AsHeartbeat()
	if n := zipped(t, encode(t, beat)); n > heartbeatBytes || beat.Privacy == nil {
		t.Errorf("%d bytes, %+v", n, beat.Privacy)
	}
}
