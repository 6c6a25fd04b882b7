package view

import (
	"bytes"
	"testing"

	"github.com/tokenward/tokenward/internal/wire"
)

func TestWriteReloaded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		done wire.Reloaded
		want string
	}{
		{"nothing", wire.Reloaded{}, "Nothing is different.\n"},
		{"changes", wire.Reloaded{Changed: []string{"interval: 20m, was 10m\x1b[2J"}}, "interval: 20m, was 10m�[2J\n"},
		{
			"mistakes",
			wire.Reloaded{Problems: []string{"config.yaml:1: intervall: there is no such key"}},
			"The newest configuration holds mistakes. What was good before stays in force in their place.\n" +
				"* config.yaml:1: intervall: there is no such key\n\nNothing is different.\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := WriteReloaded(&out, Screen{Width: 100}, tc.done); err != nil || out.String() != tc.want {
				t.Errorf("got %q, %v\nwant %q", &out, err, tc.want)
			}
		})
	}
}
