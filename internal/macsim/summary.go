package macsim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

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

	lines map[string]int // where a scenario says it; "" is the whole
}

// UnmarshalYAML reads what a scenario must come to, and where that stands.
func (s *Summary) UnmarshalYAML(n *yaml.Node) error {
	type fields Summary
	if err := state.DecodeNode(n, (*fields)(s)); err != nil {
		return err
	}
	s.lines = map[string]int{"": n.Line}
	noteLines(s.lines, "", n)
	return nil
}

// noteLines keeps the line of every key, those of people too.
func noteLines(lines map[string]int, above string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := above + n.Content[i].Value
		lines[key] = n.Content[i].Line
		noteLines(lines, key+".", n.Content[i+1])
	}
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

// compare says how a Mac differs from what its scenario promised, with the lines
// of the promises.
func (s *Summary) compare(got Summary) []error {
	phase := s.Phase
	if phase == "" {
		phase = string(state.Running)
	}
	errs := slices.Concat(
		s.differs("phase", phase, got.Phase),
		s.differs("console", s.Console, got.Console),
		s.differs("filevault", s.FileVault, got.FileVault),
		s.differs("bootstrap", s.Bootstrap, got.Bootstrap),
	)
	names := map[string]bool{}
	for name := range got.People {
		names[name] = true
	}
	for name := range s.People {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		errs = append(errs, s.differs("people."+name, s.People[name], got.People[name])...)
	}
	return errs
}

func (s *Summary) differs(key, want, got string) []error {
	if want == got {
		return nil
	}
	return []error{fmt.Errorf("line %d: ends.%s: it is %q, and not %q", s.lineOf(key), key, got, want)}
}

// lineOf is where a key stands, or where it should.
func (s *Summary) lineOf(key string) int {
	above, _, _ := strings.Cut(key, ".")
	return cmp.Or(s.lines[key], s.lines[above], s.lines[""])
}
