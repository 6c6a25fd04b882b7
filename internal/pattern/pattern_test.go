package pattern_test

import (
	"testing"

	"github.com/tokenward/tokenward/internal/pattern"
)

func TestPatternIsARegularExpression(t *testing.T) {
	t.Parallel()
	p := pattern.Lazy(`^(a+)b$`)
	if !p.MatchString("aab") || p.MatchString("ab ") {
		t.Error("it matches something else")
	}
	if got := p.FindStringSubmatch("aab"); len(got) != 2 || got[1] != "aa" {
		t.Errorf("got %q", got)
	}
	if got := p.ReplaceAllString("aab", "$1-"); got != "aa-" {
		t.Errorf("got %q", got)
	}
}

// A mistake in a pattern that nothing uses is found all the same.
func TestMistakeIsFoundInTests(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	pattern.Lazy(`(`)
}
