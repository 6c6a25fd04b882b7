package modelcheck

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// silent are the switches that decide about what tools print, and nothing else.
func silent() []string {
	return []string{
		"FileVaultListsHoldersOff", "EscrowedOnWording", "BootstrapAuthBoolean", "AllowBootstrapOption",
		"StatusNeedsRoot", "PipeIsNoTerminal", "BootstrapUUIDPerMac",
	}
}

// Every other switch decides about something that is on the menu: without that, an
// exploration with it on would prove nothing.
func TestSwitchesDecide(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("far too slow, and nothing runs beside it")
	}
	decided := map[string]bool{}
	for name, start := range switchedStarts(t) {
		field, _, _ := strings.Cut(name, " ")
		if !decided[field] && !slices.Contains(silent(), field) {
			decided[field] = decides(start)
		}
	}
	for field := range reflect.TypeFor[state.Switches]().Fields() {
		if !decided[field.Name] && !slices.Contains(silent(), field.Name) {
			t.Errorf("%s decides about nothing", field.Name)
		}
	}
}

// decides looks for an event that ends otherwise with the switches off.
func decides(start state.Mac) bool {
	known, queue, events := map[string]bool{}, []state.Mac{start}, menu()
	var next, other state.Mac
	var text, changed []byte
	for len(queue) > 0 {
		on := queue[0]
		off := on
		off.Switches = state.Switches{}
		queue = queue[1:]
		for _, event := range events {
			why, possible := happen(&next, &on, event)
			instead, _ := happen(&other, &off, event)
			text, changed = appendKey(text[:0], &next), appendKey(changed[:0], &other)
			if why != instead || !bytes.Equal(text, changed) || next.Bootstrap.VolumeOwner != other.Bootstrap.VolumeOwner {
				return true
			}
			if possible && !known[string(text)] && len(known) < 500 {
				known[string(text)] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}
