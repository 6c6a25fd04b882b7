package paths_test

import (
	"testing"

	"github.com/tokenward/tokenward/internal/paths"
)

func TestPlacesOfThisMac(t *testing.T) {
	t.Parallel()
	if paths.System() != (paths.Paths{}) {
		t.Errorf("the root is %s", paths.System().Root())
	}
}
