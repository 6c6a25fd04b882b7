package launchd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
)

// launchd keeps the job that it read and the process that it started, whatever
// becomes of their files: `launchctl print` shows a job and no content. A package that
// lays a new program in the place of the old one is therefore seen only by whoever
// remembers what was there when launchd took the job. It is remembered in the state
// folder as one digest. Where that is missing or cannot be read, the job is loaded
// again: a daemon that is started once too often loses nothing.

// digest is that of the property list and the program that are there.
func (s *Service) digest() (string, error) {
	job, err := s.files().Read(s.file(), maxJob)
	if err != nil {
		return "", err
	}
	program, err := s.files().Read(s.system.Paths.Program(), maxProgram)
	if err != nil {
		return "", err
	}
	ofJob, ofProgram := sha256.Sum256(job), sha256.Sum256(program)
	return hex.EncodeToString(ofJob[:]) + " " + hex.EncodeToString(ofProgram[:]) + "\n", nil
}

// stale says whether launchd may have taken the job from other files than are there.
func (s *Service) stale() bool {
	now, err := s.digest()
	then, unread := s.files().Read(s.system.Paths.Loaded(), int64(len(now)))
	return err != nil || unread != nil || string(then) != now
}

// forget is called before launchd is told to take a job or to let go of it. Where it
// fails, a digest stays that is other than that of any newer program.
func (s *Service) forget() { _ = s.files().Remove(s.system.Paths.Loaded()) }

// note remembers what launchd has taken. A digest that was made before launchd was
// asked can be older than what it took, and never newer; then, and where it cannot be
// kept, the next install loads the job once more.
func (s *Service) note(digest string) {
	p := s.system.Paths
	if digest == "" || errors.Join(s.files().PrivateFolder(p.State()), s.files().PrivateFolder(filepath.Dir(p.Loaded()))) != nil {
		return
	}
	_ = s.files().Write(p.Loaded(), []byte(digest), 0o600) // see above
}
