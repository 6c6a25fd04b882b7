package macsim

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed scenarios/*.yaml
var scenarioFiles embed.FS

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

// Load returns a built-in scenario.
func Load(name string) (Mac, error) {
	data, err := source(name)
	if err != nil {
		return Mac{}, err
	}
	return Decode(name, data)
}

// History returns what a built-in scenario says of itself: the comment that it
// begins with, on one line.
func History(name string) (string, error) {
	data, err := source(name)
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

func source(name string) ([]byte, error) {
	data, err := scenarioFiles.ReadFile("scenarios/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no scenario %q: there are %s", name, strings.Join(Scenarios(), ", "))
	}
	return data, nil
}
