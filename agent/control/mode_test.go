package control

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// What stands in the place of the socket when its mode is set must not get that
// mode, and a link must not pass it on.
func TestOnlyASocketIsOpenedToAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, socket := filepath.Join(dir, "file"), filepath.Join(dir, "socket")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, path := range []string{file, socket} {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		link := path + ".link"
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		if err := openToAll(link); !errors.Is(err, rootfile.ErrUntrusted) {
			t.Errorf("%s: %v", link, err)
		}
		wantMode(t, path, 0o644)
	}
	if err := openToAll(file); !errors.Is(err, rootfile.ErrUntrusted) {
		t.Errorf("a file: %v", err)
	}
	wantMode(t, file, 0o644)
	if err := openToAll(socket); err != nil {
		t.Error(err)
	}
	wantMode(t, socket, 0o666)
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != want {
		t.Errorf("%s: mode %v, %v; want %v", path, info.Mode(), err, want)
	}
}
