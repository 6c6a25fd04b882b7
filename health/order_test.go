package health_test

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// shuffled is the same evidence with every list in another order.
func shuffled(s evidence.Snapshot, seed uint64) evidence.Snapshot {
	r := rand.New(rand.NewPCG(seed, seed))
	s.Directory.Value = mixed(r, s.Directory.Value)
	s.CryptoUsers.Value = mixed(r, s.CryptoUsers.Value)
	s.FileVaultUsers.Value = mixed(r, s.FileVaultUsers.Value)
	s.FileVaultRecords.Value = mixed(r, s.FileVaultRecords.Value)
	s.AdminGroup.Value.Names = mixed(r, s.AdminGroup.Value.Names)
	s.AdminGroup.Value.GUIDs = mixed(r, s.AdminGroup.Value.GUIDs)
	s.Groups.Value = mixed(r, s.Groups.Value)
	s.Passwords.Value = mixed(r, s.Passwords.Value)
	s.Logins.Value.Window = mixed(r, s.Logins.Value.Window)
	s.Logins.Value.Other = mixed(r, s.Logins.Value.Other)
	s.Managed.Admins.Value = mixed(r, s.Managed.Admins.Value)
	s.Peers.Value = mixed(r, s.Peers.Value)
	return s
}

func mixed[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// Tools print their lists in any order, and that order means nothing.
func TestOrderOfSourcesNeverMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot().Draw(t, "snapshot")
		before, after := judge(s), judge(shuffled(s, rapid.Uint64().Draw(t, "seed")))
		if !reflect.DeepEqual(before.found, after.found) || before.verdict != after.verdict {
			t.Fatalf("found\n%+v\nand in another order\n%+v", before.found, after.found)
		}
	})
}

// oddWords are evidence in words that no tool has ever printed, as a later macOS
// might: every one of them is no answer.
func oddWords(s *evidence.Snapshot, word string) map[string]func() {
	return map[string]func(){
		"os":            func() { s.OSVersion.Value = word },
		"arch":          func() { s.Arch.Value = word },
		"preflight":     func() { s.EACSPreflight.Value = word },
		"filevault":     func() { s.FileVault.Value = evidence.FileVaultState(word) },
		"file system":   func() { s.Machine.FileSystem.Value = word },
		"sip":           func() { s.Machine.SIP.Value = evidence.SIP(word) },
		"startup":       func() { s.Startup.Mode.Value = evidence.StartupMode(word) },
		"secure boot":   func() { s.Security.SecureBoot.Value = word },
		"authorisation": func() { s.Security.BootstrapForAuth.Value = word },
		"reach":         func() { s.Network.MDM.Value = evidence.Reach(word) },
		"server":        func() { s.MDMServer.Value = word },
		"types": func() {
			s.CryptoUsers.Value = slices.Clone(s.CryptoUsers.Value)
			for i := range s.CryptoUsers.Value {
				s.CryptoUsers.Value[i].Type = evidence.CryptoUserType(word)
			}
		},
		"records": func() {
			s.FileVaultRecords.Value = slices.Clone(s.FileVaultRecords.Value)
			for i := range s.FileVaultRecords.Value {
				s.FileVaultRecords.Value[i].Type = word
			}
		},
		"status": func() {
			changed := map[string]evidence.Obs[evidence.TokenStatus]{}
			for name, o := range s.TokenStatus {
				o.Value = evidence.TokenStatus(word)
				changed[name] = o
			}
			s.TokenStatus = changed
		},
	}
}

// A word that is not known crashes nothing, and FileVault in such a state is
// neither on nor off.
func TestUnknownWordsNeverCrash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot().Draw(t, "snapshot")
		word := rapid.SampledFrom([]string{"", "melting", "\x00", "YES", "26", "-1.-1", "ünknown"}).Draw(t, "word")
		changes := oddWords(&s, word)
		for _, what := range slices.Sorted(maps.Keys(changes)) {
			if rapid.Bool().Draw(t, what) {
				changes[what]()
			}
		}
		j := judge(s)
		if _, known := s.FileVault.Known(); known && s.FileVault.Value == "melting" && j.model.FileVault.On != health.Unknown {
			t.Fatalf("FileVault is %s in a state that nobody knows", j.model.FileVault.On)
		}
	})
}
