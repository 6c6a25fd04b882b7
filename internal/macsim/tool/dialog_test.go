package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const dialogPath = "/usr/local/bin/dialog"

func TestDialogAnswers(t *testing.T) {
	const ask = "--title|IT|--message|Your password|--icon|SF=lock|--small|--ontop|--moveable|--blurscreen|--button1text|Go|--button2text|Later|--infobuttontext|Why|--textfield|Password,secure,required,prompt=x"
	types := person(state.Answer{Text: `a/"b"\c`})
	testAnswers(t, dialogPath, []answerCase{
		{name: "typed", args: ask, change: types, want: out("Password : a/\"b\"\\c\n"), after: left(1)},
		{name: "json", args: ask + "|--json", change: types, want: out("{\n  \"Password\" : \"a\\/\\\"b\\\"\\\\c\"\n}\n")},
		{name: "named button", args: ask, change: person(state.Answer{Button: "Go", Text: "x"}), want: out("Password : x\n")},
		{name: "second button", args: ask, change: person(state.Answer{Button: "Later", Text: "x"}), want: Reply{Exit: 2}},
		{name: "escape", args: ask, change: person(state.Answer{Cancel: true}), want: Reply{Exit: 2}},
		{name: "info button", args: ask + "|--quitoninfo", change: person(state.Answer{Button: "Why"}), want: Reply{Exit: 3}},
		{name: "info button that stays", args: ask, change: person(state.Answer{Button: "Why"}), want: errText(125, "macsim: the info button leaves the dialog open\n")},
		{name: "quit", args: ask, change: person(state.Answer{Quit: true}, state.Answer{}), want: Reply{Exit: 10}, after: left(1)},
		{name: "timer", args: ask + "|--timer|60", change: person(state.Answer{Away: true}), want: Reply{Exit: 4}},
		{name: "nobody and a timer", args: ask + "|--timer", want: Reply{Exit: 4}},
		{name: "nobody", args: ask, want: errText(125, "macsim: nobody is at the Mac to answer\n")},
		{name: "required", args: ask, change: person(state.Answer{}), want: errText(125, "macsim: the dialog stays open: \"Password\" is required\n")},
		{name: "other button", args: ask, change: person(state.Answer{Button: "No"}), want: errText(125, "macsim: the dialog has no button \"No\"\n")},
		{name: "nothing to press", args: "--message|x|--button1text|none", change: person(state.Answer{}), want: errText(125, "macsim: the dialog has no button to press\n")},
		{name: "nothing to cancel", args: "--message|x", change: person(state.Answer{Cancel: true}), want: errText(125, "macsim: the dialog has no button to cancel it\n")},
		{name: "usual buttons", args: "--mini|--button2|--infobutton|--quitoninfo", change: person(state.Answer{Button: "More Information"}), want: Reply{Exit: 3}},
		{name: "usual second button", args: "-2", change: person(state.Answer{Button: "Cancel"}), want: Reply{Exit: 2}},
		{name: "two fields", args: "--textfield|A|--textfield|B,value=b", change: person(state.Answer{Text: "x"}), want: out("A : x\nB : b\n")},
		{name: "json of two", args: "-j|--textfield|A|--textfield|B,value=b", change: person(state.Answer{Text: "x"}), want: out("{\n  \"A\" : \"x\",\n  \"B\" : \"b\"\n}\n")},
		{name: "as the user", args: "--message|x", user: "clerk", change: person(state.Answer{}), want: out("")},
	})
}

func TestDialogChoices(t *testing.T) {
	testAnswers(t, dialogPath, []answerCase{
		{
			name: "one", args: "--textfield|A|--selecttitle|Size,required|--selectvalues|S, M,L|--selectdefault|M", change: person(state.Answer{Text: "x"}),
			want: out("A : x\n\"SelectedOption\" : \"M\"\n\"SelectedIndex\" : 1\n\"Size\" : \"M\"\n\"Size\" index : \"1\"\n"),
		},
		{
			name: "two", args: "--selecttitle|Size|--selectvalues|S|--selecttitle|Hue|--selectvalues|red|--selectdefault|red", change: person(state.Answer{}),
			want: out("\"Size\" : \"\"\n\"Size\" index : \"-1\"\n\"Hue\" : \"red\"\n\"Hue\" index : \"0\"\n"),
		},
		{name: "as json", args: "--json|--selecttitle|A|--selectvalues|B", want: errText(125, "macsim: dialog --json --selecttitle A --selectvalues B is not simulated\n")},
		{name: "values of nothing", args: "--selectvalues|B", want: errText(125, "macsim: dialog --selectvalues B is not simulated\n")},
		{name: "default of a text", args: "--textfield|A|--selectdefault|B", want: errText(125, "macsim: dialog --textfield A --selectdefault B is not simulated\n")},
		{name: "radio buttons", args: "--selecttitle|A,radio", want: errText(125, "macsim: dialog --selecttitle A,radio is not simulated\n")},
	})
}

func TestDialogStarts(t *testing.T) {
	installed := func(m *state.Mac) {
		m.Packages = []state.Package{{ID: "other", Version: "1"}, {ID: "au.csiro.dialogcli", Version: "2.5.6.4805"}}
	}
	testAnswers(t, dialogPath, []answerCase{
		{name: "version", args: "--version", change: installed, want: out("2.5.6.4805\n")},
		{name: "version unknown", args: "-v", want: errText(125, "macsim: dialog -v is not simulated\n")},
		{name: "login window", args: "--message|x", change: func(m *state.Mac) { m.Console = state.Console{} }, want: Reply{Exit: 255, Stdout: "Cannot run. No console user, or at loginwindow.\n"}},
		{name: "another user", args: "--message|x", user: "boss", want: errText(125, "macsim: a dialog of somebody who is not on the screen is not simulated\n")},
		{name: "no options", want: errText(125, "macsim: dialog is not simulated\n")},
		{name: "unknown option", args: "--massage|x", want: errText(125, "macsim: dialog --massage x is not simulated\n")},
		{name: "word", args: "--mini|x", want: errText(125, "macsim: dialog --mini x is not simulated\n")},
		{name: "two options in one", args: "--mini --json", want: errText(125, "macsim: dialog --mini --json is not simulated\n")},
		{name: "modifier", args: "--textfield|A,regex=x", want: errText(125, "macsim: dialog --textfield A,regex=x is not simulated\n")},
		{name: "json of nothing", args: "--json", want: errText(125, "macsim: dialog --json is not simulated\n")},
	})
}
