package arch_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the lists of what the shipped programs contain")

// Every package of other people that a shipped program contains is in a list
// that a person has looked at: an upgrade that pulls in a new one shows as a
// line of a diff.
func TestShippedDependencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		program string
		build   build
	}{
		{"tokenward", darwin},
		{"tokenward-server", linux},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", c.program+"."+c.build.String()+".txt")
			got := shippedDependencies(t, c.program, c.build)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := diffLines(string(want), got); diff != "" {
				t.Errorf("cmd/%s no longer contains what %s lists:\n%s"+
					"If that is meant, say why in docs/dependencies.md and run: go test ./internal/arch -run TestShippedDependencies -update",
					c.program, path, diff)
			}
		})
	}
}

func shippedDependencies(t *testing.T, program string, b build) string {
	t.Helper()
	all := list(t, b)
	var names []string
	for _, dep := range thirdParty(all[module+"/cmd/"+program].Deps) {
		if !all[dep].Standard { // the library brings its own copies of golang.org/x along
			names = append(names, dep)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "\n") + "\n"
}

// diffLines compares two sorted lists: what is gone and what is new.
func diffLines(want, got string) string {
	before, after := strings.Fields(want), strings.Fields(got)
	var diff strings.Builder
	for _, line := range before {
		if !slices.Contains(after, line) {
			diff.WriteString("  - " + line + "\n")
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			diff.WriteString("  + " + line + "\n")
		}
	}
	return diff.String()
}

func TestDiffLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want, got, diff string }{
		{"the same", "a\nb\n", "a\nb\n", ""},
		{"one more", "a\n", "a\nb\n", "  + b\n"},
		{"one less", "a\nb\n", "b\n", "  - a\n"},
		{"another", "a\n", "b\n", "  - a\n  + b\n"},
	} {
		if diff := diffLines(c.want, c.got); diff != c.diff {
			t.Errorf("%s: %q", c.name, diff)
		}
	}
}
