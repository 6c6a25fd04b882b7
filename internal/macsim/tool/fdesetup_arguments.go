package tool

import (
	"slices"
	"strings"
)

// fileVaultOptions are the arguments of the verbs of fdesetup that change
// something.
type fileVaultOptions struct {
	user, uuid  string
	deferTo     string
	added       []string
	inputPlist  bool
	outputPlist bool
	verbose     bool
	personal    bool
}

// fileVaultFlags are those of a verb, apart from the ones that are not
// simulated. documented: man fdesetup; community: -outputplist of
// changerecovery, and a property list for disable.
func fileVaultFlags(verb string) []string {
	switch verb {
	case "add":
		return strings.Fields("-usertoadd -user -inputplist -verbose")
	case "remove":
		return strings.Fields("-user -uuid")
	case "changerecovery":
		return strings.Fields("-personal -user -inputplist -outputplist -verbose")
	case "removerecovery":
		return strings.Fields("-personal -user -inputplist")
	case "enable":
		return strings.Fields("-user -usertoadd -inputplist -outputplist -defer")
	case "disable":
		return strings.Fields("-user -inputplist")
	case "validaterecovery":
		return strings.Fields("-inputplist")
	}
	return nil
}

// fileVaultArguments reads what stands behind the verb.
func fileVaultArguments(args []string) (o fileVaultOptions, ok bool) {
	known := fileVaultFlags(args[0])
	for i := 1; i < len(args); i++ {
		switch {
		case !slices.Contains(known, args[i]):
			return o, false
		case o.lone(args[i]):
		case i+1 == len(args) || !o.set(args[i], args[i+1]):
			return o, false
		default:
			i++
		}
	}
	return o, o.fitsTogether()
}

// lone notes a flag without a value.
func (o *fileVaultOptions) lone(flag string) bool {
	switch flag {
	case "-inputplist":
		o.inputPlist = true
	case "-outputplist":
		o.outputPlist = true
	case "-verbose":
		o.verbose = true
	case "-personal":
		o.personal = true
	default:
		return false
	}
	return true
}

// set notes a flag with its value. documented: several users can be added.
func (o *fileVaultOptions) set(flag, value string) bool {
	target := &o.user
	switch flag {
	case "-usertoadd":
		o.added = append(o.added, value)
		return value != ""
	case "-uuid":
		target = &o.uuid
	case "-defer":
		target = &o.deferTo
	}
	again := *target != ""
	*target = value
	return value != "" && !again
}

// fitsTogether says whether nothing is said twice over: a property list names the
// users itself. What -verbose tells is known with such a list alone.
func (o *fileVaultOptions) fitsTogether() bool {
	named := o.user != "" || len(o.added) > 0
	switch {
	case o.deferTo != "":
		return !o.inputPlist && !o.outputPlist && len(o.added) == 0
	case o.inputPlist:
		return !named
	}
	return !o.verbose
}
