package macsim

import (
	"slices"
	"strings"
)

// dscl answers for the local node: users, and the group admin.
func (m *Mac) dscl(c Call) Reply {
	args, show := c.Args, showText
	if len(args) > 0 && args[0] == "-plist" {
		args, show = args[1:], showPlist
	}
	if len(args) < 3 || args[0] != "." && args[0] != "/Local/Default" {
		return notSimulated(c)
	}
	verb, path, asked := strings.TrimPrefix(args[1], "-"), args[2], args[3:]
	name, isUser := strings.CutPrefix(path, "/Users/")
	switch {
	case verb == "readall" && path == "/Users":
		return show(m.allUsers(), asked, true)
	case verb == "read" && path == "/Groups/admin":
		return show([]record{m.adminGroup()}, asked, false)
	case verb == "read" && isUser && name != "":
		return m.readUser(name, asked, show)
	}
	return notSimulated(c)
}

// readUser looks a user up by any record name. observed (26): the refusal; its
// exit code is the error's number modulo 256.
func (m *Mac) readUser(name string, asked []string, show shower) Reply {
	a, ok := m.account(name)
	if !ok {
		return refused(56, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)")
	}
	return show([]record{m.userRecord(a)}, asked, false)
}

// allUsers are all records by name. inferred: the order.
func (m *Mac) allUsers() []record {
	accounts := slices.SortedFunc(slices.Values(m.Accounts), func(a, b Account) int {
		return strings.Compare(a.Name, b.Name)
	})
	var records []record
	for _, a := range accounts {
		records = append(records, m.userRecord(a))
	}
	return records
}

// A shower prints records, of each the attributes asked for, or all where none
// are named. many is the answer to readall.
type shower func(records []record, asked []string, many bool) Reply

// showText is the form for people. observed (26): a line "-" between records;
// a missing attribute is mentioned on the error stream, but not by readall.
func showText(records []record, asked []string, many bool) Reply {
	var reply Reply
	for i, r := range records {
		if i > 0 {
			reply.Stdout += "-\n"
		}
		for _, a := range r.only(asked) {
			reply.Stdout += a.text()
		}
		if !many {
			reply.Stderr += r.missing(asked)
		}
	}
	return reply
}

// showPlist is the form for programs. community: every value is a list of
// strings, readall gives a list of records, and what is missing is left out.
func showPlist(records []record, asked []string, many bool) Reply {
	all := list{}
	for _, r := range records {
		d := dict{}
		for _, a := range r.only(asked) {
			values := list{}
			for _, v := range a.values {
				values = append(values, v)
			}
			d[a.fullName()] = values
		}
		all = append(all, d)
	}
	if many {
		return Reply{Stdout: document(all)}
	}
	return Reply{Stdout: document(all[0])}
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

// missing is what dscl says of attributes that are not there.
func (r record) missing(asked []string) string {
	var lines []string
	for _, name := range asked {
		if !slices.ContainsFunc(r, func(a attribute) bool { return a.answersTo(name) }) {
			lines = append(lines, "No such key: "+name)
		}
	}
	return joined(lines)
}

// text is one line, or, where a value has a blank in it, a line for each.
// observed (26): also that only native attributes show their prefix.
func (a attribute) text() string {
	key := a.name
	if a.native {
		key = a.fullName()
	}
	if slices.ContainsFunc(a.values, func(v string) bool { return strings.Contains(v, " ") }) {
		return key + ":\n " + strings.Join(a.values, "\n ") + "\n"
	}
	return key + ": " + strings.Join(a.values, " ") + "\n"
}
