package tool

import (
	"encoding/xml"
	"errors"
	"strings"
)

// jobFile is a property list as launchd reads it: what of it the state of a job
// holds, or the number of what is wrong with it.
type jobFile struct {
	there     bool
	wrong     int // as launchctl error knows it; 0: nothing
	label     string
	program   string
	runAtLoad bool
}

// The numbers of launchd's own that a property list can end in. community: the
// words of `launchctl error`.
const (
	badList    = 109
	badLabel   = 110
	badProgram = 111
	disabledNo = 119
	badOwner   = 122
)

// readJob reads the property list at a path of the Mac. documented (man
// launchctl): it must belong to root, and neither group nor others may write it.
// A binary one is not simulated, and reads as a broken one.
func readJob(c *Call, path string) jobFile {
	file, there := c.look(path)
	if !there {
		return jobFile{}
	}
	if !file.Regular || file.Foreign || file.Mode&0o022 != 0 {
		return jobFile{there: true, wrong: badOwner}
	}
	j, err := decodeJob(file.Content)
	j.there = true
	switch {
	case err != nil:
		j.wrong = badList
	case j.label == "":
		j.wrong = badLabel
	case j.program == "":
		j.wrong = badProgram
	}
	return j
}

// decodeJob finds three keys of the outermost dictionary.
func decodeJob(content []byte) (jobFile, error) {
	var root struct {
		XMLName xml.Name `xml:"plist"`
		Dict    struct {
			Entries []entry `xml:",any"`
		} `xml:"dict"`
	}
	if err := xml.Unmarshal(content, &root); err != nil {
		return jobFile{}, err
	}
	var j jobFile
	entries := root.Dict.Entries
	for i := 0; i+1 < len(entries); i += 2 {
		key, value := entries[i], entries[i+1]
		if key.XMLName.Local != "key" {
			return jobFile{}, errors.New("a value without a key")
		}
		j.set(strings.TrimSpace(key.Text), value)
	}
	if len(entries)%2 != 0 {
		return jobFile{}, errors.New("a key without a value")
	}
	return j, nil
}

// entry is a key or a value.
type entry struct {
	XMLName xml.Name
	Text    string   `xml:",chardata"`
	Strings []string `xml:"string"` // of an array
}

func (j *jobFile) set(key string, value entry) {
	switch key {
	case "Label":
		j.label = value.Text
	case "Program":
		j.program = value.Text
	case "ProgramArguments":
		if j.program == "" && len(value.Strings) > 0 {
			j.program = value.Strings[0]
		}
	case "RunAtLoad", "KeepAlive": // observed: a job that is to be kept alive starts when it is loaded
		j.runAtLoad = j.runAtLoad || value.XMLName.Local == "true" || value.XMLName.Local == "dict"
	}
}
