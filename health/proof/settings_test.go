package proof

import (
	"reflect"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// A setting is one of the simulated Mac's switches, by the name that a Behaviour
// has, too.
type setting struct {
	name  health.Behaviour
	index int
}

// words are the switches that decide about what tools print, and nothing else.
func words() []string {
	return []string{
		"FileVaultListsHoldersOff", "EscrowedOnWording", "BootstrapAuthBoolean", "AllowBootstrapOption",
		"StatusNeedsRoot", "PipeIsNoTerminal", "BootstrapUUIDPerMac",
	}
}

// settings are all the others.
func settings() []setting {
	var all []setting
	for field := range reflect.TypeFor[state.Switches]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if !slices.Contains(words(), field.Name) {
			all = append(all, setting{health.Behaviour(name), field.Index[0]})
		}
	}
	return all
}

func (s setting) on(m *state.Mac) { reflect.ValueOf(&m.Switches).Elem().Field(s.index).SetBool(true) }

// ruledOut says whether the evidence tells that macOS does not behave so: a Mac on
// which it did would show something else.
func (s setting) ruledOut(before *state.Mac, seen *health.Model) bool {
	if s.name == health.BootstrapNeedsADE { // then a Mac that was enrolled by hand could not have escrowed
		return seen.Bootstrap.Escrowed == health.Yes && seen.Enrollment.DEP == health.No
	}
	if s.name != health.PreflightNeedsTokenOnT2 {
		return false
	}
	with := before.Clone()
	s.on(&with)
	return seen.Bootstrap.Preflight != "" && seen.Bootstrap.Preflight != with.Preflight()
}
