package macsim

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// extensionAttribute is one of Jamf Pro, in the shell of macOS.
const extensionAttribute = `#!/bin/sh
if /usr/bin/profiles status -type bootstraptoken | grep -q "escrowed to server: YES"; then
	echo "<result>Escrowed</result>"
else
	echo "<result>Not escrowed</result>"
fi
`

// Scripts for Macs run as they are, whatever the machine lets the shell do.
func TestShell(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"laid over", "functions"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dir, scripts := t.TempDir(), t.TempDir()
			layOutScenario(t, dir, "bootstrap-not-escrowed-standard-holder")
			path := os.Getenv("PATH")
			if mode == "functions" {
				path = script(t, filepath.Join(scripts, "no", "unshare"), "#!/bin/sh\nexit 1\n") + ":" + path
			}
			attribute := filepath.Join(scripts, "attribute.sh")
			script(t, attribute, extensionAttribute)
			escrow, err := filepath.Abs("../../docs/examples/escrow.sh")
			if err != nil {
				t.Fatal(err)
			}
			answerDialog(t, dir)

			inShell(t, dir, path, "<result>Not escrowed</result>\n", attribute)
			inShell(t, dir, path, "profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"+
				"profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n", escrow)
			inShell(t, dir, path, "<result>Escrowed</result>\n", attribute)
			inShell(t, dir, path, "already escrowed\n", escrow)
			m := opened(t, dir)
			if person, _ := m.Account("jokafor"); !m.BootstrapValid() || m.IsAdmin(person) {
				t.Errorf("Bootstrap Token valid: %v, %s is an administrator: %v", m.BootstrapValid(), person.Name, m.IsAdmin(person))
			}
		})
	}
}

// A folder that was moved has a shell as before.
func TestShellOfAMovedFolder(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	from, to := filepath.Join(parent, "from"), filepath.Join(parent, "to")
	layOutScenario(t, from, "healthy")
	inShell(t, from, os.Getenv("PATH"), "26.1\n", "sw_vers", "-productVersion")
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	inShell(t, to, os.Getenv("PATH"), "26.1\n", "sw_vers", "-productVersion")
}

func layOutScenario(t *testing.T, dir, name string) {
	t.Helper()
	m, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := Layout(dir, m, exe); err != nil {
		t.Fatal(err)
	}
}

// script writes a program and returns the folder that it lies in.
func script(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeProgram(path, text); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(path)
}

// writeProgram writes a file that can be run at once: while it is open for
// writing no other test may start a process, which would hold it open.
func writeProgram(path, text string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return os.WriteFile(path, []byte(text), 0o700)
}

// inShell runs a command on the Mac as macsim shell does.
func inShell(t *testing.T, dir, path, want string, command ...string) {
	t.Helper()
	argv, err := shellCommand(folder(dir), command)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	c.Env = []string{"PATH=" + path, "HOME=/root", "GORACE=atexit_sleep_ms=0"}
	got, err := c.Output()
	if err != nil || string(got) != want {
		t.Errorf("%v: %v\n%s\nwant\n%s", command, err, got, want)
	}
}

// The person at the Mac types the password into the dialog.
func answerDialog(t *testing.T, dir string) {
	t.Helper()
	happens(t, dir, &state.Answers{Answers: []state.Answer{{Text: "jokafor-pw"}}})
}
