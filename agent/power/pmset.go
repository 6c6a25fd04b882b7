package power

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Read reads what `pmset -g batt` prints:
//
//	Now drawing from 'Battery Power'
//	 -InternalBattery-0 (id=1234567)	72%; discharging; 3:45 remaining present: true
//
// documented (pmset(1)): the command shows batteries and UPSs, to everybody;
// documented (IOKit, IOPSKeys.h): the three sources of power; observed (posts with
// outputs of macOS 10.15 to 26): the lines, with "charged", "charging", "finishing
// charge", "AC attached; not charging" and "discharging" in the second field, which
// this does not read. Anything else is an error: what nobody has seen is not
// guessed at.
func Read(out []byte) (State, error) {
	first, rest, _ := strings.Cut(string(out), "\n")
	source, ok := strings.CutPrefix(first, "Now drawing from '")
	if !ok {
		return State{}, errors.New("the first line does not say what the Mac runs on")
	}
	var state State
	for line := range strings.Lines(rest) {
		if err := state.read(line); err != nil {
			return State{}, err
		}
	}
	switch source {
	case "AC Power'", "UPS Power'":
		return state, nil
	case "Battery Power'":
		state.Draining = true
	default:
		return State{}, fmt.Errorf("it runs on %q", source)
	}
	if !state.Battery {
		return State{}, errors.New("it runs on a battery that is not listed")
	}
	return state, nil
}

// read takes the line of an internal battery; other lines are about a UPS, or
// warnings. Of two batteries the fuller one counts.
func (s *State) read(line string) error {
	line, ok := strings.CutPrefix(line, " -InternalBattery-")
	if !ok || strings.Contains(line, "present: false") {
		return nil
	}
	_, fields, _ := strings.Cut(line, "\t")
	charge, _, ok := strings.Cut(fields, "%;")
	percent, err := strconv.ParseUint(charge, 10, 7)
	if !ok || err != nil || percent > 100 {
		return errors.New("the charge of the battery cannot be read")
	}
	s.Battery, s.Percent = true, max(s.Percent, int(percent))
	return nil
}
