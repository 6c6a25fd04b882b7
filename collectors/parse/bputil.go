package parse

import (
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
)

// StartupPolicy is what bputil says of the system that runs; nil is what it does
// not say. Where there are several systems it does not say which of them runs,
// and all is nil.
type StartupPolicy struct {
	Mode    *evidence.StartupMode `json:"mode"`
	UserMDM *bool                 `json:"mdm_by_user"`
	DEPMDM  *bool                 `json:"mdm_by_enrollment"`
}

var (
	policyHead    = pattern.Lazy(`^Local policy for volume group (\S+):$`)
	policyFailure = pattern.Lazy(`^(?:Can't get|Failed to display) local policy for [Vv]olume [Gg]roup `)
	// The line "Security Mode (CSEC): 1" among the numbers of the chip is another.
	policyLine = pattern.Lazy(`^(Security Mode|User-allowed MDM Control|DEP-allowed MDM Control):`)
	policyMode = pattern.Lazy(`^Security Mode: +(Full|Reduced|Permissive) +\([a-z\d& ]+\): \S`)
	policyMDM  = pattern.Lazy(`^(User|DEP)-allowed MDM Control: +(Enabled|Disabled) +\([a-z\d& ]+\): \S`)
)

// BputilPolicies reads bputil -e, which shows the policy of every system on the
// Mac. observed (12): the lines with full security, and a system whose policy
// cannot be shown; community: the two lower modes.
func BputilPolicies(out []byte) (StartupPolicy, error) {
	all, err := lines(out)
	if err != nil {
		return StartupPolicy{}, err
	}
	p := policyLines{groups: map[string]*policyOf{}}
	for _, line := range all {
		if err := p.line(line); err != nil {
			return StartupPolicy{}, err
		}
	}
	if len(p.groups) == 0 {
		return StartupPolicy{}, unreadable("no local policy")
	}
	if len(p.groups) > 1 || p.failed {
		return StartupPolicy{}, nil
	}
	only := p.groups[p.group]
	return StartupPolicy{only.mode.pointer(), only.user.pointer(), only.dep.pointer()}, nil
}

// policyLines collects what the lines of bputil say of each volume group.
type policyLines struct {
	group  string // whose policy the lines are about; empty in the warning before all
	groups map[string]*policyOf
	failed bool // there is a group that nothing is known of
}

type policyOf struct {
	mode      once[evidence.StartupMode]
	user, dep once[bool]
}

func (p *policyLines) line(line string) error {
	if m := policyHead.FindStringSubmatch(line); m != nil {
		p.group = m[1]
		if p.groups[p.group] == nil {
			p.groups[p.group] = &policyOf{}
		}
		return nil
	}
	if policyFailure.MatchString(line) {
		p.failed = true
		return nil
	}
	if !policyLine.MatchString(line) {
		return nil
	}
	if p.group == "" {
		return unreadable("a policy of no volume group")
	}
	return p.groups[p.group].line(line)
}

func (p *policyOf) line(line string) error {
	if m := policyMode.FindStringSubmatch(line); m != nil {
		modes := map[string]evidence.StartupMode{
			"Full": evidence.FullSecurity, "Reduced": evidence.ReducedSecurity, "Permissive": evidence.PermissiveSecurity,
		}
		return p.mode.say("the security mode", modes[m[1]])
	}
	m := policyMDM.FindStringSubmatch(line)
	switch {
	case m == nil:
		return unreadable("the line %s", clip(line))
	case m[1] == "User":
		return p.user.say("what a user allows the server", m[2] == "Enabled")
	}
	return p.dep.say("what the enrolment allows the server", m[2] == "Enabled")
}
