//go:build !darwin

package paths_test

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
)

func TestPlacesOfASimulatedMac(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"/tmp/mac", "/tmp/mac/", "/tmp/./x/../mac"} {
		p := paths.Under(root)
		if p.Root() != "/tmp/mac" {
			t.Errorf("under %s the root is %s", root, p.Root())
		}
		for got, want := range places(p) {
			if under, ok := strings.CutPrefix(got, "/tmp/mac"); !ok || under != want {
				t.Errorf("under %s: %s, want %s below it", root, got, want)
			}
		}
	}
}
