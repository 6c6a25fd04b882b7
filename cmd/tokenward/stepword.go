package main

import (
	"regexp"
	"strings"

	"github.com/tokenward/tokenward/health"
)

// The key of a step has four parts with blanks between them: the action, its form,
// to whom it is done, and with whose credentials; "-" stands for nobody.
const (
	stepParts = 4
	nobody    = "-"
)

var stepForm = regexp.MustCompile(`^(A[0-9]+)\.([0-9])$`)

// stepWord writes the key of a step for a command line, A13.6:lea, so that somebody
// can type it without quotes. A key in which that would be ambiguous is written as
// it is.
func stepWord(key string) string {
	parts := strings.Split(key, " ")
	if len(parts) != stepParts || strings.Contains(key, ":") || !stepForm.MatchString(parts[0]+"."+parts[1]) {
		return health.ShellWord(key)
	}
	step, who, by := parts[0]+"."+parts[1], parts[2], parts[3]
	switch {
	case by != nobody:
		return step + ":" + nameWord(who) + ":" + health.ShellWord(by)
	case who != nobody:
		return step + ":" + health.ShellWord(who)
	}
	return step
}

func nameWord(name string) string {
	if name == nobody {
		return nobody
	}
	return health.ShellWord(name)
}

// stepKey reads what stepWord wrote.
func stepKey(word string) string {
	step, names, _ := strings.Cut(word, ":")
	form := stepForm.FindStringSubmatch(step)
	if form == nil || strings.Contains(word, " ") {
		return word
	}
	who, by, _ := strings.Cut(names, ":")
	return strings.Join([]string{form[1], form[2], orNobody(who), orNobody(by)}, " ")
}

func orNobody(name string) string {
	if name == "" {
		return nobody
	}
	return name
}
