package parse_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
)

// An answer of one word or name, cut off anywhere, is the same answer or none.
// What a tool says by silence is left out, and so is the account policy, of which
// the first line alone is an answer.
func TestCutOffWordsAreNoOtherWords(t *testing.T) {
	t.Parallel()
	ids := []string{"fdesetup-hasrecoverykey", "fdesetup-showdeferralinfo", "dsconfigad-show", "app-sso-platform", "dscl-readall-passwords", "dscl-readall-groups"}
	for name, c := range cases(t) {
		id, _, _ := strings.Cut(name, ".")
		if !slices.Contains(ids, id) || c[0] == "unreadable" {
			continue
		}
		p, err := parse.ByID(id)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c[1] {
			text := c[1][:i]
			if strings.TrimSpace(text) == "" {
				continue
			}
			if got := read(t, p, text); got != "unreadable" && got != c[0] {
				t.Errorf("%s: cut after %d bytes it reads as %s", name, i, got)
			}
		}
	}
}

// A table that is cut off has fewer rows, and those are whole.
func TestCutOffTableHasWholeRows(t *testing.T) {
	t.Parallel()
	for name, c := range cases(t) {
		if !strings.HasPrefix(name, "fdesetup-list-extended.") || c[0] == "unreadable" {
			continue
		}
		full, err := parse.FdesetupListExtended([]byte(c[1]))
		if err != nil {
			t.Fatal(err)
		}
		for i := range c[1] {
			part, err := parse.FdesetupListExtended([]byte(c[1][:i]))
			if err != nil {
				continue
			}
			if n := len(part.Records); n == 0 || !slices.Equal(part.Records, full.Records[:n]) {
				t.Errorf("%s: cut after %d bytes it reads as %+v", name, i, part.Records)
			}
		}
	}
}
