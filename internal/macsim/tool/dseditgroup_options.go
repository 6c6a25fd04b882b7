package tool

import "strings"

// groupOptions are what was asked of dseditgroup.
type groupOptions struct {
	operation string
	node      string  // where to look; the search node unless given
	user      string  // who authorises it; the caller unless given
	password  *string // nil: none was given
	member    string
	add       string
	remove    string
	kind      string // of member; user unless given
	group     string

	ask, quiet bool
}

// groupOptionsOf reads the options and asks for the password that they want.
// documented: in the source, all of their letters, of which a part is simulated.
// The other reply is the refusal of a command line.
func groupOptionsOf(c *Call) (groupOptions, Reply) {
	o := groupOptions{node: searchNode, kind: "user"}
	given, operands, ok := getopt(c.Args, "LT:o:pqvn:m:u:P:a:d:t:i:g:r:k:c:s:S:f:h")
	switch {
	case !ok:
		return o, unpublished(c, 64, "because of its options")
	case len(c.Args) == 0 || len(operands) > 1 || strings.ContainsAny(letters(given), "LTvigrkcsSfh"):
		return o, notSimulated(c)
	case len(operands) == 0:
		return o, refused(64, "No group name provided")
	}
	for _, option := range given {
		o.take(option)
	}
	o.group = operands[0]
	return o, o.askPassword(c)
}

// take notes one option. The last one of a letter counts.
func (o *groupOptions) take(given option) {
	switch given.letter {
	case 'o':
		o.operation = given.value
	case 'n':
		o.node = given.value
	case 'u':
		o.user = given.value
	case 'P':
		o.password = &given.value
	case 'm':
		o.member = given.value
	case 'a':
		o.add = given.value
	case 'd':
		o.remove = given.value
	case 't':
		o.kind = given.value
	case 'p':
		o.ask = true
	case 'q':
		o.quiet = true
	}
}

// askPassword asks where somebody is named who authorises the change, or where
// that was wished. documented: in the source.
func (o *groupOptions) askPassword(c *Call) Reply {
	wanted := o.ask
	if o.user != "" {
		wanted = !o.quiet && (o.password == nil || o.ask)
	}
	if !wanted || !strings.EqualFold(o.operation, "edit") {
		return Reply{}
	}
	password, err := c.Input.Ask(Question{Prompt: "Please enter user password:", Hidden: true, Pipe: true, Limit: 1023})
	if err != nil {
		return own(err.Error())
	}
	o.password = &password
	return Reply{}
}
