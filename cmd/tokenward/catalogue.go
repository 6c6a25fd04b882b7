package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/spelling"
	"github.com/tokenward/tokenward/internal/wire"
)

// groupOf is the heading below which a condition is listed, by what its code
// begins with.
func groupOf(code health.Code) string {
	prefix, _, _ := strings.Cut(string(code), "_")
	switch prefix {
	case "BT":
		return "Bootstrap Token"
	case "ST":
		return "Secure Tokens"
	case "VO", "UPDATE", "KEXT", "EACS":
		return "Volume owners, updates and erasing"
	case "FV":
		return "FileVault"
	case "MDM", "ENROLL", "RENEWAL", "MIGRATION", "CAP", "PSSO":
		return "Management and enrolment"
	case "AG":
		return "Tokenward itself"
	}
	return "Evidence and secrets"
}

// catalogue is every condition, grouped.
func catalogue() []wire.Condition {
	var all []wire.Condition
	for _, r := range health.Rules() {
		all = append(all, wire.ConditionOf(r, groupOf(r.Code)))
	}
	return all
}

// isCode tells a code from the words of a tool: it is one word, in capitals or in
// small letters, with a line below it.
func isCode(asked string) bool {
	code, _, _ := strings.Cut(asked, ":")
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	return strings.Contains(code, "_") && strings.Trim(code, letters) == ""
}

func ruleOf(code string) (health.Rule, error) {
	code = strings.ToUpper(code)
	if r, known := health.RuleOf(health.Code(code)); known {
		return r, nil
	}
	var names []string
	for _, r := range health.Rules() {
		names = append(names, string(r.Code))
	}
	if near := spelling.Nearest(code, names); near != "" {
		return health.Rule{}, usage(fmt.Errorf("there is no condition %q; did you mean %s?", code, near))
	}
	return health.Rule{}, usage(fmt.Errorf("there is no condition %q; tokenward explain lists them all", code))
}

// saying finds the conditions of which a tool tells in those words. A whole line may
// be given, with what stands before and after the words. Where no line is found, its
// beginning may do, and then it is not sure which line is meant.
func saying(line string) (found []health.Rule, sure bool) {
	const enough = 12 // characters that are no accident
	line = squeezed(line)
	found = saidBy(func(words string) bool { return strings.Contains(line, words) })
	if len(found) > 0 || len(line) < enough {
		return found, true
	}
	return saidBy(func(words string) bool { return strings.HasPrefix(words, line) }), false
}

// saidBy are the conditions of which some words of a tool are meant.
func saidBy(meant func(words string) bool) []health.Rule {
	return slices.DeleteFunc(health.Rules(), func(r health.Rule) bool {
		return !slices.ContainsFunc(r.Says, func(words string) bool { return meant(squeezed(words)) })
	})
}

// squeezed makes texts alike that differ in blanks, quotes and capitals alone.
func squeezed(text string) string {
	text = strings.NewReplacer("“", `"`, "”", `"`, "’", "'", "‘", "'").Replace(text)
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// codeWords are the codes with their titles, for a shell.
func codeWords(*cobra.Command, string) []string {
	var offered []string
	for _, r := range health.Rules() {
		offered = append(offered, string(r.Code)+"\t"+r.Title)
	}
	return offered
}
