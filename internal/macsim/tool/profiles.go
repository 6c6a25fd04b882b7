package tool

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// typeNotRecognized is said of a type that profiles does not know. community;
// inferred: that it goes to the error stream with exit code 1.
const typeNotRecognized = "Error: The profile type option was not recognized."

// profiles answers about the enrolment and the Bootstrap Token, and changes the
// latter.
func profiles(m *state.Mac, c *Call) Reply {
	o, ok := profilesArguments(c.Args)
	switch {
	case !ok || !o.knownVerb():
		return notSimulated(c)
	case o.kind == "enrollment":
		return enrollment(m, c, o)
	case o.kind == "bootstraptoken" && m.OS.AtLeast(10, 15):
		return bootstrapToken(m, c, o)
	}
	return refused(1, typeNotRecognized)
}

// profilesOptions are the arguments of profiles.
type profilesOptions struct {
	verb, kind     string
	user, password string
	hasUser        bool
	hasPassword    bool
}

// knownVerb says whether the verb takes a type. documented: man profiles.
func (o *profilesOptions) knownVerb() bool {
	switch o.verb {
	case "status", "show", "install", "remove", "validate", "renew", "list", "sync":
		return true
	}
	return false
}

// profilesArguments reads a verb and its flags. community: a type in two words
// is one that is not known.
func profilesArguments(args []string) (o profilesOptions, ok bool) {
	if len(args) == 0 {
		return o, false
	}
	o.verb = args[0]
	flag := ""
	for rest := args[1:]; len(rest) > 0; {
		if flag == "-type" && !strings.HasPrefix(rest[0], "-") {
			o.kind += " " + rest[0]
			rest = rest[1:]
			continue
		}
		name, value, used := profilesFlag(rest)
		if used == 0 || !o.set(name, value) {
			return o, false
		}
		flag = name
		rest = rest[used:]
	}
	return o, o.kind != ""
}

// profilesFlag is the next flag, its value, and how many words both are; none
// where the value is missing. community: -user=NAME in one word; inferred: the
// other flags too.
func profilesFlag(args []string) (flag, value string, used int) {
	flag, value, glued := strings.Cut(args[0], "=")
	switch {
	case glued:
		return flag, value, 1
	case len(args) == 1:
		return flag, "", 0
	}
	return flag, args[1], 2
}

// set notes a flag. documented: -type; community: -user and -password, which is
// also seen as -pass.
func (o *profilesOptions) set(flag, value string) bool {
	switch flag {
	case "-type":
		o.kind = value
	case "-user":
		o.user, o.hasUser = value, true
	case "-password", "-pass":
		o.password, o.hasPassword = value, true
	default:
		return false
	}
	return true
}

// signedIn says whether somebody's name or password was given.
func (o *profilesOptions) signedIn() bool { return o.hasUser || o.hasPassword }
