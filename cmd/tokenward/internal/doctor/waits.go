package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/wire"
)

// waitsFor are the facts without which a source is not asked.
func (s Source) waitsFor() []string {
	switch s.tool() {
	case "last":
		return []string{"device.booted_at"} // the zone, and the year
	case "app-sso":
		return []string{"os.version"}
	case "bputil", "firmwarepasswd":
		return []string{"device.chip", "device.apple_silicon"}
	case "sysadminctl":
		return []string{"accounts.directory"}
	}
	if s.Source == connection {
		return []string{"enrollment.server", "network.proxy"}
	}
	return nil
}

// wait looks for the reason why a source was not asked. Where an answer that it
// needs is in trouble, so is the source.
func (s *Source) wait(facts map[string]wire.Fact) {
	if s.State != NotAsked {
		return
	}
	broken, missing := s.lacks(facts)
	if len(broken) > 0 {
		s.State, s.WaitsFor = Waiting, broken
	} else {
		s.WaitsFor = missing
	}
}

// lacks returns the sources of the facts that it waits for: those that are in
// trouble, and those that were not asked themselves.
func (s *Source) lacks(facts map[string]wire.Fact) (broken, missing []string) {
	for _, name := range s.waitsFor() {
		fact, there := facts[name]
		source := cmp.Or(fact.Source, name)
		switch state := stateOf(fact); {
		case there && state.Broken():
			broken = append(broken, source)
		case !there || state == NotAsked:
			missing = append(missing, source)
		}
	}
	return slices.Compact(broken), slices.Compact(missing)
}

// explainWaiting says what a source that was not asked waits for.
func explainWaiting(s Source) (why, remedy string) {
	answers := strings.Join(s.WaitsFor, "` and `")
	switch {
	case s.State == Waiting:
		return fmt.Sprintf("It was not asked: it waits for what `%s` tells, and that does not work.", answers), "Mend that first."
	case len(s.WaitsFor) > 0:
		return fmt.Sprintf("It was not asked: it waits for what `%s` tells, and that was not asked either.", answers), ""
	case s.tool() == "sysadminctl":
		return "It was not asked: there is nobody to ask about.", ""
	}
	return "It was not asked.", ""
}
