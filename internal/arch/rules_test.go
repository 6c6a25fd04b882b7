package arch_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// The house rules that a syntax tree can show. Each rule is a function that
// returns its violations in one file, so that it can be tried on code that is
// wrong; an exception has a name and a reason.

const longestFunction = 60 // lines, with its braces

// mutableAllowed are variables that hold something that could be changed, and
// why they may. Compiled regular expressions, errors, embedded files, arrays and
// checks of an interface need no entry.
func mutableAllowed() map[string]string {
	return map[string]string{
		"cmd/tokenward.version":        "set by the linker when a release is built",
		"internal/fault.passed":        "tag faults: counts the points of one process",
		"internal/fault.killAt":        "tag faults: read once from the environment",
		"internal/fault.counter":       "tag faults: opened once",
		"server/store/sqlite.original": "tag faults: SQLite is one per process, and so are its hooks",
		"server/web.style":             "embedded; only written to answers",
	}
}

// longAllowed are functions that may be longer, and why.
func longAllowed() map[string]string { return map[string]string{} }

// undocumentedAllowed are exported names without a comment, and why.
func undocumentedAllowed() map[string]string { return map[string]string{} }

// clockAllowed are places in pure code that ask for the time: there are none.
func clockAllowed() map[string]string { return map[string]string{} }

func TestHouseRules(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		name    string
		check   func(source) []violation
		allowed map[string]string
	}{
		{"no func init", initFunctions, nil},
		{"no mutable package variable", mutableVariables, mutableAllowed()},
		{"functions of at most 60 lines", longFunctions, longAllowed()},
		{"exported names have a comment", undocumented, undocumentedAllowed()},
		{"loggers are given, and their fields are typed", looseLogging, nil},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			used := map[string]bool{}
			for _, s := range production(t) {
				for _, v := range rule.check(s) {
					used[v.name] = true
					if rule.allowed[v.name] == "" {
						t.Errorf("%s: %s: %s", v.where, rule.name, v.name)
					}
				}
			}
			unused(t, "the list of exceptions", allTrue(rule.allowed), used)
		})
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, s := range production(t) {
		comments[s.dir] += 0
		if s.ast.Doc == nil {
			continue
		}
		comments[s.dir]++
		text, kind := s.ast.Doc.Text(), "Package "+s.ast.Name.Name+" "
		if s.ast.Name.Name == "main" {
			kind = "Command " + s.dir[strings.LastIndexByte(s.dir, '/')+1:] + " "
		}
		if !strings.HasPrefix(text, kind) {
			t.Errorf("%s: the comment does not begin with %q", s.name, kind)
		}
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments", dir, n)
		}
	}
}

func TestPureCodeHasNoClock(t *testing.T) {
	t.Parallel()
	for _, s := range production(t) {
		if !slices.Contains(pure(), s.dir) {
			continue
		}
		for _, v := range clockReads(s) {
			if clockAllowed()[v.name] == "" {
				t.Errorf("%s: %s: pure code is given the time", v.where, v.name)
			}
		}
	}
}

// A violation is one place at which a rule does not hold. Its name is what an
// exception would be listed under.
type violation struct{ name, where string }

func initFunctions(s source) (found []violation) {
	for _, d := range s.ast.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, violation{s.dir + ".init", s.where(f)})
		}
	}
	return found
}

func mutableVariables(s source) (found []violation) {
	for _, d := range s.ast.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				if name.Name != "_" && !fixed(v, i) {
					found = append(found, violation{s.dir + "." + name.Name, s.where(name)})
				}
			}
		}
	}
	return found
}

// fixed recognises the few shapes of a variable that nobody has a reason to
// change. Anything else, whatever its type, asks for a name in the list.
func fixed(v *ast.ValueSpec, i int) bool {
	if selector(v.Type) == "embed.FS" {
		return true
	}
	if i >= len(v.Values) {
		return false
	}
	switch value := v.Values[i].(type) {
	case *ast.CallExpr:
		return slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile", "pattern.Lazy"}, selector(value.Fun))
	case *ast.CompositeLit: // an array, with its length or [...]
		array, ok := value.Type.(*ast.ArrayType)
		return ok && array.Len != nil
	}
	return false
}

func longFunctions(s source) (found []violation) {
	for _, d := range s.ast.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if lines := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; lines > longestFunction {
			found = append(found, violation{s.dir + "." + functionName(f), s.where(f)})
		}
	}
	return found
}

// undocumented looks at what a reader of the package's documentation sees. In a
// group of constants or variables one comment may serve all. Error and Unwrap
// are what the language says they are.
func undocumented(s source) (found []violation) {
	missing := func(name string, at ast.Node) {
		found = append(found, violation{s.dir + "." + name, s.where(at)})
	}
	for _, d := range s.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && visible(d.Recv) && !ofErrors(d) {
				missing(functionName(d), d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if names := exportedNames(spec); d.Doc == nil && len(names) > 0 && !commented(spec) {
					missing(names[0], spec)
				}
			}
		}
	}
	return found
}

func ofErrors(f *ast.FuncDecl) bool {
	return f.Recv != nil && (f.Name.Name == "Error" || f.Name.Name == "Unwrap")
}

// visible: a method is seen with its type.
func visible(receiver *ast.FieldList) bool {
	return receiver == nil || ast.IsExported(receiverName(receiver))
}

func exportedNames(spec ast.Spec) (names []string) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = []string{spec.Name.Name}
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			names = append(names, n.Name)
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return !ast.IsExported(n) })
}

func commented(spec ast.Spec) bool {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return spec.Doc != nil || spec.Comment != nil
	case *ast.ValueSpec:
		return spec.Doc != nil || spec.Comment != nil
	}
	return true
}

// looseLogging finds the ways by which a whole struct, and what is secret in
// it, gets into a log.
func looseLogging(s source) []violation {
	return selectors(s, func(name string) bool {
		return slices.Contains([]string{"zap.Any", "zap.Reflect", "zap.Inline", "zap.NewProduction", "zap.NewDevelopment", "zap.L", "zap.S", "zap.ReplaceGlobals"}, name) ||
			strings.HasSuffix(name, ".Sugar")
	})
}

func clockReads(s source) []violation {
	return selectors(s, func(name string) bool {
		return slices.Contains([]string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.NewTimer", "time.NewTicker", "time.Tick", "time.AfterFunc"}, name)
	})
}

func selectors(s source, wrong func(name string) bool) (found []violation) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if e, ok := n.(*ast.SelectorExpr); ok && wrong(selector(e)) {
			found = append(found, violation{s.dir + "." + selector(e), s.where(e)})
		}
		return true
	})
	return found
}

// selector writes "a.b"; where a is no plain name, ".b".
func selector(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok {
		return x.Name + "." + s.Sel.Name
	}
	return "." + s.Sel.Name
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	return receiverName(f.Recv) + "." + f.Name.Name
}

func receiverName(receiver *ast.FieldList) string {
	e := receiver.List[0].Type
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

func allTrue(table map[string]string) map[string]bool {
	all := map[string]bool{}
	for name := range table {
		all[name] = true
	}
	return all
}
