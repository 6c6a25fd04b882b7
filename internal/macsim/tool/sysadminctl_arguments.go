package tool

import (
	"slices"
	"strconv"
	"strings"
)

// accountOptions are the arguments of sysadminctl, and who authorises the call.
type accountOptions struct {
	verb   string
	values map[string]string // of what takes a value, the verb too
	words  []string          // what takes none

	granter         string  // empty: nobody
	granterPassword *string // nil: typed right, on the screen
}

// accountVerb is one thing that a call can do, and what goes with it.
type accountVerb struct {
	name   string
	wanted string // flags with a value that must be there
	flags  string // further flags with a value
	words  string
}

// accountVerbs are those that are simulated. observed (13.2.1): the usage text;
// inferred: a token is also taken away without a password.
func accountVerbs() []accountVerb {
	const by = " -adminUser -adminPassword"
	return []accountVerb{
		{"-secureTokenStatus", "", by, "interactive"},
		{"-secureTokenOn", "-password", by, "interactive"},
		{"-secureTokenOff", "", "-password" + by, "interactive"},
		{"-resetPasswordFor", "-newPassword", "-passwordHint" + by, "interactive"},
		{"-newPassword", "-oldPassword", "-passwordHint", ""},
		{"-addUser", "", "-fullName -UID -GID -shell -password -hint -home -picture" + by, "interactive -admin -roleAccount"},
		{"-deleteUser", "", by, "interactive -secure -keepHome"},
		{"-guestAccount", "", "", ""},
	}
}

// accountArguments reads the arguments, which may come in any order.
func accountArguments(args []string) (*accountOptions, bool) {
	o := &accountOptions{values: map[string]string{}}
	for i := 0; i < len(args); i++ {
		_, again := o.values[args[i]]
		switch {
		case isAccountWord(args[i]):
			o.words = append(o.words, args[i])
		case i+1 < len(args) && !again:
			o.values[args[i]] = args[i+1]
			i++
		default:
			return o, false
		}
	}
	return o, o.findVerb() && o.fitsTogether() && o.numbersFit()
}

func isAccountWord(arg string) bool {
	return slices.Contains([]string{"interactive", "-admin", "-roleAccount", "-secure", "-keepHome"}, arg)
}

// findVerb finds the verb that all the other arguments belong to.
func (o *accountOptions) findVerb() bool {
	for _, v := range accountVerbs() {
		if v.takes(o) {
			o.verb = v.name
			return true
		}
	}
	return false
}

func (v accountVerb) takes(o *accountOptions) bool {
	wanted := append(strings.Fields(v.wanted), v.name)
	flags := append(strings.Fields(v.flags), wanted...)
	for flag := range o.values {
		if !slices.Contains(flags, flag) {
			return false
		}
	}
	for _, word := range o.words {
		if !slices.Contains(strings.Fields(v.words), word) {
			return false
		}
	}
	return !slices.ContainsFunc(wanted, func(flag string) bool { return !o.has(flag) })
}

// fitsTogether says whether nothing is missing or said twice over. community: a
// name cannot begin with a hyphen.
func (o *accountOptions) fitsTogether() bool {
	switch {
	case o.has("-adminUser") != o.has("-adminPassword"):
		return false
	case o.has("-adminUser") && o.says("interactive"):
		return false
	case o.says("-secure") && o.says("-keepHome"):
		return false
	}
	named := o.verb != "-newPassword"
	return !named || o.subject() != "" && o.subject()[0] != '-'
}

// numbersFit knows the group staff alone: the state has no other primary group.
func (o *accountOptions) numbersFit() bool {
	uid, err := strconv.Atoi(o.values["-UID"])
	if o.has("-UID") && (err != nil || uid < 1) {
		return false
	}
	return !o.has("-GID") || o.values["-GID"] == "20"
}

// subject is whom or what the verb is about.
func (o *accountOptions) subject() string { return o.values[o.verb] }

func (o *accountOptions) has(flag string) bool {
	_, ok := o.values[flag]
	return ok
}

func (o *accountOptions) says(word string) bool { return slices.Contains(o.words, word) }
