package parse

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/plistx"
)

// PwpolicyAccountPolicies reads pwpolicy -getaccountpolicies: whether anybody has
// set a policy for all accounts. community: a line of its own, and then a
// property list or nothing.
//
// The policy that macOS comes with, four characters at least, is nobody's.
// community (26, and another identifier before it): how that one is called.
func PwpolicyAccountPolicies(out []byte) (bool, error) {
	all, err := lines(out)
	if err != nil {
		return false, err
	}
	all = slices.DeleteFunc(all, func(line string) bool { return line == "" || logPrefix.MatchString(line) })
	if len(all) == 0 || all[0] != "Getting global account policies" {
		return false, unreadable("it does not say whose policies these are")
	}
	if len(all) == 1 {
		return false, nil
	}
	if !strings.HasPrefix(all[1], "<?xml ") {
		return false, unreadable("the line %s", clip(all[1]))
	}
	return policiesSet([]byte(strings.Join(all[1:], "\n")))
}

// accountPolicy is what is read of a policy: whose it is, if it says so.
type accountPolicy struct {
	Identifier string `plist:"policyIdentifier"`
}

// policiesSet reads the policies by their categories. documented (ODRecord): each
// is a list. A key that is no category could be anything.
func policiesSet(list []byte) (bool, error) {
	var categories map[string][]accountPolicy
	if err := plistx.Decode(list, &categories); err != nil {
		return false, unreadable("%v", err)
	}
	set := false
	for category, policies := range categories {
		if !strings.HasPrefix(category, "policyCategory") {
			return false, unreadable("the category %s", clip(category))
		}
		set = set || slices.ContainsFunc(policies, func(p accountPolicy) bool { return !p.shipped() })
	}
	return set, nil
}

func (p accountPolicy) shipped() bool {
	return p.Identifier == "com.apple.defaultpasswordpolicy" || p.Identifier == "com.apple.defaultpasswordpolicy.fde"
}
