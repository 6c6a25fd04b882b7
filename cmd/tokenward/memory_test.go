package main

import "testing"

func TestManyAccountsAreCollectedOften(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		held    uint64
		percent int
	}{
		{"a family", 800 << 10, generous},
		{"the limit", heldLittle, sparing},
		{"thousands", 6 << 20, sparing},
	} {
		if got := garbage(c.held); got != c.percent {
			t.Errorf("%s: %d, want %d", c.name, got, c.percent)
		}
	}
}
