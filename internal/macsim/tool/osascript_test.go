package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const osascriptPath = "/usr/bin/osascript"

// person lets somebody answer.
func person(answers ...state.Answer) func(*state.Mac) {
	return func(m *state.Mac) { m.Person.Answers = answers }
}

// left checks how many answers of the person are left.
func left(want int) func(*testing.T, *state.Mac) {
	return func(t *testing.T, m *state.Mac) {
		t.Helper()
		if got := len(m.Person.Answers); got != want {
			t.Errorf("%d answers left, want %d", got, want)
		}
	}
}

func TestOsascriptAnswers(t *testing.T) {
	const ask = `display dialog "Your password:" default answer "" with hidden answer buttons {"Not now", "OK"} default button "OK" with title "IT" with icon caution giving up after 120`
	types := person(state.Answer{Text: "geheim"})
	testAnswers(t, osascriptPath, []answerCase{
		{name: "typed", args: "-e|" + ask, change: types, want: out("button returned:OK, text returned:geheim, gave up:false\n"), after: left(1)},
		{name: "text alone", args: "-e|text returned of (" + ask + ")", change: types, want: out("geheim\n")},
		{name: "button alone", args: "-e|return the button returned of (" + ask + ")", change: types, want: out("OK\n")},
		{name: "other button", args: "-e|" + ask, change: person(state.Answer{Button: "Not now"}), want: out("button returned:Not now, text returned:, gave up:false\n")},
		{name: "away", args: "-e|" + ask, change: person(state.Answer{Away: true}), want: out("button returned:, text returned:, gave up:true\n")},
		{name: "nobody", args: "-e|" + ask, want: out("button returned:, text returned:, gave up:true\n")},
		{name: "nobody, forever", args: `-e|display dialog "x"`, want: errText(125, "macsim: nobody is at the Mac to answer\n")},
		{name: "usual button", args: `-e|display dialog "x"`, change: types, want: out("button returned:OK\n")},
		{name: "text kept", args: `-e|display dialog "x" default answer "a \"b\" \\ c"`, change: person(state.Answer{}), want: out("button returned:OK, text returned:a \"b\" \\ c\n")},
		{name: "button by number", args: `-e|display dialog "x" default button 1 buttons {"A", "B"}`, change: types, want: out("button returned:A\n")},
		{name: "alert", args: `-e|display alert "x" message "y" as critical buttons {"A", "B"} giving up after 5`, change: types, want: out("button returned:B, gave up:false\n")},
		{name: "notification", args: `-e|display notification "x" with title "T" subtitle "S" sound name "Ping"`, want: out("")},
		{name: "language", args: `-l|AppleScript|-e|display alert "x"`, change: types, want: out("button returned:OK\n")},
		{name: "standard input", stdin: "-- asks\ndisplay dialog \"x\" ¬\n  buttons {\"Yes\"}\n", change: types, want: out("button returned:Yes\n")},
		{name: "hyphen", args: "-", stdin: "display alert \"x\"", change: types, want: out("button returned:OK\n")},
		{name: "icon from a file", args: `-e|display dialog "x" with icon POSIX file "/a.icns"`, change: types, want: out("button returned:OK\n")},
		{name: "icon in brackets", args: `-e|display dialog "x" with icon (POSIX file "/a.icns")`, change: types, want: out("button returned:OK\n")},
		{
			name: "block of two", args: `-e|tell application "Finder"|-e|activate|-e|display alert "x"|-e|display dialog "y"|-e|end tell`,
			change: person(state.Answer{}, state.Answer{Button: "OK"}, state.Answer{Away: true}, state.Answer{}), want: out("button returned:OK\n"), after: left(2),
		},
		{name: "no such button", args: "-e|" + ask, change: person(state.Answer{Button: "Later"}), want: errText(125, "macsim: the dialog of osascript has no button \"Later\"\n")},
		{name: "quit", args: "-e|" + ask, change: person(state.Answer{Quit: true}), want: errText(125, "macsim: an osascript dialog cannot be quit\n")},
	})
}

// An answer can be asked for in a statement of its own.
func TestOsascriptResult(t *testing.T) {
	const ask = `display dialog "x" default answer ""`
	types := person(state.Answer{Text: "geheim"})
	testAnswers(t, osascriptPath, []answerCase{
		{name: "text", args: "-e|" + ask + "|-e|text returned of result", change: types, want: out("geheim\n")},
		{name: "button", args: "-e|" + ask + "|-e|return the button returned of the result", change: types, want: out("OK\n")},
		{name: "whole", args: "-e|" + ask + "|-e|result", change: types, want: out("button returned:OK, text returned:geheim\n")},
		{name: "told to an application", args: `-e|Tell application "System Events" to ` + ask + "|-e|text returned of result", change: types, want: out("geheim\n")},
		{name: "in a block", args: `-e|tell app "Finder"|-e|` + ask + "|-e|text returned of (result)|-e|end tell", change: types, want: out("geheim\n")},
		{name: "variable", args: "-e|set Typed to text returned of (" + ask + ")|-e|return typed", change: types, want: out("geheim\n")},
		{name: "variable alone", args: "-e|set typed to text returned of (" + ask + ")|-e|typed", change: types, want: out("geheim\n")},
		{name: "set last", args: "-e|set typed to the text returned of (" + ask + ")", change: types, want: out("geheim\n")},
		{
			name: "two of one", args: "-e|set answer to " + ask + "|-e|set b to button returned of answer|-e|set t to text returned of answer|-e|b",
			change: types, want: out("OK\n"),
		},
		{name: "of the later one", args: "-e|" + ask + `|-e|display alert "y"|-e|button returned of result`, change: person(state.Answer{Text: "geheim"}, state.Answer{}), want: out("OK\n"), after: left(1)},
		{name: "nobody", args: "-e|" + ask + " giving up after 5|-e|text returned of result", want: out("\n")},
		{name: "cancelled", args: "-e|" + ask + "|-e|text returned of result", change: person(state.Answer{Cancel: true}), want: errText(1, "0:36: execution error: User canceled. (-128)\n")},
		{name: "notification behind", args: "-e|" + ask + `|-e|display notification "y"`, change: types, want: out("")},
	})
}

func TestOsascriptErrors(t *testing.T) {
	cancels := person(state.Answer{Cancel: true})
	atLoginWindow := func(m *state.Mac) { m.Console = state.Console{} }
	testAnswers(t, osascriptPath, []answerCase{
		{name: "cancelled", args: `-e|display dialog "hé?"`, change: cancels, want: errText(1, "0:20: execution error: User canceled. (-128)\n")},
		{
			name: "as seen on a Mac", change: cancels,
			args: `-e|tell app "System Events" to display dialog "Creek Themes Toolkit: \n\nWARNING: This theme file (blah.html) was edited in the browser. \n\nAre you sure you want to save?"`,
			want: errText(1, "28:169: execution error: System Events got an error: User canceled. (-128)\n"),
		},
		{name: "in brackets", args: `-e|text returned of (display dialog "x" default answer "")`, change: cancels, want: errText(1, "18:54: execution error: User canceled. (-128)\n")},
		{name: "cancel button", args: `-e|display dialog "x" buttons {"No", "Yes"} cancel button "No"`, change: person(state.Answer{Button: "No"}), want: errText(1, "0:59: execution error: User canceled. (-128)\n")},
		{name: "nothing to cancel", args: `-e|display dialog "x" buttons {"No"}`, change: cancels, want: errText(125, "macsim: the dialog of osascript has no button to cancel it\n")},
		{name: "stops there", args: `-e|display dialog "x"|-e|display alert "y"`, change: person(state.Answer{Cancel: true}, state.Answer{}), want: errText(1, "0:18: execution error: User canceled. (-128)\n"), after: left(1)},
		{name: "login window", args: `-e|display dialog "x"`, change: atLoginWindow, want: errText(1, "0:18: execution error: No user interaction allowed. (-1713)\n")},
		{name: "another user", args: `-e|display dialog "x"`, user: "boss", want: errText(1, "0:18: execution error: No user interaction allowed. (-1713)\n")},
		{
			name: "application at the login window", args: `-e|tell application "Finder" to display alert "x"`, change: atLoginWindow,
			want: errText(1, "macsim: osascript -e tell application \"Finder\" to display alert \"x\" fails where nobody is logged in, in words that nobody has published\n"),
		},
	})
}

func TestOsascriptKnowsNoMore(t *testing.T) {
	for _, script := range []string{
		`do shell script "id"`, `display dialog`, `display dialog "x" with pride`, `display dialog "x" & "y"`,
		`display dialog "x" default button "Maybe"`, `display dialog "x" default button 3`, `display dialog "x" buttons {"a","b","c","d"}`,
		`display notification "x" buttons {"a"}`, `display alert "x" default answer ""`, `text returned of (display dialog "x")`,
		`display dialog "x" giving up after soon`, `tell application "Finder"` + "\n" + `display alert "x"`, `display dialog "x`, ``,
		`display dialog "a\q"`, `tell application Finder to display alert "x"`, `(display alert "x"`, `display alert "x" display alert "y"`,
		`text returned of result`, "display dialog \"x\"\ntext returned of result", "display dialog \"x\"\nbutton returned of answer",
		"display dialog \"x\"\nactivate\nresult", "display notification \"x\"\nresult", `set a to display notification "x"`,
		"set a to button returned of (display dialog \"x\")\nbutton returned of a", "set a to button returned of (display dialog \"x\")\nbutton returned of result",
		"display dialog \"x\"\nreturn result\ndisplay dialog \"y\"", `set result to display dialog "x"`, `set 1 to display dialog "x"`, `set a display dialog "x"`,
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			c := Call{Path: osascriptPath, Args: []string{"-e", script}}
			want := errText(125, "macsim: osascript -e "+script+" is not simulated\n")
			if got := Answer(officeWith(t, person(state.Answer{})), c); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestOsascriptArguments(t *testing.T) {
	testAnswers(t, osascriptPath, []answerCase{
		{name: "other language", args: "-l|JavaScript|-e|1", want: errText(125, "macsim: osascript -l JavaScript -e 1 is not simulated\n")},
		{name: "flag", args: `-ss|-e|display alert "x"`, want: errText(125, "macsim: osascript -ss -e display alert \"x\" is not simulated\n")},
		{name: "file", args: "/tmp/a.scpt", want: errText(125, "macsim: osascript /tmp/a.scpt is not simulated\n")},
		{name: "word behind the script", args: `-e|display alert "x"|word`, want: errText(125, "macsim: osascript -e display alert \"x\" word is not simulated\n")},
	})
}
