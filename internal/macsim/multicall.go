package macsim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/run"
)

// IsTool says whether a program that was started under this name is to answer
// as one of the tools.
func IsTool(arg0 string) bool {
	_, ok := byName(filepath.Base(arg0))
	return ok
}

// Main is the main function of a simulated tool: argv[0] says which tool, and
// by the folder that it lies in, which Mac. It returns the exit code. Standard
// input is read only for a tool that reads it.
func Main(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	reply, err := answer(argv, stdin)
	if err != nil {
		reply = own(err.Error())
	}
	_, errOut := io.WriteString(stdout, reply.Stdout)
	_, errErr := io.WriteString(stderr, reply.Stderr)
	if errors.Join(errOut, errErr) != nil {
		return OwnExit
	}
	return reply.Exit
}

func answer(argv []string, stdin io.Reader) (Reply, error) {
	if len(argv) == 0 {
		return Reply{}, errors.New("started without a name")
	}
	tool, root, err := locate(argv[0])
	if err != nil {
		return Reply{}, err
	}
	mac, err := Read(filepath.Join(root, statePath))
	if err != nil {
		return Reply{}, err
	}
	call := Call{Command: run.Command{Tool: tool, Args: argv[1:]}, At: time.Now(), PID: os.Getpid()}
	if tool == run.Scutil {
		input, err := io.ReadAll(stdin)
		if err != nil {
			return Reply{}, fmt.Errorf("read standard input: %w", err)
		}
		call.Stdin = string(input)
	}
	return mac.Answer(call), nil
}

// locate finds the tool and its Mac's root from the name that it was started
// under: a path, or a bare name that the search path led to.
func locate(arg0 string) (run.Tool, string, error) {
	tool, ok := byName(filepath.Base(arg0))
	if !ok {
		return 0, "", fmt.Errorf("%s is not a tool of a Mac", arg0)
	}
	candidates := []string{arg0}
	if !strings.ContainsRune(arg0, filepath.Separator) {
		candidates = searchPath(arg0)
	}
	for _, path := range candidates {
		if root, ok := rootOf(path, tool); ok {
			return tool, root, nil
		}
	}
	return 0, "", fmt.Errorf("%s does not lie in the folder of a simulated Mac", arg0)
}

func searchPath(name string) []string {
	var paths []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths
}

// rootOf strips the tool's own path. A folder counts only if it holds a state.
func rootOf(path string, tool run.Tool) (string, bool) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", false
	}
	root, ok := strings.CutSuffix(full, tool.Path())
	if !ok || root == "" {
		return "", false
	}
	_, err = os.Stat(filepath.Join(root, statePath))
	return root, err == nil
}

func byName(name string) (run.Tool, bool) {
	for _, tool := range run.Tools() {
		if filepath.Base(tool.Path()) == name {
			return tool, true
		}
	}
	return 0, false
}
