package tool

import (
	"slices"
	"strings"
)

// show prints one record after the other, of each the attributes asked for, or
// all where none are named.
func (d directory) show(records []record, asked []string) Reply {
	if d.plist {
		var b strings.Builder
		for _, r := range records {
			b.WriteString(document(r.only(asked).dict()))
		}
		return Reply{Stdout: b.String()}
	}
	var out, missing strings.Builder
	for _, r := range records {
		r.only(asked).writeText(&out)
		missing.WriteString(r.missing(asked))
	}
	return Reply{Stdout: out.String(), Stderr: missing.String()}
}

// showAll is the answer to readall. observed (26): a line "-" between records,
// and no word of what is missing; documented: in the source, the name is always
// among the attributes.
func (d directory) showAll(records []record, asked []string) Reply {
	if len(asked) > 0 {
		asked = append(slices.Clone(asked), "RecordName")
	}
	if d.plist {
		all := make(list, 0, len(records))
		for _, r := range records {
			all = append(all, r.only(asked).dict())
		}
		return Reply{Stdout: document(all)}
	}
	var b strings.Builder
	for i, r := range records {
		if i > 0 {
			b.WriteString("-\n")
		}
		r.only(asked).writeText(&b)
	}
	return Reply{Stdout: b.String()}
}

// dict is the form for programs. community: every value is a list of strings.
func (r record) dict() dict {
	d := make(dict, len(r))
	for _, a := range r {
		values := make(list, 0, len(a.values))
		for _, v := range a.values {
			values = append(values, v)
		}
		d[a.fullName()] = values
	}
	return d
}

// writeText is the form for people.
func (r record) writeText(b *strings.Builder) {
	for _, a := range r {
		a.writeText(b)
	}
}

// only keeps the attributes asked for, in the record's own order.
func (r record) only(asked []string) record {
	if len(asked) == 0 {
		return r
	}
	var kept record
	for _, a := range r {
		if slices.ContainsFunc(asked, a.answersTo) {
			kept = append(kept, a)
		}
	}
	return kept
}

// missing is what dscl says of attributes that are not there, of each once.
// documented: in the source; inferred: their order.
func (r record) missing(asked []string) string {
	var lines []string
	for _, name := range asked {
		line := "No such key: " + name
		if _, ok := r.find(name); !ok && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return joined(lines)
}

// writeText is one line, or, where a value has a blank in it, a line for each.
// observed (26): also that only native attributes show their prefix, and that
// the further lines of a value are not indented.
func (a attribute) writeText(b *strings.Builder) {
	gap := " "
	if slices.ContainsFunc(a.values, func(v string) bool { return strings.Contains(v, " ") }) {
		gap = "\n "
	}
	b.WriteString(a.shownName())
	b.WriteByte(':')
	for _, v := range a.values {
		b.WriteString(gap)
		b.WriteString(v)
	}
	b.WriteByte('\n')
}
