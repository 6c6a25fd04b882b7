package parse_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
)

// testdata holds one file a case: the name of the parser, a dot, the name of
// the case. Its first line is the JSON that is expected, or "unreadable"; the
// rest is what the tool printed.
func cases(tb testing.TB) map[string][2]string {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.*.txt")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	all := map[string][2]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		want, output, _ := strings.Cut(string(data), "\n")
		all[strings.TrimSuffix(filepath.Base(f), ".txt")] = [2]string{want, output}
	}
	return all
}

func TestParsers(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for name, c := range cases(t) {
		id, _, _ := strings.Cut(name, ".")
		tried[id] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := parse.ByID(id)
			if err != nil {
				t.Fatal(err)
			}
			for ending, text := range map[string]string{"LF": c[1], "CRLF": strings.ReplaceAll(c[1], "\n", "\r\n"), "CR": strings.ReplaceAll(c[1], "\n", "\r")} {
				if got := read(t, p, text); got != c[0] {
					t.Errorf("with %s: got  %s\nwant %s", ending, got, c[0])
				}
			}
		})
	}
	for _, p := range parse.Parsers() {
		if !tried[p.ID] {
			t.Errorf("no case for %s", p.ID)
		}
	}
}

func read(t *testing.T, p parse.Parser, text string) string {
	t.Helper()
	v, err := p.Read([]byte(text))
	if errors.Is(err, parse.ErrUnreadable) {
		return "unreadable"
	}
	if err != nil {
		t.Fatalf("an error of another kind: %v", err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// silence are the parsers of tools that say no by printing nothing.
func silence() []string { return []string{"dsconfigad-show"} }

// Of all other tools, nothing at all is a failure.
func TestSilenceIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, p := range parse.Parsers() {
		answers := slices.Contains(silence(), p.ID)
		for name, text := range map[string]string{"nothing": "", "blank lines": "\n \n\t\n"} {
			if v, err := p.Read([]byte(text)); errors.Is(err, parse.ErrUnreadable) == answers {
				t.Errorf("%s reads %s as %+v, %v", p.ID, name, v, err)
			}
		}
	}
}

// No tool says any of this, so no parser may find an answer in it.
func TestNoParserGuesses(t *testing.T) {
	t.Parallel()
	for _, p := range parse.Parsers() {
		for name, text := range map[string]string{
			"NUL bytes":            "profiles: Bootstrap Token supported on server: YES\n\x00",
			"another language":     "Profile: Bootstrap-Token vom Server unterstützt: JA\nFileVault ist aktiviert.\nSicherheitstoken ist AKTIVIERT\n",
			"a shell's complaint":  "sh: command not found\n",
			"HTML of a portal":     "<html><body>Please log in</body></html>\n",
			"a plist of something": `<?xml version="1.0"?><plist version="1.0"><dict><key>Error</key><true/></dict></plist>`,
			"binary":               "\xff\xfe\x00\x01",
			"a megabyte":           strings.Repeat("lorem ipsum and more and more of it\n", 30_000),
		} {
			if v, err := p.Read([]byte(text)); !errors.Is(err, parse.ErrUnreadable) {
				t.Errorf("%s reads %s as %+v, %v", p.ID, name, v, err)
			}
		}
	}
}

// What a tool says, cut off anywhere, may lose lines but never turn into
// another answer: YES never becomes NO, a token never disappears.
func TestTruncationNeverChangesAnAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range cases(t) {
		id, _, _ := strings.Cut(name, ".")
		p, err := parse.ByID(id)
		if err != nil {
			t.Fatal(err)
		}
		full, err := p.Read([]byte(c[1]))
		if err != nil {
			continue
		}
		for i := range c[1] {
			part, err := p.Read([]byte(c[1][:i]))
			if err != nil {
				continue
			}
			if contradicts(t, full, part) {
				t.Errorf("%s: cut after %d bytes it reads as %s", name, i, read(t, p, c[1][:i]))
				break
			}
		}
	}
}

// contradicts says whether a boolean or a word that both texts give differs. A
// list may be shorter only in the formats that cannot announce their length.
func contradicts(t *testing.T, full, part any) bool {
	t.Helper()
	var a, b map[string]any
	for v, to := range map[*map[string]any]any{&a: full, &b: part} {
		data, err := json.Marshal(to)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, v); err != nil { // an answer without parts
			var whole any
			if err := json.Unmarshal(data, &whole); err != nil {
				t.Fatal(err)
			}
			*v = map[string]any{"": whole}
		}
	}
	for key, whole := range a {
		switch got := b[key].(type) {
		case bool:
			if want, ok := whole.(bool); ok && got && !want {
				return true
			}
		case string:
			if key == "token" && got != "unknown" && got != whole {
				return true
			}
		}
	}
	return false
}
