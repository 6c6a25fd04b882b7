package main

import (
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
)

// A step that did not work is told to the next plan by a word that needs no quotes,
// and whatever it is, it is read as what was written.
func TestAStepIsNamedInOneWord(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, key, word string }{
		{"to a user", "A13 6 lea -", "step-works:A13.6:lea"},
		{"with somebody's password", "A08 0 lea ada.lovelace", "step-works:A08.0:lea:ada.lovelace"},
		{"to nobody", "A16 0 - ada", "step-works:A16.0:-:ada"},
		{"of the whole Mac", "A20 0 - -", "step-works:A20.0"},
		{"a name with a blank", "A13 6 lea of it -", "step-works:'A13 6 lea of it -'"},
		{"a name with a colon", "A13 6 lea:it -", "step-works:'A13 6 lea:it -'"},
		{"a name with a quote", "A13 6 o'neil -", `step-works:A13.6:'o'\''neil'`},
		{"a form beyond nine", "A22 : - -", "step-works:'A22 : - -'"},
		{"words of an earlier version", "A08 lea", "step-works:'A08 lea'"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := plan.Credential{Kind: plan.StepWorks, User: tc.key}
			if got := answerWord(c); got != tc.word {
				t.Errorf("written as %s, want %s", got, tc.word)
			}
			said, err := answersOf([]spoken{{"step-works:" + asTyped(stepWord(tc.key)), health.No}})
			if err != nil || said[c] != health.No {
				t.Errorf("read as %v, %v", said, err)
			}
		})
	}
}

// asTyped is what a shell makes of a word.
func asTyped(word string) (typed string) {
	quoted := false
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case c == '\'':
			quoted = !quoted
		case c == '\\' && !quoted:
			i++
			typed += word[i : i+1]
		default:
			typed += word[i : i+1]
		}
	}
	return typed
}
