package watch

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// kernel is the other end of a socket that is read like the kernel's.
func kernel(t *testing.T) (network, int) {
	t.Helper()
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	must(t, err)
	must(t, unix.SetNonblock(ends[0], true))
	return hear(os.NewFile(uintptr(ends[0]), "ear")), ends[1]
}

// address is what a Mac's kernel says of a new address; Linux takes any message.
const address = "\x14\x00\x05\x0c and more"

func TestNewsOfTheNetwork(t *testing.T) {
	t.Parallel()
	n, mouth := kernel(t)
	defer unix.Close(mouth)
	for range 10_000 {
		_, err := unix.Write(mouth, []byte(address))
		must(t, err)
	}
	select {
	case <-n.changed:
	case <-time.After(patient):
		t.Fatal("no news")
	}
	if got := n.source(); got != (Source{Cause: Network, How: Watched}) {
		t.Errorf("%+v", got)
	}
	n.close()
	if len(n.changed) > 1 {
		t.Error("news are kept")
	}
}

// The real socket opens without any privilege, and closing it ends the reading.
func TestSocketOfThisMachine(t *testing.T) {
	t.Parallel()
	n := listen()
	if got := n.source(); got != (Source{Cause: Network, How: Watched}) {
		t.Fatalf("%+v", got)
	}
	n.close()
	if got := n.source(); got.How != Denied || got.Problem == "" {
		t.Errorf("after its end: %+v", got)
	}
}
