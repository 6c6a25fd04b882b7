package config

import (
	"errors"
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

func (p Policy) validate() error {
	problems := []error{
		oneOf("policy.recovery_keys", p.RecoveryKeys, "", string(health.EscrowedByMDM), string(health.EscrowedExternally), string(health.NotEscrowed)),
		within("policy.least_holders", p.LeastHolders, 0, 1000),
		between("policy.proof_age", p.ProofAge, 0, 10*365*24*time.Hour),
	}
	for i, m := range p.Mutes {
		problems = append(problems, m.validate(fmt.Sprintf("policy.mutes[%d]", i)))
	}
	return errors.Join(problems...)
}

// validate asks for an end and a reason. An end that has passed is no mistake: the
// agent must start on the day after, too.
func (m Mute) validate(key string) error {
	const longestReason = 256
	switch {
	case m.Code == "":
		return fmt.Errorf("%s.code: which condition is muted?", key)
	case m.Reason == "":
		return fmt.Errorf("%s.reason: a mute says why", key)
	case len(m.Reason) > longestReason:
		return fmt.Errorf("%s.reason: %d bytes, at most %d are allowed", key, len(m.Reason), longestReason)
	case m.Until.IsZero():
		return fmt.Errorf("%s.until: a mute ends on a day, such as 2027-01-31", key)
	}
	return nil
}

// tooLong finds mutes that end more than a year from now. Where the clock cannot be
// right it finds none: a Mac with an empty battery must not be left without its
// agent.
func (p Policy) tooLong(now time.Time) error {
	if now.Year() < 2024 {
		return nil
	}
	var problems []error
	for i, m := range p.Mutes {
		if m.Until.Sub(now) > health.LongestMute {
			problems = append(problems, fmt.Errorf("policy.mutes[%d].until: %s is more than a year away; what is to count less for good has a place in policy.severities",
				i, m.Until.Format(time.DateOnly)))
		}
	}
	return errors.Join(problems...)
}
