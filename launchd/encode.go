package launchd

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tokenward/tokenward/internal/plistx"
)

// Encode returns the job as an XML property list. It
// reads the list back, as whoever loads it will, and fails where that gives another
// job: what cannot be written must not be installed.
func (j Job) Encode() ([]byte, error) {
	if err := j.check(); err != nil {
		return nil, fmt.Errorf("encode job: %w", err)
	}
	text, err := plistx.Encode(j)
	if err != nil {
		return nil, fmt.Errorf("encode job: %w", err)
	}
	back, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("encode job: %w", err)
	}
	again, err := plistx.Encode(back)
	if err != nil || !bytes.Equal(again, text) {
		return nil, errors.New("encode job: it reads back as another")
	}
	return text, nil
}

// check knows what launchd would refuse. documented: launchd.plist(5).
func (j Job) check() error {
	switch {
	case j.Label == "":
		return errors.New("no Label")
	case len(j.ProgramArguments) == 0 || j.ProgramArguments[0] == "" || j.ProgramArguments[0][0] != '/':
		return errors.New("ProgramArguments do not begin with an absolute path")
	}
	for _, text := range append([]string{j.Label, j.ProcessType, j.WorkingDirectory, j.StandardErrorPath}, j.ProgramArguments...) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("%q cannot stand in a property list", text) // an encoder would replace it in silence
		}
	}
	return nil
}

func decode(text []byte) (Job, error) {
	var j Job
	err := plistx.Decode(text, &j)
	return j, err
}
