package arch_test

import (
	"fmt"
	"go/parser"
	"slices"
	"strings"
	"testing"
)

// A rule that finds nothing may be a rule that cannot find anything: each one
// is tried on code that breaks it, and on code that only looks like it.
func TestRulesFindWhatTheyForbid(t *testing.T) {
	t.Parallel()
	long := "func F() {" + strings.Repeat("\n", longestFunction-1) + "}"
	for _, c := range []struct {
		name  string
		check func(source) []violation
		code  string
		want  string // names without the folder, separated by blanks
	}{
		{"init", initFunctions, "func init() {}", "init"},
		{"a method called init", initFunctions, "type t int\nfunc (t) init() {}", ""},
		{"a map", mutableVariables, "var a = map[string]int{}", "a"},
		{"a slice", mutableVariables, "var a, b = []int{1}, [...]int{1}", "a"},
		{"a pointer", mutableVariables, "var a = &t{}\nvar b *t\nvar c = new(int)", "a b c"},
		{"what a function returns", mutableVariables, "var a = f()", "a"},
		{"errors and expressions", mutableVariables, "var a = errors.New(``)\nvar ( b = regexp.MustCompile(``) )\nvar _ i = t{}\nvar c embed.FS", ""},
		{"a constant", mutableVariables, "const a = 1", ""},
		{"60 lines", longFunctions, long, ""},
		{"61 lines", longFunctions, strings.Replace(long, "}", "\n}", 1), "F"},
		{"no comment", undocumented, "func F() {}\ntype T int\nfunc (T) M() {}\nconst C = 1\nvar V, w = 1, 2", "F T T.M C V"},
		{"a comment each", undocumented, "// F.\nfunc F() {}\n// T.\ntype T[A any] int\n// M.\nfunc (T[A]) M() {}", ""},
		{"a comment for a group", undocumented, "// All.\nconst (\n\tA = 1\n\tB = 2\n)\nconst (\n\tC = 1 // C.\n\tD = 2\n)", "D"},
		{"nobody sees them", undocumented, "func f() {}\ntype t int\nfunc (t) M() {}\nfunc (*t) N() {}", ""},
		{"an error", undocumented, "// T.\ntype T int\nfunc (T) Error() string { return `` }\nfunc Error() {}", "Error"},
		{"a pointer receiver", undocumented, "// T.\ntype T int\nfunc (*T) M() {}", "T.M"},
		{"zap", looseLogging, "func f() { log.Info(``, zap.Any(``, 1)); log.Named(``).Sugar(); zap.String(``, ``) }", "zap.Any .Sugar"},
		{"the clock", clockReads, "func f(t time.Time) { time.Now(); t.Sub(t); time.Unix(1, 2) }", "time.Now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			name := fmt.Sprintf("%s.go", t.Name())
			tree, err := parser.ParseFile(files, name, "package p\n"+c.code, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range c.check(source{name: name, dir: "p", ast: tree}) {
				got = append(got, strings.TrimPrefix(v.name, "p."))
			}
			if want := strings.Fields(c.want); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// The tables name packages that exist; a typing error in one would otherwise
// allow nothing and forbid nothing.
func TestTablesNamePackagesThatExist(t *testing.T) {
	t.Parallel()
	_, packages := ours(t, linux)
	tables := map[string][]string{"pure": pure(), "simulatorMustNotKnow": simulatorMustNotKnow(), "everyTest": everyTest()}
	for from, row := range imports() {
		tables["imports"] = append(tables["imports"], append(strings.Fields(row), from)...)
	}
	for from, row := range testImports() {
		tables["testImports"] = append(tables["testImports"], append(strings.Fields(row), from)...)
	}
	for _, table := range []map[string]string{modules(), risky()} {
		for _, row := range table {
			tables["modules"] = append(tables["modules"], strings.Fields(row)...)
		}
	}
	for table, names := range tables {
		for _, name := range names {
			if packages[name].ImportPath == "" {
				t.Errorf("%s names %s, which does not exist", table, name)
			}
		}
	}
}

func TestMatchesAny(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path, pattern string
		want          bool
	}{
		{"testing", "testing", true},
		{"testing/fstest", "testing", false},
		{"testing/fstest", "testing/...", true},
		{"testingx/a", "testing/...", false},
	} {
		if got := matchesAny(c.path, []string{c.pattern}); got != c.want {
			t.Errorf("%s, %s: %v", c.path, c.pattern, got)
		}
	}
}
