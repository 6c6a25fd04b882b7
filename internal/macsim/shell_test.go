package macsim

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// escrowScript is written as such scripts are: full paths, the words of the
// tools compared with grep and awk, an admin's credentials asked for, a standard
// holder made an administrator for a moment.
const escrowScript = `#!/bin/bash
# Escrows the Bootstrap Token with the logged in user's credentials.
set -u
loggedInUser=$( echo "show State:/Users/ConsoleUser" | /usr/sbin/scutil | awk '/Name :/ && ! /loginwindow/ { print $3 }' )
[[ $(/usr/bin/id -u) -eq 0 ]] || { echo "must run as root"; exit 1; }
status=$(/usr/bin/profiles status -type bootstraptoken)
if [[ "$status" == *"supported on server: YES"* && "$status" == *"escrowed to server: YES"* ]]; then
	echo "already escrowed"; exit 0
fi
if [[ $(/usr/sbin/sysadminctl -secureTokenStatus "$loggedInUser" 2>&1) != *ENABLED* ]]; then
	echo "$loggedInUser has no Secure Token"; exit 1
fi
uid=$(/usr/bin/id -u "$loggedInUser")
password=$(/bin/launchctl asuser "$uid" sudo -u "$loggedInUser" /usr/bin/osascript -e 'text returned of (display dialog "Please enter your password" default answer "" with hidden answer)')
if ! /usr/bin/dscl . -authonly "$loggedInUser" "$password"; then echo "wrong password"; exit 1; fi
promoted=no
if ! /usr/sbin/dseditgroup -o checkmember -m "$loggedInUser" admin >/dev/null; then
	/usr/sbin/dseditgroup -o edit -a "$loggedInUser" -t user admin; promoted=yes
fi
/usr/bin/profiles install -type bootstraptoken -user "$loggedInUser" -password "$password"
result=$?
[[ $promoted == yes ]] && /usr/sbin/dseditgroup -o edit -d "$loggedInUser" -t user admin
/usr/bin/profiles status -type bootstraptoken
exit $result
`

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
			escrow := filepath.Join(scripts, "escrow.sh")
			script(t, escrow, escrowScript)
			answerDialog(t, dir)

			inShell(t, dir, path, "<result>Not escrowed</result>\n", attribute)
			inShell(t, dir, path, "profiles: Bootstrap Token created\nprofiles: Bootstrap Token escrowed\n"+
				"profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n", escrow)
			inShell(t, dir, path, "<result>Escrowed</result>\n", attribute)
			inShell(t, dir, path, "already escrowed\n", escrow)
			m := opened(t, dir)
			if person, _ := m.Account("jokafor"); !m.BootstrapValid() || person.IsAdmin() {
				t.Errorf("Bootstrap Token valid: %v, %s is an administrator: %v", m.BootstrapValid(), person.Name, person.IsAdmin())
			}
		})
	}
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
	argv := shellCommand(folder(dir), command)
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
