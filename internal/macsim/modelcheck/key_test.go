package modelcheck

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// appendKey writes what tells the states of one start apart: everything that can
// change what happens next. Of generations only which are the same counts, since
// a new one is like none before it; of a GUID what no two of them share. What is
// left out is what no event changes (the chip, the switches), what no rule asks
// for (the keychain's password, the order of the volume's users, who is behind
// the screen, counts and times), and what follows from the rest.
func appendKey(b []byte, m *state.Mac) []byte {
	b = words(b, m.OS.Version, string(m.Phase), m.Console.User, m.Directory.Domain, string(m.Security.Boot))
	b = append(b, byte(m.Policy.MaxFailures), byte(m.Policy.MinLength))
	b = bits(b, m.Offline)
	b = enrolmentKey(b, &m.Enrollment)
	b = serverKey(b, m)
	b = fileVaultKey(b, &m.FileVault)
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.Kind != state.System {
			b = accountKey(b, a, m.Policy.MaxFailures)
		}
	}
	if admins, ok := m.Group(state.AdminGroup); ok { // names and GUIDs that stayed behind
		b = members(b, admins.Names)
		b = members(b, admins.GUIDs)
	}
	for _, u := range m.OrphanCryptoUsers {
		b = words(b, u.UUID, string(u.Type))
	}
	return b
}

func enrolmentKey(b []byte, e *state.Enrollment) []byte {
	b = words(b, string(e.MDM), string(e.Capability), e.Setup.Admin)
	return bits(b, e.DEP, e.BYOD, e.Awaiting, e.Expired, e.Setup.SkipPrimary, e.Setup.PrimaryStandard, e.Setup.FileVault)
}

func serverKey(b []byte, m *state.Mac) []byte {
	s, own := &m.Server, &m.Bootstrap
	b = append(words(b, s.URL), byte(s.ForgetsAfter))
	b = bits(b, s.Down, s.Refuses, s.StoresNothing, s.KeepsToken)
	return bits(b, s.Token > 0, own.Local > 0, own.Local == s.Token, own.Escrowed, own.Pending)
}

func fileVaultKey(b []byte, f *state.FileVault) []byte {
	b = words(b, string(f.State), f.DeferredUser)
	key := f.RecoveryKey
	return bits(b, f.Deferred, f.EscrowProfile, key.Generation > 0, key.Escrowed > 0, key.Generation == key.Escrowed)
}

func accountKey(b []byte, a *state.Account, failures int) []byte {
	b = words(b, a.Name, a.GUID[:8], string(a.Kind), a.Password, a.Directory, a.Token.Password, string(a.Token.Status))
	b = bits(b, a.Token.Tag, a.Token.CryptoUser, a.Token.VolumeOwner, a.FileVault, a.Preboot, a.Admin.Name, a.Admin.GUID)
	b = bits(b, a.Hashed, a.DisabledTag, a.Disabled, a.Managed, a.OffNode)
	return append(b, byte(min(a.Failed, failures)))
}

// words appends texts, none of which holds a zero byte.
func words(b []byte, texts ...string) []byte {
	for _, text := range texts {
		b = append(b, text...)
		b = append(b, 0)
	}
	return b
}

// bits packs at most eight answers.
func bits(b []byte, answers ...bool) []byte {
	var packed byte
	for i, yes := range answers {
		if yes {
			packed |= 1 << i
		}
	}
	return append(b, packed)
}

// members appends a list in which neither order nor repetition counts.
func members(b []byte, list []string) []byte {
	if len(list) > 1 {
		list = slices.Compact(slices.Sorted(slices.Values(list)))
	}
	return append(words(b, list...), 1)
}

// What differs seldom, so that few of the pairs below differ in it, is in the key
// as well.
func TestKeySeesRareThings(t *testing.T) {
	t.Parallel()
	plain := oddStarts(t)["15.7.1 strict"]
	for name, change := range map[string]func(*state.Mac){
		"primary is standard":   func(m *state.Mac) { m.Enrollment.Setup.PrimaryStandard = true },
		"FileVault in setup":    func(m *state.Mac) { m.Enrollment.Setup.FileVault = true },
		"waits to be sent":      func(m *state.Mac) { m.Bootstrap.Pending = true },
		"managed":               func(m *state.Mac) { m.Accounts[0].Managed = true },
		"a wrong password":      func(m *state.Mac) { m.Accounts[0].Failed++ },
		"another GUID":          func(m *state.Mac) { m.Accounts[0].GUID = m.HardwareUUID },
		"not at the window":     func(m *state.Mac) { m.Accounts[0].Preboot = false },
		"a name that is left":   func(m *state.Mac) { m.Groups[0].Names = []string{later} },
		"a GUID that is left":   func(m *state.Mac) { m.Groups[0].GUIDs = []string{m.HardwareUUID} },
		"no directory any more": func(m *state.Mac) { m.Directory = state.Directory{} },
	} {
		m := plain.Clone()
		if change(&m); bytes.Equal(appendKey(nil, &m), appendKey(nil, &plain)) {
			t.Errorf("%s: the same key", name)
		}
	}
}

// Two Macs with the same key and different histories react to everything in the
// same way, and have the same key again: that is why one of them is enough.
func TestKeyIsEnough(t *testing.T) {
	t.Parallel()
	for _, s := range sets(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			random, pairs := rand.New(rand.NewPCG(7, 7)), 0
			for _, name := range slices.Sorted(maps.Keys(s.starts)) {
				pairs += likeEachOther(t, name, s.starts[name], s.menu, random)
			}
			if !raceDetector && pairs < 10*len(s.starts) {
				t.Errorf("only %d pairs were compared", pairs)
			}
			t.Logf("%d pairs", pairs)
		})
	}
}

// likeEachOther explores a little, and compares some states with the first one
// that had their key.
func likeEachOther(t *testing.T, name string, start state.Mac, menu []state.Event, random *rand.Rand) (pairs int) {
	t.Helper()
	first := map[string]state.Mac{}
	queue, wanted, limit := []state.Mac{start}, 25, 300
	if raceDetector {
		wanted, limit = 1, fewStates
	}
	for len(queue) > 0 && pairs < wanted {
		i := random.IntN(len(queue)) // sooner deep than in order
		at := queue[i]
		queue = slices.Delete(queue, i, i+1)
		for _, event := range menu {
			var next state.Mac
			if _, possible := happen(&next, &at, event); !possible {
				continue
			}
			text := string(appendKey(nil, &next))
			other, known := first[text]
			switch {
			case !known && len(first) < limit:
				first[text] = next
				queue = append(queue, next)
			case known && random.IntN(20) == 0 && !sameButCounted(other, next):
				pairs++
				alike(t, name, &other, &next, menu)
			}
		}
	}
	return pairs
}

// sameButCounted says whether two Macs are too much alike to prove anything.
func sameButCounted(a, b state.Mac) bool {
	a.Revision, b.Revision = 0, 0
	return reflect.DeepEqual(a, b)
}

// alike lets everything happen to both.
func alike(t *testing.T, name string, a, b *state.Mac, menu []state.Event) {
	t.Helper()
	var nextA, nextB state.Mac
	for _, event := range menu {
		whyA, possibleA := happen(&nextA, a, event)
		whyB, possibleB := happen(&nextB, b, event)
		step := fmt.Sprintf("%s: %s", name, state.EventName(event))
		switch {
		case possibleA != possibleB || whyA != whyB:
			t.Fatalf("%s %s: %v %q, %v %q with the same key:\n%s\n%s", step, readable(event), possibleA, whyA, possibleB, whyB, describe(a), describe(b))
		case !possibleA:
		case string(appendKey(nil, &nextA)) != string(appendKey(nil, &nextB)):
			t.Fatalf("%s %s: another key from the same:\n%s\n%s\nbecame\n%s\n%s", step, readable(event), describe(a), describe(b), describe(&nextA), describe(&nextB))
		}
	}
}
