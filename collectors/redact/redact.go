// Package redact takes out of a recording what nobody needs to judge a Mac: what
// is secret, always, and who the Mac and its people are, if that is wanted too.
// What remains is judged exactly as the recording was.
//
// It is a pure function from recording to recording. Nothing is passed on because
// it looks harmless: a command line that no collector asks is left out, and a
// property list is written anew from the keys that the parsers read. Text is
// passed on line by line; with names, only lines and values whose every word is
// known to be the tool's. What is left is then searched for every name that was met.
package redact

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/run"
)

// What a recording says of itself when it was redacted (run.Provenance).
const (
	secretsWord = "secrets"
	namesWord   = "names"
)

// Secrets returns the recording without secrets: recovery keys, hashes, tickets,
// tokens, certificates, passwords and queries in addresses. Names stay.
func Secrets(r run.Recording) run.Recording {
	all := keptApart(known(r.Transcripts()))
	for i, t := range all {
		all[i] = withoutSecrets(t)
	}
	return finished(r, all, secretsWord)
}

// Names returns the recording without secrets and with pseudonyms in the place of
// accounts, people, hosts and machines. The same name is the same pseudonym
// throughout one recording, and pseudonyms are counted in the order in which the
// sources name things, so that the same recording gives the same result. Between
// two recordings they say nothing.
func Names(r run.Recording) run.Recording {
	all := keptApart(known(r.Transcripts()))
	slices.SortStableFunc(all, func(a, b run.Transcript) int { return place(a.Recorded) - place(b.Recorded) })
	names := newBook()
	for i, t := range all {
		all[i] = withoutSecrets(t)
		withoutNames(names, all[i]) // only to hear of every name before the first is replaced
	}
	for i, t := range all {
		all[i] = withoutNames(names, t)
	}
	left := names.leftovers()
	for i, t := range all {
		all[i] = left.from(t)
	}
	r.Files = slices.Clone(r.Files)
	for i, f := range r.Files {
		r.Files[i].Path = names.path(f.Path)
	}
	return finished(r, all, secretsWord, namesWord)
}

func finished(r run.Recording, all []run.Transcript, what ...string) run.Recording {
	if r.Provenance != nil {
		for _, word := range []string{secretsWord, namesWord} { // of two redactions both count
			if slices.Contains(r.Provenance.Redacted, word) && !slices.Contains(what, word) {
				what = append(what, word)
			}
		}
	}
	r.Provenance = &run.Provenance{Redacted: what}
	r.Files = slices.DeleteFunc(slices.Clone(r.Files), func(f run.RecordedFile) bool { return !harmlessFile(f) })
	r.Probes = slices.DeleteFunc(slices.Clone(r.Probes), func(p run.RecordedProbe) bool { return !harmlessProbe(p) })
	return r.WithTranscripts(all)
}

// known leaves out what no collector asks: nobody reads the answer, and nobody
// knows what is in it.
func known(all []run.Transcript) []run.Transcript {
	return slices.DeleteFunc(slices.Clone(all), func(t run.Transcript) bool { _, ok := formOf(t.Recorded); return !ok })
}

// Unknown is how many commands of a recording are left out because no collector
// asks them.
func Unknown(r run.Recording) int { return len(r.Commands) - len(known(r.Transcripts())) }

func withoutSecrets(t run.Transcript) run.Transcript {
	f, _ := formOf(t.Recorded)
	t.Out, t.Err = f.secrets(t.Out), f.secrets(t.Err)
	if name, ok := accountAsked(t.Recorded); ok {
		t.Argv = askedAbout(t.Argv, scrub(name))
	}
	return t
}

func withoutNames(b *book, t run.Transcript) run.Transcript {
	f, _ := formOf(t.Recorded)
	t.Out, t.Err = f.names(b, t.Out), f.names(b, t.Err)
	if name, ok := accountAsked(t.Recorded); ok {
		t.Argv = askedAbout(t.Argv, b.person(name))
	}
	return t
}

func askedAbout(argv []string, name string) []string {
	return append(slices.Clone(argv[:len(argv)-1]), name)
}

var (
	fileMode   = pattern.Lazy(`^[-A-Za-z]{0,16}$`)
	probeValue = pattern.Lazy(`^[a-z_]{0,32}$`)
	probeName  = pattern.Lazy(`^[a-z]{1,16}$`)
)

// harmlessFile is a file of the system or of a program. A path in somebody's home
// says who that is.
func harmlessFile(f run.RecordedFile) bool {
	inside := slices.ContainsFunc([]string{"/Library/", "/Applications/", "/private/var/db/", "/System/"}, func(folder string) bool {
		return strings.HasPrefix(f.Path, folder)
	})
	return inside && fileMode.MatchString(f.Mode) && scrub(f.Path) == f.Path
}

func harmlessProbe(p run.RecordedProbe) bool {
	return probeName.MatchString(p.Name) && probeValue.MatchString(p.Value)
}
