package tool

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// dialog is swiftDialog, which the person of the state answers. observed: its
// source, versions 1 and 2: what it prints; documented: its exit codes.
func dialog(m *state.Mac, c *Call) Reply {
	options, ok := dialogOptions(c.Args)
	if !ok || len(options) == 0 {
		return notSimulated(c)
	}
	if slices.ContainsFunc(options, func(o dialogOption) bool { return o.name == "--version" || o.name == "-v" }) {
		return dialogVersion(m, c)
	}
	w, ok := newWindow(options)
	if !ok || w.json && (len(w.fields) == 0 || slices.ContainsFunc(w.fields, func(f windowField) bool { return f.choice })) {
		return notSimulated(c)
	}
	switch {
	case m.Console.User == "":
		return Reply{Exit: 255, Stdout: "Cannot run. No console user, or at loginwindow.\n"}
	case !canShow(m, c):
		return own("a dialog of somebody who is not on the screen is not simulated")
	}
	return w.ask(m)
}

// dialogVersion is the version of the installed package. inferred: it is the one
// of the receipt.
func dialogVersion(m *state.Mac, c *Call) Reply {
	i := slices.IndexFunc(m.Packages, func(p state.Package) bool { return p.ID == "au.csiro.dialogcli" })
	if i < 0 {
		return notSimulated(c)
	}
	return printed(m.Packages[i].Version)
}

// ask is what the person does with the window. documented: the exit codes.
func (w *window) ask(m *state.Mac) Reply {
	answer, there := nextAnswer(m)
	switch {
	case !there && w.timer:
		return Reply{Exit: 4}
	case !there:
		return own("nobody is at the Mac to answer")
	case answer.Quit:
		return Reply{Exit: 10}
	case answer.Cancel && w.button2 == "":
		return own("the dialog has no button to cancel it")
	case answer.Cancel:
		return Reply{Exit: 2}
	}
	button := either(answer.Button == "", w.button1, answer.Button)
	switch {
	case button == "":
		return own("the dialog has no button to press")
	case button == w.button1:
		return w.accept(answer.Text)
	case button == w.button2:
		return Reply{Exit: 2}
	case button == w.info && w.infoQuits:
		return Reply{Exit: 3}
	case button == w.info:
		return own("the info button leaves the dialog open")
	}
	return own(fmt.Sprintf("the dialog has no button %q", button))
}

// accept is the first button, which stays in vain while a required field is
// empty. The person types into the first field and leaves every choice as it is.
func (w *window) accept(typed string) Reply {
	first := slices.IndexFunc(w.fields, func(f windowField) bool { return !f.choice })
	if first >= 0 && typed != "" {
		w.fields[first].value = typed
	}
	for _, f := range w.fields {
		if f.required && f.value == "" {
			return own(fmt.Sprintf("the dialog stays open: %q is required", f.title))
		}
	}
	if w.json {
		return printed(w.jsonLines()...)
	}
	return printed(w.lines()...)
}

// lines are the answers in the form for people. observed: texts first, then a
// single choice under a name that is always the same, then all choices.
func (w *window) lines() []string {
	var texts, choices []string
	for _, f := range w.fields {
		if f.choice {
			choices = append(choices, pair(f.title, f.value), fmt.Sprintf("\"%s\" index : \"%d\"", f.title, f.index()))
		} else {
			texts = append(texts, f.title+" : "+f.value)
		}
	}
	if len(choices) == 2 {
		f := w.fields[slices.IndexFunc(w.fields, func(f windowField) bool { return f.choice })]
		texts = append(texts, pair("SelectedOption", f.value), fmt.Sprintf("\"SelectedIndex\" : %d", f.index()))
	}
	return append(texts, choices...)
}

func pair(title, value string) string { return `"` + title + `" : "` + value + `"` }

// index is the place of the choice, -1 where nothing is chosen.
func (f windowField) index() int { return slices.Index(f.choices, f.value) }

// jsonLines are the answers in the form for programs. community: the form, in
// which a slash has a backslash before it; inferred: the order, since
// swiftDialog has none.
func (w *window) jsonLines() []string {
	lines := []string{"{"}
	for i, f := range w.fields {
		comma := either(i < len(w.fields)-1, ",", "")
		lines = append(lines, "  "+jsonText(f.title)+" : "+jsonText(f.value)+comma)
	}
	return append(lines, "}")
}

// jsonText is a text as Apple's JSON writer has it.
func jsonText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if i := strings.IndexRune("\"\\/\n\r\t\b\f", r); i >= 0 {
			b.WriteString(`\` + string(`"\/nrtbf`[i]))
		} else {
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
