package arch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "github.com/tokenward/tokenward"
	root   = "../.."
)

// build is one way in which the repository is compiled.
type build struct{ os, arch, tags string }

func (b build) String() string { return strings.TrimSuffix(b.os+"-"+b.arch+"-"+b.tags, "-") }

var (
	darwin = build{"darwin", "arm64", ""}
	linux  = build{"linux", "amd64", ""}
)

// builds lists every way: what a tag or an operating system adds must be in the
// tables as well.
func builds() []build {
	return []build{darwin, linux, {"darwin", "arm64", "faults"}, {"linux", "amd64", "faults"}}
}

// pkg is what go list says of one package.
type pkg struct {
	ImportPath   string
	Name         string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

// short is the name of the package in the tables; false where it is not ours.
func short(importPath string) (string, bool) {
	return strings.CutPrefix(importPath, module+"/")
}

// lists holds one function for each build that was asked for.
var lists sync.Map

// list asks the go command, once for each build, for all packages: ours and
// those that they need.
//
// go test reuses the result of a test whose files have not changed, and knows
// only of files that the test itself has opened. So sources, which opens all of
// them, comes first.
func list(t *testing.T, b build) map[string]pkg {
	t.Helper()
	sources(t)
	ask, _ := lists.LoadOrStore(b, sync.OnceValues(func() (map[string]pkg, error) { return goList(b) }))
	all, err := ask.(func() (map[string]pkg, error))()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func goList(b build) (map[string]pkg, error) {
	fields := "-json=ImportPath,Name,Standard,Imports,TestImports,XTestImports,Deps"
	cmd := exec.CommandContext(context.Background(), "go", "list", "-mod=readonly", "-deps", fields, "-tags="+b.tags, "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+b.os, "GOARCH="+b.arch, "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w\n%s", b, err, &stderr)
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", b, err)
		}
		all[p.ImportPath] = p
	}
}

// ours returns our packages of a build by their short names, sorted.
func ours(t *testing.T, b build) (names []string, packages map[string]pkg) {
	t.Helper()
	packages = map[string]pkg{}
	for importPath, p := range list(t, b) {
		if name, ok := short(importPath); ok {
			packages[name] = p
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, packages
}

// source is one Go file of the repository, under whatever build tags.
type source struct {
	name string // from the root of the repository, with slashes
	dir  string
	test bool
	ast  *ast.File
}

// where names a place as an editor takes it.
func (s source) where(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.name, files.Position(n.Pos()).Line)
}

var (
	files   = token.NewFileSet()
	parsing sync.Once
	parsed  []source
	errRead error
)

// sources parses every Go file of the module, once.
func sources(t *testing.T) []source {
	t.Helper()
	parsing.Do(func() { parsed, errRead = parseAll() })
	if errRead != nil {
		t.Fatal(errRead)
	}
	return parsed
}

func parseAll() ([]source, error) {
	if _, err := os.ReadFile(filepath.Join(root, "go.mod")); err != nil { // see list
		return nil, err
	}
	var all []source
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(file, d.Name())
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		s, err := parseFile(file)
		all = append(all, s)
		return err
	})
	return all, err
}

// skip leaves out what is not of this module: hidden folders, test data, and
// folders with a go.mod of their own.
func skip(dir, name string) error {
	if dir == root {
		return nil
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	if err == nil || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	return nil
}

func parseFile(file string) (source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return source{}, err
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return source{}, err
	}
	name = filepath.ToSlash(name)
	tree, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{name: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), ast: tree}, err
}

// production returns the files that are not tests.
func production(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(sources(t)), func(s source) bool { return s.test })
}

// unused reports what a table allows and nothing needs any more, so that a hole
// in a wall is closed when nobody goes through it.
func unused(t *testing.T, table string, allowed, used map[string]bool) {
	t.Helper()
	for entry := range allowed {
		if !used[entry] {
			t.Errorf("%s allows %s, which nothing needs: remove it from the table", table, entry)
		}
	}
}
