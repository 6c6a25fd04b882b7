package config

import (
	"fmt"
	"time"

	"github.com/tokenward/tokenward/health"
)

// Policy is what the organisation has decided about the judgement. See
// [health.Policy] for what each of it does.
type Policy struct {
	ServiceAccounts []string                        `mapstructure:"service_accounts"` // beside those at the top
	RequiredHolders []string                        `mapstructure:"required_holders"`
	RecoveryKeys    string                          `mapstructure:"recovery_keys"` // mdm, external, none; empty: not said
	Severities      map[health.Code]health.Severity `mapstructure:"severities"`
	Mutes           []Mute                          `mapstructure:"mutes"`
	LeastHolders    int                             `mapstructure:"least_holders"`
	ProofAge        time.Duration                   `mapstructure:"proof_age"`
}

// Mute takes findings of a condition out of the verdict for a while.
type Mute struct {
	Code    health.Code `mapstructure:"code"`
	Subject string      `mapstructure:"subject"` // empty: wherever it holds
	Reason  string      `mapstructure:"reason"`
	Until   time.Time   `mapstructure:"until"` // a day, by UTC: on it the finding counts again
}

// HealthPolicy is the policy as judging takes it.
func (c Config) HealthPolicy() health.Policy {
	p := health.Policy{
		ServiceAccounts: append(append([]string{}, c.ServiceAccounts...), c.Policy.ServiceAccounts...),
		RequiredHolders: c.Policy.RequiredHolders, RecoveryKeys: health.KeyEscrow(c.Policy.RecoveryKeys),
		Severities: c.Policy.Severities, LeastHolders: c.Policy.LeastHolders, ProofAge: c.Policy.ProofAge,
	}
	for _, m := range c.Policy.Mutes {
		p.Mutes = append(p.Mutes, health.Mute{Code: m.Code, Subject: m.Subject, Reason: m.Reason, Until: m.Until})
	}
	return p
}

func (p Policy) faults() (found faults) {
	for i, m := range p.Mutes {
		found.add(m.fault(fmt.Sprintf("policy.mutes[%d]", i)))
	}
	return found
}

// fault asks for an end and a reason. An end that has passed is no mistake: the
// agent must start on the day after, too.
func (m Mute) fault(key string) *fault {
	const longestReason = 256
	switch {
	case m.Code == "":
		return faultf(key+".code", "which condition is muted?")
	case m.Reason == "":
		return faultf(key+".reason", "a mute says why")
	case len(m.Reason) > longestReason:
		return faultf(key+".reason", "%d bytes, at most %d are allowed", len(m.Reason), longestReason)
	case m.Until.IsZero():
		return faultf(key+".until", "a mute ends on a day, such as 2027-01-31")
	}
	return nil
}

// tooLong finds mutes that end more than a year from now. Where the clock cannot be
// right it finds none: what is wrong then is the clock, and that is told elsewhere.
func (p Policy) tooLong(now time.Time) (found faults) {
	if now.Year() < 2024 {
		return nil
	}
	for i, m := range p.Mutes {
		if m.Until.Sub(now) > health.LongestMute {
			found.addf(fmt.Sprintf("policy.mutes[%d].until", i), "%s is more than a year away; what is to count less for good has a place in policy.severities",
				m.Until.Format(time.DateOnly))
		}
	}
	return found
}
