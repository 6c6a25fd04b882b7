package health

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// conflicts lists where two sources contradict each other.
func conflicts(s evidence.Snapshot, m Model) []Conflict {
	var all []Conflict
	for _, a := range m.Accounts {
		all = append(all, tokenConflict(a)...)
		all = append(all, unlockConflicts(a, m)...)
	}
	all = append(all, sharedGUIDs(m)...)
	all = append(all, bootstrapConflicts(s, m)...)
	return append(all, serverConflicts(s)...)
}

// tokenConflict compares, two by two, what the sources say of a token. The
// first disagreement is enough: a third source can only side with one of two
// that disagree, and the conflict then names exactly the facts it rests on.
func tokenConflict(a Account) []Conflict {
	volume := claim{"the volume", evidence.CryptoUsersFact, a.CryptoUser}
	directory := claim{"the directory", evidence.DirectoryFact, a.Tag}
	status := claim{"sysadminctl", evidence.TokenStatusFact, a.Status}
	for _, pair := range [][2]claim{{volume, directory}, {volume, status}, {directory, status}} {
		if c, ok := disagree(a, pair[0], pair[1]); ok {
			return []Conflict{c}
		}
	}
	return nil
}

// claim is what one source says of an account's Secure Token.
type claim struct {
	source string
	fact   evidence.FactName
	says   Tri
}

func disagree(a Account, x, y claim) (Conflict, bool) {
	if x.says == Unknown || y.says == Unknown || x.says == y.says {
		return Conflict{}, false
	}
	return Conflict{
		Subject: a.Subject(),
		Because: []evidence.FactName{x.fact, y.fact},
		Text:    fmt.Sprintf("On the Secure Token of %s, %s says %s and %s says %s.", a.spoken(), x.source, x.says, y.source, y.says),
	}, true
}

// unlockConflicts finds an account that is offered at the FileVault screen
// though the volume has no key for it.
func unlockConflicts(a Account, m Model) []Conflict {
	if And(m.FileVault.On, a.Unlocks, Not(a.CryptoUser)) != Yes {
		return nil
	}
	return []Conflict{{
		Subject: a.Subject(),
		Because: []evidence.FactName{evidence.CryptoUsersFact, evidence.DirectoryFact, evidence.FileVaultStateFact, evidence.FileVaultUsersFact},
		Text:    fmt.Sprintf("fdesetup lists %s as a FileVault user, but the volume has no key for that account.", a.spoken()),
	}}
}

// sharedGUIDs finds records that cannot be told apart by what joins the sources.
func sharedGUIDs(m Model) []Conflict {
	first := map[string]string{}
	var found []Conflict
	for _, a := range m.Accounts {
		guid := strings.ToUpper(a.GUID)
		if guid == "" {
			continue
		}
		if name, taken := first[guid]; taken {
			found = append(found, Conflict{
				Subject: a.Subject(), Because: []evidence.FactName{evidence.DirectoryFact},
				Text: fmt.Sprintf("The accounts %s and %s have the same GeneratedUID.", name, a.spoken()),
			})
			continue
		}
		first[guid] = a.spoken()
	}
	return found
}

func bootstrapConflicts(s evidence.Snapshot, m Model) []Conflict {
	var found []Conflict
	if m.Bootstrap.Escrowed == Yes && m.Bootstrap.CryptoUser == No && missingBootstrapKey(&m) == nil { // which says it better
		found = append(found, Conflict{
			Subject: DeviceSubject, Because: []evidence.FactName{evidence.BootstrapEscrowedFact, evidence.CryptoUsersFact},
			Text: "The Mac says that it escrowed a Bootstrap Token, but its volume has no key for one.",
		})
	}
	if m.Bootstrap.Escrowed == Yes && m.Bootstrap.Supported == No {
		found = append(found, Conflict{
			Subject: DeviceSubject, Because: []evidence.FactName{evidence.BootstrapEscrowedFact, evidence.BootstrapSupportedFact},
			Text: "The Mac says that it escrowed a Bootstrap Token to a server that does not support one.",
		})
	}
	if preflight(s, m) == StrengthProven && m.Bootstrap.Escrowed == No {
		found = append(found, Conflict{
			Subject: DeviceSubject, Because: []evidence.FactName{evidence.BootstrapEscrowedFact, evidence.ChipFact, evidence.AppleSiliconFact, evidence.EACSPreflightFact, evidence.OSVersionFact},
			Text: "The Mac could get its Bootstrap Token, but says that it never escrowed one.",
		})
	}
	return found
}
