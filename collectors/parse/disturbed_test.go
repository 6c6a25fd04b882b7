package parse_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
)

// disturbances are what can happen to a tool's text on its way to a parser, or in
// another version of macOS.
func disturbances() map[string]func(string) string {
	each := func(change func([]string) []string) func(string) string {
		return func(text string) string {
			return strings.Join(change(strings.SplitAfter(text, "\n")), "")
		}
	}
	words := func(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }
	return map[string]func(string) string{
		"said twice":       func(text string) string { return text + text },
		"every line twice": each(func(lines []string) []string { return slices.Concat(slices.Collect(doubled(lines))...) }),
		"another order": each(func(lines []string) []string {
			slices.Reverse(lines)
			return lines
		}),
		"a warning before it":       func(text string) string { return "2026-03-04 05:06:07.000 tool[1:2] warning: something\n" + text },
		"a warning after it":        func(text string) string { return text + "warning: something happened\n" },
		"warnings between":          each(func(lines []string) []string { return interleaved(lines, "warning: something happened\n") }),
		"German":                    words("YES", "JA", "NO", "NEIN", "Yes", "Ja", "No", "Nein", "true", "wahr", "false", "falsch", "Enabled", "Aktiviert", "On.", "Ein.", "Off.", "Aus."),
		"Chinese":                   words("YES", "是", "NO", "否", "Yes", "是", "No", "否", "true", "真", "false", "假", "Enabled", "已启用", "On.", "打开。", "Off.", "关闭。"),
		"other capitals":            words("YES", "yes", "NO", "no", "Yes", "YES", "No", "NO", "true", "True", "false", "False"),
		"bytes that are no text":    words("YES", "Y\xffS", "Yes", "Y\xffs", "true", "tr\xffe", "= 1", "= \xff", "Enabled", "En\xffbled"),
		"a NUL":                     words("YES", "YES\x00", "Yes", "Yes\x00", "true", "true\x00", "= 1", "= 1\x00"),
		"another separator":         words(": ", " = ", " = ", ": "),
		"more words in a line":      each(func(lines []string) []string { return suffixed(lines, " (since macOS 99)") }),
		"a version from the future": words("Bootstrap Token", "Bootstrap Credential", "FileVault", "DataVault", "Daemon response", "Daemon answer"),
	}
}

func doubled(lines []string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for _, l := range lines {
			if !yield([]string{l, l}) {
				return
			}
		}
	}
}

func interleaved(lines []string, noise string) (all []string) {
	for _, l := range lines {
		all = append(all, l, noise)
	}
	return all
}

func suffixed(lines []string, suffix string) []string {
	for i, l := range lines {
		if text, ok := strings.CutSuffix(l, "\n"); ok && text != "" {
			lines[i] = text + suffix + "\n"
		}
	}
	return lines
}

// Whatever happens to a text, a parser reads the same in it, reads less, or
// refuses: never another answer.
func TestDisturbedTextIsNeverAnotherAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range cases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, _, _ := strings.Cut(name, ".")
			p, err := parse.ByID(id)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := p.Read([]byte(c[1]))
			if err != nil {
				return
			}
			for what, disturb := range disturbances() {
				text := disturb(c[1])
				v, err := p.Read([]byte(text))
				if err != nil || allowed(id, what) {
					continue
				}
				if !agrees(generic(t, whole), generic(t, v)) {
					t.Errorf("%s: it reads %s, and undisturbed %s", what, read(t, p, text), read(t, p, c[1]))
				}
			}
		})
	}
}

// allowed are disturbances that another Mac could print: there, another answer is
// the right one.
func allowed(id, what string) bool {
	switch id {
	case "fdesetup-list-extended":
		return what == "a version from the future" // there is a user of that name
	case "dscl-read-user":
		// The text form is not safe against any line that is not its own; the agent
		// asks for property lists.
		return what == "another order" || what == "warnings between"
	}
	return false
}

func generic(t *testing.T, v any) (out any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// agrees says whether what was read says nothing else than the whole: values may
// be missing, and lists be in another order, but nothing is there that was not.
func agrees(whole, got any) bool {
	switch got := got.(type) {
	case nil:
		return true
	case string: // the words for what is not known
		return reflect.DeepEqual(whole, got) || got == "unknown" || got == "other"
	case map[string]any:
		w, ok := whole.(map[string]any)
		if !ok {
			return false
		}
		for key, v := range got {
			if !agrees(w[key], v) {
				return false
			}
		}
		return true
	case []any:
		w, ok := whole.([]any)
		if !ok {
			return len(got) == 0
		}
		for _, v := range got {
			if !slices.ContainsFunc(w, func(x any) bool { return reflect.DeepEqual(x, v) || agrees(x, v) && !isScalar(v) }) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(whole, got)
}

func isScalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// Ten megabytes, of the tool's own words or of others, are read or refused, and
// soon.
func TestTenMegabytes(t *testing.T) {
	t.Parallel()
	const size = 10 << 20
	longest := map[string]string{}
	for name, c := range cases(t) {
		id, _, _ := strings.Cut(name, ".")
		if c[0] != "unreadable" && len(c[1]) > len(longest[id]) {
			longest[id] = c[1]
		}
	}
	for _, p := range parse.Parsers() {
		text := longest[p.ID]
		for what, big := range map[string][]byte{
			"the text again and again": bytes.Repeat([]byte(text), size/max(len(text), 1)),
			"one line for ever":        append([]byte(strings.TrimRight(text, "\n")), bytes.Repeat([]byte("x"), size)...),
		} {
			t.Run(fmt.Sprintf("%s, %s", p.ID, what), func(t *testing.T) {
				t.Parallel()
				v, err := p.Read(big)
				if err != nil {
					return
				}
				whole, err := p.Read([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				if !agrees(generic(t, whole), generic(t, v)) {
					t.Error("it is another answer")
				}
			})
		}
	}
}
