package macsim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// userVariable names who calls a tool; without it that is root.
const userVariable = "MACSIM_USER"

// IsTool says whether a program that was started under this name is to answer
// as one of the tools.
func IsTool(arg0 string) bool {
	_, ok := tool.ByName(filepath.Base(arg0))
	return ok
}

// Main is the main function of a simulated tool: argv[0] says which tool, and
// by the folder that it lies in, which Mac. It returns the exit code. Standard
// input and the terminal are read only where the tool reads them.
func Main(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	descriptors := inherited()
	p := process{stdin: stdin, stdout: stdout, stderr: stderr}
	exit, err := p.main(argv, descriptors)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "macsim: %v\n", err) // nothing is left to be told to
		return tool.OwnExit
	}
	return exit
}

// process is a simulated tool that runs.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

func (p process) main(argv []string, descriptors []descriptor) (int, error) {
	if len(argv) == 0 {
		return 0, errors.New("started without a name")
	}
	t, dir, err := locate(argv[0])
	if err != nil {
		return 0, err
	}
	c := tool.Call{Path: t.Path, Args: argv[1:], At: time.Now().In(zone()), PID: os.Getpid(), User: os.Getenv(userVariable), Disk: dir.disk}
	if err := dir.note(&c, descriptors); err != nil {
		return 0, err
	}
	m, err := dir.load()
	if err != nil {
		return 0, err
	}
	if err := checkCanaries(&m, &c); err != nil {
		return 0, err
	}
	out, err := p.run(dir, m, c)
	if err != nil {
		return 0, err
	}
	return p.finish(dir, out)
}

// run answers. A tool may wait for a person to type, and meanwhile others must
// be able to change the Mac: so it answers on a copy first, and where that has
// changed it, again with the same input on the Mac itself, alone.
func (p process) run(dir folder, m state.Mac, c tool.Call) (outcome, error) {
	heard := &heard{from: newConsole(p.stdin, p.stderr)}
	c.Input = heard
	trial := &probe{has: m.BootstrapBytes(m.Server.Token), empty: m.Server.Token <= 0}
	if m.Server.Address != "" {
		m.Attach(trial) // a real server must be told things once
	}
	before := m.Revision
	out := answer(&m, c)
	if m.Revision == before && !trial.asked {
		return out, nil
	}
	c.Input = heard.again()
	return p.alone(dir, c)
}

// alone answers on the Mac itself while nobody else does.
func (p process) alone(dir folder, c tool.Call) (out outcome, err error) {
	err = dir.change(func(m *state.Mac) error {
		out = answer(m, c)
		return nil
	})
	return out, err
}

// finish prints the answer, in the way of the fault if there is one.
func (p process) finish(dir folder, out outcome) (int, error) {
	switch out.fault.Kind {
	case state.Hangs:
		for {
			time.Sleep(time.Hour)
		}
	case state.Slow:
		time.Sleep(time.Duration(out.fault.Takes))
	default:
	}
	_, errOut := io.WriteString(p.stdout, out.Stdout)
	_, errErr := io.WriteString(p.stderr, out.Stderr)
	if err := errors.Join(errOut, errErr); err != nil {
		return 0, err
	}
	if out.fault.Kind == state.Dies || out.fault.Kind == state.DiesBefore {
		return 0, syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	if out.Then != nil {
		return 0, dir.become(*out.Then)
	}
	return out.Exit, nil
}

// become replaces the tool by another program, run as another user: one of the
// Mac's own, or one of this machine.
func (f folder) become(c tool.Command) error {
	if len(c.Argv) == 0 {
		return errors.New("there is no command to become")
	}
	path, err := f.program(c.Argv[0])
	if err != nil {
		return err
	}
	argv := append([]string{path}, c.Argv[1:]...)
	return syscall.Exec(path, argv, environment(c.User)) //nolint:gosec // that is what it is for
}

// environment is that of a program run as another user.
func environment(user string) []string {
	own := []string{userVariable + "=", "USER=", "LOGNAME="}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return slices.ContainsFunc(own, func(name string) bool { return strings.HasPrefix(v, name) })
	})
	for _, name := range own {
		env = append(env, name+user)
	}
	return env
}

// program finds a command: a tool in the Mac's folder and nowhere else, anything
// else where it would be found without a Mac.
func (f folder) program(name string) (string, error) {
	found := candidates(name)
	if t, ok := tool.ByName(filepath.Base(name)); ok && (name == t.Name() || name == t.Path) {
		found = []string{f.path(t.Path)}
	}
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: command not found", name)
}

// candidates are the paths that a command can mean: a path itself, or a bare name
// anywhere on the search path.
func candidates(name string) []string {
	if strings.ContainsRune(name, filepath.Separator) {
		return []string{name}
	}
	var paths []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// checkCanaries refuses a call that gives away what must stay secret: arguments
// and environment can be read by everybody on a Mac.
func checkCanaries(m *state.Mac, c *tool.Call) error {
	for _, canary := range m.Canaries {
		for _, text := range append(append([]string{}, c.Args...), os.Environ()...) {
			if canary != "" && strings.Contains(text, canary) {
				return fmt.Errorf("%s was given a secret in its arguments or environment", c.Path)
			}
		}
	}
	return nil
}

// locate finds the tool and its Mac's root from the name that it was started
// under: a path, or a bare name that the search path led to.
func locate(arg0 string) (tool.Tool, folder, error) {
	t, ok := tool.ByName(filepath.Base(arg0))
	if !ok {
		return tool.Tool{}, "", fmt.Errorf("%s is not a tool of a Mac", arg0)
	}
	for _, path := range candidates(arg0) {
		if root, ok := rootOf(path, t.Path); ok {
			return t, root, nil
		}
	}
	// In a shell of the Mac the tool lies at its own path. The program that it is
	// a link to lies in the folder.
	if exe, err := os.Executable(); err == nil {
		if root, ok := rootOf(exe, programPath); ok {
			return t, root, nil
		}
	}
	return tool.Tool{}, "", fmt.Errorf("%s does not lie in the folder of a simulated Mac", arg0)
}

// rootOf strips the path that something has on the Mac. A folder counts only if
// it holds a state.
func rootOf(path, onMac string) (folder, bool) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	root, ok := strings.CutSuffix(full, onMac)
	if !ok || root == "" {
		return "", false
	}
	_, err = os.Stat(filepath.Join(root, statePath))
	return folder(root), err == nil
}
