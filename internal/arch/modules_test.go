package arch_test

import (
	"slices"
	"strings"
	"testing"
)

// modules says which of our packages may import which module of other people,
// and which part of the standard library that can do harm. Packages of a module
// are allowed together. docs/dependencies.md says why each module is here.
func modules() map[string]string {
	return map[string]string{
		"github.com/groob/plist":           "internal/plistx internal/floor/daemon", // unsafe on hostile input; plistx checks first
		"github.com/spf13/viper":           "agent/config internal/floor/daemon",
		"github.com/go-viper/mapstructure": "agent/config",
		"go.yaml.in/yaml/v3":               "agent/config internal/macsim internal/macsim/state",
		"github.com/kardianos/service":     "cmd/tokenward internal/floor/daemon launchd", // launchd is its service.System on a Mac
		"github.com/spf13/cobra":           "cmd/macsim cmd/realmac cmd/tokenward cmd/tokenward-server",
		"github.com/spf13/pflag":           "cmd/tokenward cmd/tokenward-server",
		"go.uber.org/zap": "agent agent/control agent/log agent/uplink cmd/tokenward cmd/tokenward-server internal/floor/daemon server server/api server/auth server/ingest " +
			"server/problem server/web",
		"github.com/dunglas/httpsfv":         "internal/reqsign",
		"github.com/remitly-oss/httpsig-go":  "server/auth",
		"filippo.io/age":                     "agent/identity",
		"github.com/google/uuid":             "agent agent/config/publish agent/spool server/ingest server/store/sqlite server/store/storetest",
		"github.com/klauspost/compress/zstd": "server/ingest server/store/sqlite",
		"modernc.org/sqlite":                 "server/store/sqlite",
		"modernc.org/libc":                   "server/store/sqlite", // under a crash test only
		"github.com/mattn/go-runewidth":      "cmd/tokenward/internal/view",
		"golang.org/x/sync/errgroup":         "agent/log collectors internal/floor/daemon server",
		"github.com/fsnotify/fsnotify":       "agent/watch",
		"golang.org/x/sys/unix":              "agent agent/control agent/watch cmd/realmac cmd/tokenward internal/macsim internal/wallclock", // on a Mac: since when it runs, its clocks and its network, and whether it is translated; terminals of real and simulated tools
		"github.com/smallstep/pkcs7":         "internal/macsim/mdm",                                                                          // signs what a simulated Mac tells a real server
		"golang.org/x/text/unicode/norm":     "internal/wire",                                                                                // a pseudonym is of a name, however it is composed
		"golang.org/x/term":                  "cmd/realmac cmd/tokenward",
	}
}

// risky parts of the standard library, and who may import them. What can start
// a program, open a connection, read memory as something else or fill text into
// a language without quoting is asked for by name.
func risky() map[string]string {
	return map[string]string{
		"os/exec": "cmd/demo cmd/footprint cmd/realmac internal/floor/daemon internal/run", // the only way out to a program; realmac has a list of its own, of commands that ask a Mac
		"syscall": "agent agent/control agent/log agent/uplink agent/watch cmd/demo cmd/footprint cmd/realmac cmd/tokenward cmd/tokenward-server internal/fault " +
			"internal/floor internal/floor/daemon internal/macsim internal/reach internal/rootfile internal/run internal/simdisk",
		"net": "agent agent/config agent/control agent/uplink cmd/footprint internal/reach server", // config: is this address a loopback one?
		"net/http": "agent agent/control agent/identity agent/uplink cmd/demo cmd/footprint cmd/tokenward-server internal/floor/daemon internal/macsim/mdm internal/reach " +
			"internal/reqsign server server/api server/auth server/ingest server/problem server/web",
		"crypto/tls":     "agent/uplink internal/reach server",
		"database/sql":   "server/store/sqlite",
		"html/template":  "server/web",                                                    // quotes by place; text/template never does
		"reflect":        "agent/config collectors internal/macsim/state internal/plistx", // plistx fills typed values; config and state walk a type beside a document, to name the line of a mistake; collectors compares answers
		"unsafe":         "server/store/sqlite",                                           // under a crash test only
		"testing":        "internal/floor server/store/storetest",                         // exported for benchmarks and for contract tests; see what must not be shipped
		"os/signal":      "cmd/demo cmd/footprint cmd/realmac cmd/tokenward cmd/tokenward-server internal/floor/daemon",
		"flag":           "cmd/demo cmd/footprint",
		"crypto/sha1":    "internal/macsim/tool",          // names a key distribution centre, protects nothing
		"math/rand/v2":   "agent/uplink internal/simdisk", // spreads load, guards nothing
		"text/template":  "",
		"plugin":         "",
		"encoding/gob":   "internal/macsim/state", // for the next tool of a simulated Mac
		"os/user":        "",                      // asks the directory by a way that no recording holds
		"net/rpc":        "",
		"net/smtp":       "",
		"net/http/cgi":   "",
		"net/http/pprof": "",
		"expvar":         "",
		"log":            "", // zap is injected
		"log/slog":       "",
		"log/syslog":     "",
		"math/rand":      "",
		"crypto/md5":     "",
		"crypto/des":     "",
		"crypto/rc4":     "",
		"io/ioutil":      "",
		"runtime/cgo":    "",
		"C":              "",
	}
}

// testModules are for tests alone, for those of any package.
func testModules() []string {
	return []string{"pgregory.net/rapid", "go.uber.org/goleak", "github.com/santhosh-tekuri/jsonschema/v6"}
}

// testRisky says what the tests of every package may import of the risky parts.
// A module that any production package may use, any test may use as well.
func testRisky() []string {
	return []string{"testing", "flag", "os/exec", "os/signal", "syscall", "net", "net/http", "net/http/httptest", "reflect", "crypto/tls", "database/sql", "log/slog", "math/rand/v2"}
}

// pure packages turn values into values: the same in, the same out, on every
// system. They may import nothing that can look at the world.
func pure() []string {
	return []string{"health", "health/evidence", "health/plan", "health/runbook", "collectors/parse", "internal/plistx", "internal/secret", "internal/wire"}
}

// world is what a pure package may not import. Package time is allowed for its
// types; that nobody asks it for the time, TestPureCodeHasNoClock checks.
func world() []string {
	return []string{"os", "os/...", "io/fs", "path/filepath", "net", "net/...", "context", "sync", "sync/...", "runtime", "runtime/...", "math/rand/...", "crypto/rand", "embed"}
}

func TestModules(t *testing.T) {
	t.Parallel()
	table := modules()
	allowed, used := edges(table), map[string]bool{}
	for _, b := range builds() {
		names, packages := ours(t, b)
		for _, name := range names {
			for _, importPath := range thirdParty(packages[name].Imports) {
				edge := moduleOf(importPath, table) + " → " + name
				used[edge] = true
				if !allowed[edge] {
					t.Errorf("%s: %s imports %s: the table of modules forbids it", b, name, importPath)
				}
			}
			for _, importPath := range thirdParty(slices.Concat(packages[name].TestImports, packages[name].XTestImports)) {
				if moduleOf(importPath, table) == "" && !slices.Contains(testModules(), importPath) {
					t.Errorf("%s: the tests of %s import %s, which is in no table of modules", b, name, importPath)
				}
			}
		}
	}
	unused(t, "the table of modules", allowed, used)
}

func TestRiskyStandardPackages(t *testing.T) {
	t.Parallel()
	table := risky()
	allowed, used := edges(table), map[string]bool{}
	for _, b := range builds() {
		names, packages := ours(t, b)
		for _, name := range names {
			p := packages[name]
			for _, importPath := range p.Imports {
				edge := importPath + " → " + name
				used[edge] = true
				if _, listed := table[importPath]; listed && !allowed[edge] {
					t.Errorf("%s: %s imports %s: the table of risky packages forbids it", b, name, importPath)
				}
			}
			for _, importPath := range slices.Concat(p.TestImports, p.XTestImports) {
				if _, listed := table[importPath]; listed && !slices.Contains(testRisky(), importPath) {
					t.Errorf("%s: the tests of %s import %s: not in the list for tests", b, name, importPath)
				}
			}
		}
	}
	unused(t, "the table of risky packages", allowed, used)
}

func TestPureCodeSeesNoWorld(t *testing.T) {
	t.Parallel()
	for _, b := range builds() {
		_, packages := ours(t, b)
		for _, name := range pure() {
			for _, importPath := range packages[name].Imports {
				if matchesAny(importPath, world()) {
					t.Errorf("%s: %s imports %s, but is to be a pure function of its input", b, name, importPath)
				}
			}
		}
	}
}

func thirdParty(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		_, own := short(p)
		host, _, _ := strings.Cut(p, "/")
		return own || !strings.Contains(host, ".")
	})
}

// moduleOf returns the entry of the table that an import belongs to.
func moduleOf(importPath string, table map[string]string) string {
	for entry := range table {
		if importPath == entry || strings.HasPrefix(importPath, entry+"/") {
			return entry
		}
	}
	return ""
}
