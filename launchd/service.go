package launchd

import (
	"context"
	"errors"
	"time"

	"github.com/kardianos/service"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// Service is the daemon as a job of launchd. Its methods are not for concurrent
// use.
type Service struct {
	system    System
	launchctl launchctl
	program   service.Interface
	config    *service.Config
}

var _ service.Service = (*Service)(nil)

// longest is how long one method may take in all, with the time to undo what it
// began.
const longest = 3 * time.Minute

// bounded is the context of one method.
func (s *Service) bounded() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.system.Context, longest)
}

// Run starts the program and returns when it has stopped. The option RunWait, a
// function, says when that is: waiting for a signal, as the library does without
// it, would not notice that the work has failed.
func (s *Service) Run() error {
	wait, ok := s.config.Option["RunWait"].(func())
	if !ok {
		return errors.New("run: the option RunWait is missing")
	}
	if err := s.program.Start(s); err != nil {
		return err
	}
	wait()
	return s.program.Stop(s)
}

// String is the job's label.
func (s *Service) String() string { return s.system.Job.Label }

// Platform is the name of the system.
func (s *Service) Platform() string { return s.system.String() }

// Logger is the library's own at a terminal: the daemon's log is not made here.
func (s *Service) Logger(chan<- error) (service.Logger, error) { return service.ConsoleLogger, nil }

// SystemLogger is Logger.
func (s *Service) SystemLogger(chan<- error) (service.Logger, error) {
	return service.ConsoleLogger, nil
}

// Step is one thing that was done, or found to be done already.
type Step struct {
	Did  string `json:"did"`  // in one word: wrote, loaded, removed, …
	Text string `json:"text"` // a sentence for a person
}

func (s *Service) did(word, text string) { s.system.Did(Step{Did: word, Text: text}) }

func (s *Service) label() string { return s.system.Job.Label }

// files reads and writes; of the state folder it is the folder itself that counts.
func (s *Service) files() rootfile.Files {
	return rootfile.Files{Disk: s.system.Disk, Private: s.system.Paths.State()}
}

// file is where the property list lies here. launchctl is told its path on a Mac.
func (s *Service) file() string { return s.system.Paths.Job() }
