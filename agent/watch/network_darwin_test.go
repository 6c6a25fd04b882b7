package watch

import "testing"

func TestMessagesOfTheRoutingSocket(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, message string
		want          bool
	}{
		{"new address", "\x14\x00\x05\x0c", true},
		{"address gone", "\x14\x00\x05\x0d", true},
		{"interface up or down", "\x70\x00\x05\x0e", true},
		{"route to a neighbour", "\x5c\x00\x05\x01", false},
		{"route asked for", "\x5c\x00\x05\x04", false},
		{"another version", "\x14\x00\x04\x0c", false},
		{"cut", "\x14\x00\x05", false},
		{"empty", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := relevant([]byte(tc.message)); got != tc.want {
				t.Errorf("relevant = %t, want %t", got, tc.want)
			}
		})
	}
}
