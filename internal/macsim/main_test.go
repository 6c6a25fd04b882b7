package macsim

import (
	"os"
	"testing"
)

// TestMain lets the test program be the multi-call program too, so that the
// tools run as real processes without a build.
func TestMain(m *testing.M) {
	if IsTool(os.Args[0]) {
		os.Exit(Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
