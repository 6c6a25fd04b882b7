package tool

import (
	"slices"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// accountOptions are the arguments of sysadminctl.
type accountOptions struct {
	verb, user                   string
	flags                        map[string]string // those that take a value
	admin, role, secure, keep    bool
	interactive, adminNamed      bool
	password, adminPassword, old *string
}

// accountVerbs are what one call can do; each takes a value. observed (13.2.1).
func accountVerbs() []string {
	return []string{
		"-secureTokenStatus", "-secureTokenOn", "-secureTokenOff", "-resetPasswordFor",
		"-newPassword", "-addUser", "-deleteUser", "-guestAccount",
	}
}

// accountArguments reads the flags, which may come in any order. observed
// (13.2.1): the names; an unknown one is an error.
func accountArguments(args []string) (o accountOptions, ok bool) {
	o.flags = map[string]string{}
	valued := []string{
		"-password", "-adminUser", "-adminPassword", "-newPassword", "-oldPassword", "-passwordHint",
		"-fullName", "-UID", "-GID", "-shell", "-hint", "-home", "-picture",
	}
	for i := 0; i < len(args); i++ {
		verb := slices.Contains(accountVerbs(), args[i]) && !(args[i] == "-newPassword" && o.verb != "")
		switch {
		case args[i] == "interactive":
			o.interactive = true
		case o.lone(args[i]):
		case i+1 == len(args):
			return o, false
		case verb && (o.verb == "" || o.verb == "-newPassword"):
			o.takeVerb(args[i], args[i+1])
			i++
		case slices.Contains(valued, args[i]):
			o.flags[args[i]] = args[i+1]
			i++
		default:
			return o, false
		}
	}
	o.place()
	return o, o.verb != "" && o.numbersAreNumbers()
}

// takeVerb notes what is to be done, and to whom. -newPassword is a verb of its
// own, or goes with -resetPasswordFor, in either order.
func (o *accountOptions) takeVerb(verb, value string) {
	o.verb = verb
	if verb == "-newPassword" {
		o.flags["-newPassword"] = value
		return
	}
	o.user = value
}

func (o *accountOptions) lone(flag string) bool {
	switch flag {
	case "-admin":
		o.admin = true
	case "-roleAccount":
		o.role = true
	case "-secure":
		o.secure = true
	case "-keepHome":
		o.keep = true
	default:
		return false
	}
	return true
}

// place puts the passwords where the verbs look for them.
func (o *accountOptions) place() {
	take := func(flag string) *string {
		if value, ok := o.flags[flag]; ok {
			return &value
		}
		return nil
	}
	o.password, o.adminPassword, o.old = take("-password"), take("-adminPassword"), take("-oldPassword")
	if o.verb == "-resetPasswordFor" || o.verb == "-newPassword" {
		o.password = take("-newPassword")
	}
	o.adminNamed = o.flags["-adminUser"] != ""
}

func (o *accountOptions) numbersAreNumbers() bool {
	for _, flag := range []string{"-UID", "-GID"} {
		if value, ok := o.flags[flag]; ok {
			if _, err := strconv.Atoi(value); err != nil {
				return false
			}
		}
	}
	return true
}

// askPasswords asks for every password that was given as "-". community: the
// administrator's comes first, also through a pipe, whose limit is 1022 bytes.
// observed (10.14): "User password:"; the words for the administrator's are
// the simulator's own. "interactive" opens a dialog, which the person at the
// screen answers.
func (o *accountOptions) askPasswords(m *state.Mac, c *Call) error {
	for _, p := range []struct {
		prompt string
		value  *string
	}{
		{"macsim: the administrator's password:", o.adminPassword},
		{"User password:", o.old},
		{"User password:", o.password},
	} {
		if p.value == nil || *p.value != "-" {
			continue
		}
		answer, err := c.Input.Ask(Question{Prompt: p.prompt, Hidden: true, Pipe: !m.Switches.PipeIsNoTerminal, Limit: 128})
		if err != nil {
			return err
		}
		*p.value = answer
	}
	return nil
}

// granter is who authorises it: a named administrator, or with "interactive" the
// one who is logged in on the screen and types the own password.
func (o *accountOptions) granter(m *state.Mac) (name string, password *string) {
	switch {
	case o.adminNamed && o.adminPassword == nil:
		blank := ""
		return o.flags["-adminUser"], &blank
	case o.adminNamed:
		return o.flags["-adminUser"], o.adminPassword
	case o.interactive && agreesOnScreen(m):
		return m.Console.User, nil
	}
	return "", nil
}

// agreesOnScreen says whether somebody is there and answers.
func agreesOnScreen(m *state.Mac) bool { return m.Console.User != "" && agrees(m) }

// authorised says whether any credentials were given.
func (o *accountOptions) authorised() bool { return o.adminNamed || o.interactive }
