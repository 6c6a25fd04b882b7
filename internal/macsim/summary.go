package macsim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Summary is the truth about a Mac in few words, which no tool on it tells. Each
// text lists words, separated by commas, or is "none".
type Summary struct {
	Phase     string            `yaml:"phase,omitempty" json:"phase"`     // running unless given
	Console   string            `yaml:"console,omitempty" json:"console"` // who is on the screen
	FileVault string            `yaml:"filevault" json:"filevault"`       // off, on, encrypting, decrypting; deferred; key, key escrowed
	Bootstrap string            `yaml:"bootstrap" json:"bootstrap"`       // volume, believed, server, valid
	People    map[string]string `yaml:"people,omitempty" json:"people"`   // admin, token, drifted, phantom, owner, unlocks, window, tagged
}

// SummaryOf returns the summary of a Mac.
func SummaryOf(m *state.Mac) Summary {
	s := Summary{
		Phase: string(m.Phase), Console: m.Console.User,
		FileVault: fileVaultWords(m), Bootstrap: bootstrapWords(m), People: map[string]string{},
	}
	for _, a := range m.People() {
		s.People[a.Name] = personWords(m, a)
	}
	return s
}

// words joins those that are true.
func words(pairs ...any) string {
	var said []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if is, ok := pairs[i+1].(bool); ok && is {
			said = append(said, fmt.Sprint(pairs[i]))
		}
	}
	if len(said) == 0 {
		return "none"
	}
	return strings.Join(said, ", ")
}

func fileVaultWords(m *state.Mac) string {
	key := m.FileVault.RecoveryKey
	return words(
		m.FileVault.State, true,
		"deferred", m.FileVault.Deferred,
		"key", key.Generation > 0,
		"key escrowed", key.Generation > 0 && key.Escrowed == key.Generation,
		"former key escrowed", key.Escrowed > 0 && key.Escrowed != key.Generation,
	)
}

func bootstrapWords(m *state.Mac) string {
	return words(
		"volume", m.Bootstrap.Local > 0,
		"believed", m.Bootstrap.Escrowed,
		"server", m.Server.Token > 0,
		"valid", m.BootstrapValid(),
	)
}

// personWords says "token" of a token that opens with the user's password,
// "drifted" of one that opens with another, and "phantom" of one that the volume
// does not know.
func personWords(m *state.Mac, a *state.Account) string {
	return words(
		"admin", m.IsAdmin(a),
		"token", a.Usable(),
		"drifted", a.Drifted() && a.Token.CryptoUser,
		"phantom", a.Holds() && !a.Token.CryptoUser,
		"owner", a.Token.CryptoUser && a.Token.VolumeOwner,
		"unlocks", a.FileVault,
		"window", a.FileVault && a.Preboot,
		"tagged", a.DisabledTag,
	)
}

// compare says how a Mac differs from what its scenario promised.
func (want *Summary) compare(got Summary) error {
	wanted := *want
	if wanted.Phase == "" {
		wanted.Phase = string(state.Running)
	}
	errs := []error{
		differs("phase", wanted.Phase, got.Phase),
		differs("console", wanted.Console, got.Console),
		differs("filevault", wanted.FileVault, got.FileVault),
		differs("bootstrap", wanted.Bootstrap, got.Bootstrap),
	}
	names := map[string]bool{}
	for name := range got.People {
		names[name] = true
	}
	for name := range wanted.People {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		errs = append(errs, differs("people."+name, wanted.People[name], got.People[name]))
	}
	return errors.Join(errs...)
}

func differs(key, want, got string) error {
	if want == got {
		return nil
	}
	return fmt.Errorf("ends.%s: it is %q, and not %q", key, got, want)
}
