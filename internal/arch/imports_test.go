package arch_test

import (
	"slices"
	"strings"
	"testing"
)

// imports says which of our packages a package may import outside its tests.
// Every package has a row, and a row holds what is needed and no more.
//
// The ideas behind the rows:
//   - evidence knows nobody, the model knows evidence alone, so neither can ask
//     the Mac, the clock or the network;
//   - what talks to the Mac (run, collectors) knows no verdict, and what judges
//     knows no tool;
//   - the parts of the agent do not know each other: package agent joins them;
//   - the simulator knows nothing of the diagnosis, so it cannot answer what we
//     hope to read.
func imports() map[string]string {
	return map[string]string{
		"health/evidence": "",
		"health":          "health/evidence",
		"health/proof":    "", // tests alone
		"health/plan":     "health",
		"health/runbook":  "health health/evidence health/plan",

		"internal/arch":  "",
		"internal/floor": "", // for benchmarks

		"internal/floor/daemon": "", // a program of its own, that is measured beside the agent
		"cmd/footprint/tool":    "",
		"cmd/footprint":         "agent/control agent/power collectors internal/macsim internal/macsim/state internal/paths internal/plistx internal/run",

		"internal/fault":     "", // marks the steps at which crash tests kill; empty in what is shipped
		"internal/paths":     "",
		"internal/pattern":   "",
		"internal/plistx":    "",
		"internal/secret":    "",
		"internal/reqsign":   "",
		"internal/spelling":  "",
		"internal/wallclock": "",
		"internal/rootfile":  "internal/fault",
		"internal/simdisk":   "internal/rootfile", // for tests
		"internal/chaos":     "",                  // tests alone
		"internal/run":       "internal/rootfile",
		"internal/reach":     "internal/run",
		"internal/wire":      "health health/evidence internal/secret",

		"internal/macsim/state": "",
		"internal/macsim/tool":  "internal/macsim/state",
		"internal/macsim/mdm":   "internal/macsim/state internal/rootfile",
		"internal/macsim":       "internal/macsim/mdm internal/macsim/state internal/macsim/tool internal/rootfile internal/run internal/spelling",

		"internal/macsim/modelcheck": "", // tests alone
		"internal/macsim/conform":    "internal/macsim/state internal/macsim/tool",

		"collectors/parse":  "health/evidence internal/pattern internal/plistx",
		"collectors":        "collectors/parse health/evidence internal/run internal/wallclock",
		"collectors/redact": "health/evidence internal/pattern internal/plistx internal/run",

		"launchd":        "internal/paths internal/plistx internal/rootfile internal/run",
		"agent/config":   "health internal/paths internal/plistx internal/rootfile internal/secret internal/spelling internal/wire", // health: the policy; wire: labels are a type of the report
		"agent/control":  "agent/supervise internal/rootfile internal/wire",
		"agent/identity": "internal/reqsign internal/rootfile internal/wallclock internal/wire",
		"agent/schedule": "internal/wallclock internal/wire",
		"agent/spool":    "internal/rootfile internal/wire",
		"agent/uplink":   "internal/fault internal/reqsign internal/rootfile internal/secret internal/wire",
		"agent/watch":    "internal/wallclock",
		"agent": "agent/config agent/control agent/crash agent/identity agent/log agent/power agent/schedule agent/spool agent/supervise agent/uplink agent/watch collectors health health/evidence " +
			"internal/paths internal/rootfile internal/run internal/secret internal/wallclock internal/wire",
		"agent/power":     "internal/run internal/wallclock",
		"agent/crash":     "internal/rootfile",
		"agent/log":       "internal/rootfile internal/run",
		"agent/supervise": "",

		"agent/config/publish": "agent/config internal/paths internal/plistx", // profiles, manifest, schema, documentation

		"server/store":           "health internal/wire",
		"server/store/sqlite":    "health internal/fault internal/rootfile internal/wire server/store",
		"server/store/storetest": "health internal/reqsign internal/wire server/store",
		"server/freshfile":       "",                           // a value read from files, read again when they change
		"server/problem":         "internal/wire server/store", // one place that says which error has which status
		"server/auth":            "internal/reqsign internal/rootfile internal/wire server/freshfile server/problem server/store",
		"server/ingest":          "health internal/fault internal/wire server/auth server/problem server/store", // auth: whose key signed
		"server/api":             "internal/wire server/auth server/problem server/store",                       // auth: who decides
		"server/web":             "health internal/wire server/auth server/problem server/store",                // auth: whether people show who they are
		"server":                 "internal/reqsign internal/rootfile internal/wire server/api server/auth server/freshfile server/ingest server/problem server/store server/store/sqlite server/web",

		"cmd/tokenward/internal/doctor": "internal/wire",
		"cmd/tokenward/internal/view":   "cmd/tokenward/internal/doctor health internal/wire", // how a report looks at a terminal
		"cmd/tokenward": "agent agent/config agent/config/publish agent/control agent/identity agent/log cmd/tokenward/internal/doctor cmd/tokenward/internal/view collectors " +
			"collectors/parse collectors/redact health health/plan internal/paths internal/reach internal/run internal/spelling internal/wire launchd",
		"cmd/tokenward-server": "internal/rootfile internal/wire server server/auth",
		"cmd/macsim":           "internal/macsim internal/macsim/state internal/run",
		"cmd/realmac":          "internal/macsim internal/macsim/conform internal/macsim/state",
		"cmd/demo":             "internal/macsim internal/wire", // it builds and starts the programs rather than importing them
	}
}

// testImports says what a package's tests may import besides the row of the
// package, the package itself, and those that every test may use.
func testImports() map[string]string {
	return map[string]string{
		"agent/uplink":      "agent/identity",              // keys that are real, beside a server that verifies
		"agent":             "internal/floor internal/run", // what the same tools cost without us
		"agent/spool":       "internal/floor",              // what a bare write and fsync costs
		"collectors/redact": "collectors",                  // recordings of whole checks
		"internal/chaos": "agent agent/config agent/identity agent/watch collectors internal/paths internal/rootfile internal/run internal/secret internal/wire " +
			"server server/auth server/store server/store/sqlite", // a whole daemon beside the real server
		"internal/run":               "internal/floor",
		"health/proof":               "collectors health health/plan health/evidence",
		"internal/wire":              "collectors internal/run",        // reports of the scenarios; a runner with canaries
		"health":                     "collectors",                     // evidence of the scenarios comes through the real collectors
		"server/ingest":              "server/store internal/wire",     // a store of its own for the handler
		"server/store/sqlite":        "server/store/storetest",         // the contract suite
		"internal/macsim/modelcheck": "internal/macsim/tool",           // a tool does what its event does
		"internal/macsim":            "internal/floor internal/plistx", // what a tool costs beside nothing; its property lists are read back by the reader of the agent
		"cmd/tokenward":              "health/runbook",                 // whoever follows a page
		"cmd/tokenward-server":       "internal/reqsign",               // a test is a Mac that enrols
		"cmd/macsim":                 "internal/macsim/tool",           // its documentation lists every tool
	}
}

// everyTest are the packages that any test may import: the simulated Mac and its
// state, the simulated disk, and the names that a crash test gives to the program
// it kills.
func everyTest() []string {
	return []string{"internal/macsim", "internal/macsim/state", "internal/simdisk", "internal/fault"}
}

// simulatorMustNotKnow is checked over all its dependencies and its tests too:
// a simulator that sees the diagnosis sooner or later agrees with it.
func simulatorMustNotKnow() []string {
	return []string{"health", "health/evidence", "collectors", "collectors/parse"}
}

func TestImports(t *testing.T) {
	t.Parallel()
	table := imports()
	allowed, used := edges(table), map[string]bool{}
	for _, b := range builds() {
		names, packages := ours(t, b)
		for _, name := range names {
			if _, ok := table[name]; !ok {
				t.Errorf("%s has no row in the table of imports", name)
				continue
			}
			for _, to := range ourImports(packages[name].Imports) {
				edge := name + " → " + to
				used[edge] = true
				if !allowed[edge] {
					t.Errorf("%s: %s: the table of imports forbids it", b, edge)
				}
			}
		}
	}
	unused(t, "the table of imports", allowed, used)
	for name := range table {
		if _, packages := ours(t, linux); packages[name].ImportPath == "" {
			t.Errorf("the table of imports has a row for %s, which does not exist", name)
		}
	}
}

func TestImportsOfTests(t *testing.T) {
	t.Parallel()
	production, extra := edges(imports()), edges(testImports())
	for _, b := range builds() {
		names, packages := ours(t, b)
		for _, name := range names {
			for _, to := range ourImports(slices.Concat(packages[name].TestImports, packages[name].XTestImports)) {
				edge := name + " → " + to
				if to != name && !slices.Contains(everyTest(), to) && !production[edge] && !extra[edge] {
					t.Errorf("%s: the tests of %s: the table of test imports forbids it", b, edge)
				}
			}
		}
	}
}

// A shipped program must not contain what only a test or a demo needs, through
// however many steps.
func TestShippedProgramsContainNoTools(t *testing.T) {
	t.Parallel()
	forbidden := map[string][]string{
		"cmd/tokenward": {
			module + "/internal/macsim", module + "/internal/macsim/...", module + "/internal/simdisk", module + "/internal/arch", module + "/server", module + "/server/...",
			"testing", "testing/...", "database/sql", "modernc.org/...", "net/http/httptest", "net/http/pprof", "expvar", "plugin",
		},
		"cmd/tokenward-server": {
			module + "/internal/macsim", module + "/internal/macsim/...", module + "/internal/simdisk", module + "/internal/run", module + "/collectors", module + "/collectors/...", module + "/agent", module + "/agent/...",
			module + "/server/store/storetest", "testing", "testing/...", "net/http/httptest", "net/http/pprof", "expvar", "plugin",
		},
	}
	for name, patterns := range forbidden {
		for _, b := range []build{darwin, linux} {
			_, packages := ours(t, b)
			for _, dep := range packages[name].Deps {
				if matchesAny(dep, patterns) {
					t.Errorf("%s: %s contains %s", b, name, dep)
				}
			}
		}
	}
}

func TestSimulatorKnowsNoDiagnosis(t *testing.T) {
	t.Parallel()
	for _, b := range builds() {
		_, packages := ours(t, b)
		for _, name := range []string{"internal/macsim", "internal/macsim/conform", "internal/macsim/mdm", "internal/macsim/modelcheck", "internal/macsim/state", "internal/macsim/tool"} {
			simulator := packages[name]
			for _, dep := range ourImports(slices.Concat(simulator.Deps, simulator.TestImports, simulator.XTestImports)) {
				if slices.Contains(simulatorMustNotKnow(), dep) {
					t.Errorf("%s: %s knows %s", b, name, dep)
				}
			}
		}
	}
}

// edges turns the rows of a table into "from → to".
func edges(table map[string]string) map[string]bool {
	all := map[string]bool{}
	for from, row := range table {
		for to := range strings.FieldsSeq(row) {
			all[from+" → "+to] = true
		}
	}
	return all
}

func ourImports(paths []string) []string {
	var names []string
	for _, p := range paths {
		if name, ok := short(p); ok {
			names = append(names, name)
		}
	}
	return names
}

// matchesAny knows "a/b", and "a/..." for all that lies below a.
func matchesAny(importPath string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		below, tree := strings.CutSuffix(pattern, "...")
		return importPath == pattern || tree && strings.HasPrefix(importPath, below)
	})
}
