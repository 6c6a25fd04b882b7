package macsim

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tokenward/tokenward/internal/macsim/tool"
	"github.com/tokenward/tokenward/internal/rootfile"
)

//go:embed shell/enter.sh
var shellFiles embed.FS

// Shell replaces this process by a command on the Mac in dir, or by a shell
// there. In it the tools are found under the paths that they have on a Mac, as
// far as the system allows; everything else is the machine it runs on.
func Shell(dir string, command []string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	f := folder(root)
	if _, err := f.read(); err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	if strings.ContainsAny(root, ":,\\") {
		return fmt.Errorf("open shell: %s: a folder with a colon, comma or backslash in its name cannot be laid over others", dir)
	}
	argv, err := shellCommand(f, command)
	if err != nil {
		return fmt.Errorf("open shell: %w", err)
	}
	return syscall.Exec(argv[0], argv, os.Environ()) //nolint:gosec // a shell is what was asked for
}

// shellCommand prepares the shell, whose links are whole and follow a folder that
// was moved, and returns what runs a command on the Mac.
func shellCommand(f folder, command []string) ([]string, error) {
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := f.writeShell(); err != nil {
		return nil, err
	}
	return append([]string{"/bin/sh", f.path(enterPath), f.path(shellPath)}, command...), nil
}

// enterPath is the script that opens a shell.
const enterPath = ownFolder + "/enter.sh"

// writeShell prepares the folder that is laid over the machine's own: links to
// the program under every tool's path, whole ones, since they will lie elsewhere.
func (f folder) writeShell() error {
	for _, t := range tool.All() {
		for _, at := range places(t) {
			if err := f.linkInShell(t, at); err != nil {
				return err
			}
		}
	}
	if err := rootfile.Write(f.path(shellPath+"/functions.sh"), functions(), 0o644); err != nil {
		return err
	}
	script, err := shellFiles.ReadFile("shell/enter.sh")
	if err != nil {
		return err
	}
	return rootfile.Write(f.path(enterPath), script, 0o755)
}

// places are where a tool must lie so that it is found at its own path: many
// Linux systems have one folder under the two names /bin and /usr/bin.
func places(t tool.Tool) []string {
	if strings.HasPrefix(t.Path, "/usr/") {
		return []string{t.Path}
	}
	return []string{t.Path, "/usr" + t.Path}
}

// linkInShell links to where the tool lies in the Mac's folder, so that one that
// is missing there is missing here too.
func (f folder) linkInShell(t tool.Tool, at string) error {
	link := f.path(shellPath + at)
	there, err := linkAt(link)
	if err != nil {
		return err
	}
	return relink(link, there, f.path(t.Path)) // others may be in a shell now
}

// functions are shell functions under the tools' full paths.
func functions() []byte {
	var b strings.Builder
	b.WriteString("# The tools of a simulated Mac, for bash and zsh, under their full paths.\n")
	for _, t := range tool.All() {
		fmt.Fprintf(&b, "function %s { \"$MACSIM_OVER%s\" \"$@\"; }\n", t.Path, t.Path)
	}
	return []byte(b.String())
}
