package redact

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/run"
)

var unbroken = pattern.Lazy(`[A-Za-z0-9+/=_-]+`)

// keptApart numbers the accounts whose names look like secrets: taken out, all of
// them would be one account. Only whole runs of letters are replaced, so that no
// name can take the beginning of a secret away from it.
func keptApart(all []run.Transcript) []run.Transcript {
	numbers := map[string]string{}
	for _, t := range all {
		for _, name := range accountNames(t) {
			if numbers[name] == "" && scrub(name) != name && unbroken.FindString(name) == name {
				numbers[name] = fmt.Sprintf("%s-%d", removed, len(numbers)+1)
			}
		}
	}
	if len(numbers) == 0 {
		return all
	}
	all = slices.Clone(all)
	for i, t := range all {
		all[i].Out, all[i].Err = renamed(t.Out, numbers), renamed(t.Err, numbers)
		if name, ok := accountAsked(t.Recorded); ok && numbers[name] != "" {
			all[i].Argv = askedAbout(t.Argv, numbers[name])
		}
	}
	return all
}

func renamed(out []byte, numbers map[string]string) []byte {
	if len(out) == 0 || bytes.HasPrefix(out, []byte("bplist")) {
		return out
	}
	return unbroken.ReplaceAllFunc(out, func(name []byte) []byte {
		if number, ok := numbers[string(name)]; ok {
			return []byte(number)
		}
		return name
	})
}

// accountNames are the accounts that a command asks about or lists.
func accountNames(t run.Transcript) []string {
	if name, ok := accountAsked(t.Recorded); ok {
		return []string{name}
	}
	if at := place(t.Recorded); at > 1 { // the first two forms list the accounts
		return nil
	}
	records, ok := decoded[[]record](t.Out[listStart(t.Out):])
	if !ok {
		return nil
	}
	var names []string
	for _, r := range records {
		names = append(names, r[standard+"RecordName"]...)
	}
	return names
}
