package macsim

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDisk(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	for path, content := range map[string]string{filepath.Join(root, "list"): "x", outside: "y"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	if got, there := folder(root).disk("/list"); !there || string(got.Content) != "x" || got.Mode != 0o600 || !got.Regular || got.Foreign {
		t.Errorf("a file: %+v, %v", got, there)
	}
	for _, path := range []string{"/none", "/../" + outside, "/none/list"} {
		if got, there := folder(root).disk(path); there {
			t.Errorf("%s: %+v", path, got)
		}
	}
	for _, path := range []string{"/link", "/folder"} {
		if got, there := folder(root).disk(path); !there || got.Regular || len(got.Content) > 0 {
			t.Errorf("%s: %+v, %v", path, got, there)
		}
	}
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	if err := os.Chown(filepath.Join(root, "list"), nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if got, _ := folder(root).disk("/list"); !got.Foreign {
		t.Error("somebody else's is taken for root's")
	}
}
