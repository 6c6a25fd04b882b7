// Package macsim lays out simulated Macs and plays them: folders in which Apple's
// command-line tools lie at their own paths and answer from a state that changes
// as a real Mac's would.
//
// It is for tests, demonstrations, and people without a Mac at hand who want to
// know what their script does. The package state below it knows how a Mac
// behaves, the package tool what its tools print; here are the scenarios, the
// folders, the processes and what can be wrong with them. None of the three may
// know what anybody hopes to read from the answers: they import nothing of the
// diagnosis.
package macsim

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/spelling"
)

//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

// Scenario describes a Mac by how it began and what happened to it since.
type Scenario struct {
	Mac     state.Mac `yaml:"mac"`     // at the beginning
	Begins  time.Time `yaml:"begins"`  // 12 January 2026, 8:00 UTC, unless given
	History []Step    `yaml:"history"` // in order
	Ends    *Summary  `yaml:"ends"`    // what it must come to; nothing is checked without it

	name string // for messages
}

// DecodeScenario reads a scenario file. The name is for messages. An unknown key
// is an error, with its line.
func DecodeScenario(name string, data []byte) (Scenario, error) {
	s := Scenario{name: name}
	if err := state.Strict(data, &s); err != nil {
		return Scenario{}, fmt.Errorf("scenario %s: %w", name, err)
	}
	if err := s.Mac.Complete(); err != nil {
		return Scenario{}, fmt.Errorf("scenario %s: mac: %w", name, err)
	}
	if err := checkFaults(s.Mac.Faults); err != nil {
		return Scenario{}, fmt.Errorf("scenario %s: mac: %w", name, err)
	}
	if s.Begins.IsZero() {
		s.Begins = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)
	}
	return s, nil
}

// Play lets the whole history happen and returns the Mac as it is at the end.
func (s *Scenario) Play() (state.Mac, error) { return s.play(func(*state.Mac) error { return nil }) }

// play lets prepare do something to the Mac before anything has happened.
func (s *Scenario) play(prepare func(*state.Mac) error) (state.Mac, error) {
	m := s.Mac.Clone()
	if err := prepare(&m); err != nil {
		return state.Mac{}, err
	}
	if m.Clock.IsZero() {
		m.Clock, m.Booted = s.Begins, s.Begins
		if err := m.Complete(); err != nil { // what it has been given at the beginning came then
			return state.Mac{}, fmt.Errorf("scenario %s: %w", s.name, err)
		}
	}
	for i := range s.History {
		if err := s.History[i].play(&m); err != nil {
			return state.Mac{}, fmt.Errorf("scenario %s: %w", s.name, err)
		}
	}
	return m, s.checkEnd(SummaryOf(&m))
}

// checkEnd says everything in which the Mac does not end as it was to.
func (s *Scenario) checkEnd(got Summary) error {
	if s.Ends == nil {
		return nil
	}
	var errs []error
	for _, d := range s.Ends.compare(got) {
		errs = append(errs, fmt.Errorf("scenario %s: %w", s.name, d))
	}
	return errors.Join(errs...)
}

// ReadScenario reads a scenario file.
func ReadScenario(file string) (Scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Scenario{}, fmt.Errorf("read scenario: %w", err)
	}
	return DecodeScenario(file, data)
}

// LoadScenario reads a built-in scenario.
func LoadScenario(name string) (Scenario, error) {
	data, err := Source(name)
	if err != nil {
		return Scenario{}, err
	}
	return DecodeScenario(name, data)
}

// Load plays a built-in scenario.
func Load(name string) (state.Mac, error) {
	s, err := LoadScenario(name)
	if err != nil {
		return state.Mac{}, err
	}
	return s.Play()
}

// Scenarios returns the names of the scenarios that are built in, in order.
// A name tells of the Mac and its history, never of what is wrong with it.
func Scenarios() []string {
	files, err := fs.Glob(scenarioFiles, "scenarios/*.yaml")
	if err != nil {
		return nil // the pattern is a constant and valid
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(path.Base(file), ".yaml")
	}
	return names
}

// Story returns what a built-in scenario says of itself: the comment that it
// begins with, on one line.
func Story(name string) (string, error) {
	data, err := Source(name)
	if err != nil {
		return "", err
	}
	var told []string
	for line := range strings.Lines(string(data)) {
		text, isComment := strings.CutPrefix(line, "#")
		if !isComment {
			break
		}
		told = append(told, strings.TrimSpace(text))
	}
	return strings.Join(told, " "), nil
}

// Source returns the text of a built-in scenario.
func Source(name string) ([]byte, error) {
	data, err := scenarioFiles.ReadFile("scenarios/" + name + ".yaml")
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
		return data, err
	}
	if near := spelling.Nearest(name, Scenarios()); near != "" {
		return nil, fmt.Errorf("no scenario %q: is it %s? `macsim scenarios` lists them all", name, near)
	}
	return nil, fmt.Errorf("no scenario %q: `macsim scenarios` lists them all", name)
}
