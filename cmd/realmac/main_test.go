package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
)

// TestMain lets the test program stand for the real one and for the tools of the
// Macs that it lays out. What the race detector built would sleep before it ends.
func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		os.Exit(1)
	}
	if macsim.IsTool(os.Args[0]) || filepath.Base(os.Args[0]) == "realmac" {
		main()
	}
	os.Exit(m.Run())
}
