package tool

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// edit is a verb that changes a record. documented: in the source, that a path
// which leads nowhere comes before everything else, and that create makes what
// is missing on the way.
func (d directory) edit() Reply {
	p, ok := escapedPlace(d.args[0])
	if !ok || p.name == "" || d.node != localNode || d.plist {
		return notSimulated(d.c)
	}
	exists := d.exists(p)
	wholeRecord := d.verb == "delete" && len(d.args) == 1
	switch {
	case !exists && d.verb != "create":
		return d.invalidPath()
	case !d.c.isRoot():
		return noPermission.status(either(wholeRecord, "delete", "attribute"))
	case wholeRecord:
		return d.deleteRecord(p)
	case !exists:
		if r := d.createRecord(p); r != (Reply{}) {
			return r
		}
	}
	if len(d.args) == 1 {
		return Reply{}
	}
	return d.change(p)
}

func (d directory) exists(p place) bool {
	if p.kind == "Groups" {
		_, ok := d.m.Group(p.name)
		return ok
	}
	_, ok := localAccount(d.m, p.name)
	return ok
}

// createRecord makes a user without a password. observed (26): it prints
// nothing.
func (d directory) createRecord(p place) Reply {
	if p.kind == "Groups" {
		return notSimulated(d.c)
	}
	none := state.NoPassword
	return d.do("attribute", &state.Create{User: p.name, With: state.DirectoryTools, Password: &none})
}

// deleteRecord removes a user and leaves the home. community: a token holder
// cannot be removed.
func (d directory) deleteRecord(p place) Reply {
	if p.kind == "Groups" {
		return notSimulated(d.c)
	}
	a, _ := localAccount(d.m, p.name)
	return d.do("delete", &state.Delete{User: a.Name, With: state.ByDscl})
}

// do lets it happen, and prints nothing where it does.
func (d directory) do(what string, e state.Event) Reply {
	why, err := d.m.Do(d.c.At, e)
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		return Reply{}
	case why == state.NotPermitted || why == state.LastOne || why == state.NeedsToken:
		return noPermission.status(what)
	case why == state.AccountExists:
		return alreadyExists.status(what)
	}
	return unpublished(d.c, 1, "("+string(why)+")")
}

// set changes what no event changes.
func (d directory) set(change func()) Reply {
	change()
	d.m.Revision++
	return Reply{}
}

// change is a verb on an attribute: key, then values.
func (d directory) change(p place) Reply {
	key, values := standardKey(d.args[1]), d.args[2:]
	if d.verb == "change" {
		return d.exchange(p, key, values)
	}
	if p.kind == "Groups" {
		return d.changeGroup(p, key, values)
	}
	return d.changeUser(p, key, values)
}

// exchange puts a new value in the place of an old one. community: the refusal
// where that is not there.
func (d directory) exchange(p place, key string, values []string) Reply {
	if len(values) != 2 {
		return notSimulated(d.c)
	}
	a, ok := d.recordsOf(p)[0].find(key)
	if !ok || !slices.Contains(a.values, values[0]) {
		return noAttribute.status("attribute")
	}
	if len(a.values) > 1 {
		return notSimulated(d.c)
	}
	d.verb = "create"
	if p.kind == "Groups" {
		return d.changeGroup(p, key, values[1:])
	}
	return d.changeUser(p, key, values[1:])
}

// standardKey is the name of an attribute without a prefix. The names that the
// record's file has for some of them are understood too. observed (26).
func standardKey(key string) string {
	key = strings.TrimPrefix(strings.TrimPrefix(key, standardPrefix), nativePrefix)
	switch key {
	case "uid":
		return "UniqueID"
	case "gid":
		return "PrimaryGroupID"
	case "home":
		return "NFSHomeDirectory"
	case "shell":
		return "UserShell"
	case "realname":
		return "RealName"
	case "generateduid":
		return "GeneratedUID"
	}
	return key
}
