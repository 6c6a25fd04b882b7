package tool

import (
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// officeWith is a small Mac that the tests of the tools ask; each changes what it
// is about.
func officeWith(t testing.TB, change func(*state.Mac)) *state.Mac {
	t.Helper()
	m, err := state.Read("../state/testdata/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m.Bootstrap.VolumeOwner = false
	if change != nil {
		change(&m)
	}
	return &m
}

// answerCase is one start of a tool and all that it must print.
type answerCase struct {
	name    string
	change  func(*state.Mac)
	args    string // separated by "|"
	stdin   string
	answers []string // at a terminal; nil: there is none
	user    string   // who calls; empty: root
	want    Reply
	after   func(*testing.T, *state.Mac)
}

func testAnswers(t *testing.T, path string, cases []answerCase) {
	t.Helper()
	t.Parallel()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := officeWith(t, tc.change)
			c := tc.call(path)
			got := Answer(m, c)
			if got != tc.want {
				t.Errorf("%s\n got exit %d\nstdout:\n%s\nstderr:\n%s\nwant exit %d\nstdout:\n%s\nstderr:\n%s",
					&c, got.Exit, got.Stdout, got.Stderr, tc.want.Exit, tc.want.Stdout, tc.want.Stderr)
			}
			if tc.after != nil {
				tc.after(t, m)
			}
		})
	}
}

func (tc answerCase) call(path string) Call {
	script := Script{Stdin: tc.stdin}
	if tc.answers != nil {
		answers := append([]string{}, tc.answers...)
		script.Answers = &answers
	}
	c := Call{Path: path, Input: script, At: time.Date(2026, 3, 9, 8, 7, 6, 543e6, time.UTC), PID: 77, User: tc.user}
	if tc.args != "" {
		c.Args = strings.Split(tc.args, "|")
	}
	return c
}

func out(text string) Reply { return Reply{Stdout: text} }

func errText(exit int, text string) Reply { return Reply{Exit: exit, Stderr: text} }

func version(v string) func(*state.Mac) {
	return func(m *state.Mac) {
		m.OS.Version = v
		m.OS.Product = either(m.OS.AtLeast(11), "macOS", "Mac OS X")
	}
}
