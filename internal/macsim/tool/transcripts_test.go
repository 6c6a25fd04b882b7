package tool

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// transcript says how the simulator comes to print what a real Mac has printed:
// from which state, asked how.
type transcript struct {
	file    string
	tool    string
	args    string // separated by "|"
	change  func(*state.Mac)
	user    string
	stdin   string
	answers []string
	at      time.Time
	how     compared // as a whole, unless given
}

// compared is how much of an output a file holds.
type compared int

const (
	whole         compared = iota
	aLine                  // one line of it, apart from its indentation
	itsEnd                 // the last lines
	eachIsOne              // lines of which each is the first of another output
	fragment               // the message alone, without the time before it
	itsLastLine            // its last words, on a line of their own
	itsPrompt              // the last question
	asQuestions            // what was asked on the terminal, without the answers
	asPrompts              // what was asked and answered there, and then printed
	withItsKey             // the same, with the recovery key of another Mac
	coveredVolume          // the name of the volume is covered
	mixedStreams           // the error stream came first
)

// Every output of a real Mac that a state can lead to is printed from one, byte
// for byte, on its stream and with its exit code as far as they are known; of
// every other it is said why not.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	root := os.Getenv("TOKENWARD_TRANSCRIPTS")
	if root == "" {
		t.Skip("TOKENWARD_TRANSCRIPTS names no folder")
	}
	known := about(t, root)
	accounted := map[string]bool{}
	for _, tr := range reached() {
		accounted[tr.file] = true
		t.Run(tr.file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(root, tr.file))
			if err != nil {
				t.Fatal(err)
			}
			tr.check(t, string(text), known[strings.TrimPrefix(tr.file, "reference/")])
		})
	}
	for file, reason := range notReached() {
		if accounted[file] || reason == "" {
			t.Errorf("%s: reached, and said not to be; or no reason is given", file)
		}
		accounted[file] = true
	}
	allAccounted(t, root, accounted)
}

// metadata is what is known of an output besides its text.
type metadata struct {
	File, Stream string
	Exit         *int `json:"exit"`
	ExitCode     *int `json:"exit_code"`
}

func about(t *testing.T, root string) map[string]metadata {
	t.Helper()
	all := map[string]metadata{}
	for _, index := range []string{"contract.json", "reference/index.json"} {
		data, err := os.ReadFile(filepath.Join(root, index))
		if err != nil {
			t.Fatal(err)
		}
		var rows []metadata
		if err := json.Unmarshal(data, &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.Exit == nil {
				row.Exit = row.ExitCode
			}
			all[row.File] = row
		}
	}
	return all
}

func allAccounted(t *testing.T, root string, accounted map[string]bool) {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if file, _ := filepath.Rel(root, path); strings.HasSuffix(file, ".txt") {
			found[file] = true
			if !accounted[file] {
				t.Errorf("%s: neither reached nor said why not", file)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for file := range accounted {
		if !found[file] {
			t.Errorf("%s: there is no such file", file)
		}
	}
}

func (tr transcript) check(t *testing.T, want string, known metadata) {
	t.Helper()
	m := officeWith(t, tr.change)
	asked := &listening{Script: answerCase{stdin: tr.stdin, answers: tr.answers}.call("").Input.(Script)}
	c := Call{Path: tr.tool, Input: asked, At: tr.at, PID: 77, User: tr.user}
	if tr.args != "" {
		c.Args = strings.Split(tr.args, "|")
	}
	got := Answer(m, c)
	if got.Exit == OwnExit || strings.Contains(got.Stderr, "macsim:") {
		t.Fatalf("%s: %+v", &c, got)
	}
	text := got.Stdout + got.Stderr
	if tr.how == mixedStreams {
		text = got.Stderr + got.Stdout
	}
	if !tr.how.same(text, asked.prompts, want) {
		t.Errorf("%s\ngot\n%s%s\nwant\n%s", &c, got.Stdout, got.Stderr, want)
	}
	if known.Exit != nil && *known.Exit != got.Exit {
		t.Errorf("exit %d, want %d", got.Exit, *known.Exit)
	}
	if known.Stream == "stdout" && got.Stdout == "" || known.Stream == "stderr" && got.Stderr == "" {
		t.Errorf("nothing on %s: %+v", known.Stream, got)
	}
}

// listening is a Script that keeps the questions.
type listening struct {
	Script
	prompts string
}

func (l *listening) Ask(q Question) (string, error) {
	answer, err := l.Script.Ask(q)
	l.prompts += q.Prompt + either(q.Hidden, "", answer) + "\n"
	return answer, err
}

// same compares without the times and numbers of processes, and without what
// the one who published the output has covered with X.
func (c compared) same(got, prompts, want string) bool {
	got, want = stampless(got), stampless(want)
	switch c {
	case aLine:
		for line := range strings.Lines(got) {
			if strings.TrimSpace(line) == strings.TrimSpace(want) {
				return true
			}
		}
		return false
	case itsEnd:
		return strings.HasSuffix(got, want)
	case eachIsOne:
		first, _, _ := strings.Cut(got, "\n")
		return strings.Contains("\n"+want, "\n"+first+"\n")
	case fragment:
		return strings.HasSuffix(got, "] "+want) || got == want || strings.HasSuffix(got, want)
	case itsLastLine:
		_, last, _ := strings.Cut(strings.TrimSpace(want), "\n")
		return strings.HasSuffix(got, last+"\n")
	case itsPrompt:
		return strings.HasSuffix(prompts, want+"\n") || strings.HasSuffix(prompts, want)
	case asQuestions:
		return strings.ReplaceAll(prompts, ":localadmin\n", ":\n") == want
	case asPrompts:
		return prompts+got == want
	case withItsKey:
		return keyless(prompts+got) == keyless(want)
	case coveredVolume:
		return uncovered(strings.Replace(got, "disk1s5", "diskXsY", 1), want) == want
	default:
		return len(got) == len(want) && uncovered(got, want) == want
	}
}

// keyless covers the letters of a recovery key.
func keyless(text string) string {
	before, key, found := strings.Cut(text, "Recovery key = '")
	if !found {
		return text
	}
	return before + "Recovery key = '" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return 'X'
		}
		return r
	}, key)
}

// uncovered covers a text where another is covered.
func uncovered(text, pattern string) string {
	covered := []byte(text)
	for i := range min(len(covered), len(pattern)) {
		if pattern[i] == 'X' || pattern[i] == 'x' {
			covered[i] = pattern[i]
		}
	}
	return string(covered)
}

// stampless drops the time, process and thread that a line of sysadminctl begins
// with.
func stampless(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		before, after, found := strings.Cut(line, "] ")
		if found && strings.Contains(before, "sysadminctl[") {
			line = after
		}
		out.WriteString(line)
	}
	return out.String()
}
