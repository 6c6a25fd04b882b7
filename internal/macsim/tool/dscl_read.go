package tool

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// read shows one record, on the search node one from each node that has it.
// observed (26): the refusal.
func (d directory) read() Reply {
	p, ok := placeOf(d.args[0])
	if !ok || p.name == "" || !readable(d.args[1:]) {
		return notSimulated(d.c)
	}
	records := d.recordsOf(p)
	if len(records) == 0 {
		return noRecord.refusal()
	}
	return d.show(records, d.args[1:])
}

// recordsOf looks a record up by any of its names.
func (d directory) recordsOf(p place) []record {
	if p.kind == "Groups" {
		g, ok := d.m.Group(p.name)
		if !ok {
			return nil
		}
		return []record{groupRecord(d.m, g)}
	}
	a, ok := d.m.Account(p.name)
	if !ok {
		return nil
	}
	var records []record
	if a.Kind != state.Network {
		records = append(records, userRecord(d.m, a))
	}
	if d.node == searchNode && inDirectory(d.m, a) {
		records = append(records, networkRecord(a))
	}
	return records
}

// readable says whether the names of attributes are simulated where something is
// read: not those of the record's file, nor those for whole groups of them.
func readable(keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool {
		bare := strings.TrimPrefix(strings.TrimPrefix(key, standardPrefix), nativePrefix)
		return standardKey(key) != bare || strings.HasPrefix(key, "dsAttributes")
	})
}

// all are the records of a type, for the verbs that go through them. The search
// node is simulated on a Mac that is bound to nothing, where it is the same.
func (d directory) all(path string) ([]record, bool) {
	p, ok := escapedPlace(path)
	if !ok || p.name != "" || d.node == searchNode && d.m.Directory.Forest != "" {
		return nil, false
	}
	if p.kind == "Groups" {
		return allGroups(d.m), true
	}
	return allUsers(d.m), true
}

// allUsers are the local users by name, capitals first. The source of 10.7
// ignores case here as list does; nobody has published the whole of a recent
// answer.
func allUsers(m *state.Mac) []record {
	var records []record
	for i := range m.Accounts {
		if m.Accounts[i].Kind != state.Network {
			records = append(records, userRecord(m, &m.Accounts[i]))
		}
	}
	slices.SortFunc(records, func(a, b record) int { return strings.Compare(a.name(), b.name()) })
	return records
}

// allGroups are the groups by name. observed (26).
func allGroups(m *state.Mac) []record {
	var records []record
	for i := range m.Groups {
		records = append(records, groupRecord(m, &m.Groups[i]))
	}
	slices.SortFunc(records, func(a, b record) int { return strings.Compare(a.name(), b.name()) })
	return records
}

func (d directory) readAll() Reply {
	records, ok := d.all(d.args[0])
	if !ok || !readable(d.args[1:]) {
		return notSimulated(d.c)
	}
	return d.showAll(records, d.args[1:])
}

// list shows the names, with a key what each record says of it. documented: in
// the source, in an order that ignores case, and the widest name sets the
// column; community: a name with a dot in front is not listed.
func (d directory) list() Reply {
	records, ok := d.all(d.args[0])
	if !ok || len(d.args) > 2 || !readable(d.args[1:]) || d.plist {
		return notSimulated(d.c)
	}
	records = slices.DeleteFunc(records, func(r record) bool { return strings.HasPrefix(r.name(), ".") })
	slices.SortStableFunc(records, func(a, b record) int {
		return strings.Compare(strings.ToLower(a.name()), strings.ToLower(b.name()))
	})
	if len(d.args) == 2 {
		return Reply{Stdout: listColumns(records, d.args[1])}
	}
	var b strings.Builder
	for _, r := range records {
		b.WriteString(r.name() + "\n")
	}
	return Reply{Stdout: b.String()}
}

// listColumns are the names and the values of those records that have any. Each
// value has a blank before it. documented: in the source, in bytes.
func listColumns(records []record, key string) string {
	records = slices.DeleteFunc(records, func(r record) bool {
		_, ok := r.find(key)
		return !ok
	})
	width := 0
	for _, r := range records {
		width = max(width, len(r.name()))
	}
	var b strings.Builder
	for _, r := range records {
		a, _ := r.find(key)
		b.WriteString(r.name())
		b.WriteString(strings.Repeat(" ", width-len(r.name())+2))
		for _, v := range a.values {
			b.WriteString(" " + v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// search shows what has exactly that value, and prints nothing where nothing
// has. documented: in the source; inferred: the order.
func (d directory) search() Reply {
	records, ok := d.all(d.args[0])
	if !ok || len(d.args) > 3 || !readable(d.args[1:2]) || d.plist {
		return notSimulated(d.c)
	}
	var b strings.Builder
	for _, r := range records {
		if a, ok := r.find(d.args[1]); ok && slices.Contains(a.values, d.args[2]) {
			b.WriteString(r.name() + "\t\t" + a.shownName() + " = " + oldStyle(a.values) + "\n")
		}
	}
	return Reply{Stdout: b.String()}
}

// oldStyle is a list of texts in the old style of NeXT. community: the commas.
func oldStyle(values []string) string {
	var quotes []string
	for _, v := range values {
		quotes = append(quotes, "    "+quoted(v))
	}
	return "(\n" + strings.Join(quotes, ",\n") + "\n)"
}
