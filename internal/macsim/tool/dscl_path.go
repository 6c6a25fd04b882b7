package tool

import (
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// place is what a path leads to: all records of a type, or the one of a name.
type place struct {
	kind string // Users or Groups
	name string // empty: the type itself
}

// placeOf splits a path. A first slash may be missing. documented: in the
// source.
func placeOf(path string) (place, bool) {
	kind, name, _ := strings.Cut(strings.Trim(path, "/"), "/")
	ok := (kind == "Users" || kind == "Groups") && !strings.Contains(name, "/")
	return place{kind, name}, ok
}

// escapedPlace splits a path in which a backslash or a percent sign stands for
// another character. documented: in the source, for all verbs but read.
func escapedPlace(path string) (place, bool) {
	path = strings.NewReplacer(`\/`, "%2f", `\\`, "%5c", `\`, "").Replace(path)
	p, ok := placeOf(path)
	name, decoded := percentDecoded(p.name)
	p.name = name
	return p, ok && decoded
}

func percentDecoded(s string) (string, bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "%")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		if len(after) < 2 {
			return "", false
		}
		code, err := strconv.ParseUint(after[:2], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(code))
		s = after[2:]
	}
}

// localAccount finds a user of the local node, where accounts that are not
// cached have no record. documented.
func localAccount(m *state.Mac, name string) (*state.Account, bool) {
	a, ok := m.Account(name)
	return a, ok && a.Kind != state.Network
}

// knownAccount finds a user as the search node does. inferred: that one who is
// not cached is unknown while the directory service cannot be reached.
func knownAccount(m *state.Mac, name string) (*state.Account, bool) {
	a, ok := m.Account(name)
	return a, ok && (a.Kind != state.Network || inDirectory(m, a))
}

// inDirectory says whether the directory service shows a record of the account
// now.
func inDirectory(m *state.Mac, a *state.Account) bool {
	answers := m.Directory.Forest != "" && !m.Directory.Down && !m.Offline
	return answers && a.OriginalNode != "" && !a.OffNode
}
