package health

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// A Code names a condition. Codes are a contract: other people's programs and
// runbooks refer to them, so one is never renamed.
type Code string

// A Severity says how much a finding matters. The zero value is Info.
type Severity uint8

// The severities, least first, so that they can be compared.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// String returns the name that a report uses.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return "unknown"
}

// MarshalText writes the name that a report uses.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity. A word that is not known is an error: a
// decision about severities must not be misread.
func (s *Severity) UnmarshalText(b []byte) error {
	i := slices.Index(severityNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("severity: %q is none of %s", b, strings.Join(severityNames[:], ", "))
	}
	*s = Severity(i)
	return nil
}

// A Feed says where a condition's evidence comes from.
type Feed string

// The feeds of conditions.
const (
	FromDevice  Feed = "device"  // what the tools print raises it
	FromHistory Feed = "history" // this Mac's earlier checks
	FromServer  Feed = "server"  // a feed, or other Macs
	FromAgent   Feed = "agent"   // the agent's own state
	FromAdvice  Feed = "advice"  // nothing that can be observed: for people and plans, never a finding
)

// DeviceSubject is the subject of a finding about the Mac as a whole. Any other
// subject is the GeneratedUID of an account, or the UUID of a crypto user.
const DeviceSubject = "device"

// A Finding is one condition that holds on this Mac.
type Finding struct {
	Code     Code
	Title    string
	Severity Severity
	FedBy    Feed
	Since    time.Time
	Subject  string
	Because  []evidence.FactName // what it rests on, sorted; without them it would not stand
	CausedBy Code                // the finding that explains this one; empty for a cause of its own

	Summary     string // what is so, on this Mac, in one sentence
	Consequence string // what comes of it
	NextStep    string // what to do
	DoNot       string // what would make it worse; may be empty

	// RuleSeverity is what its rule gave it, where the organisation decided
	// otherwise; nil where it did not.
	RuleSeverity *Severity

	Muted      string    // the reason why the organisation does not count it; empty where it counts
	MutedUntil time.Time // when it counts again; zero where it counts

	weighed bool // the evidence gave it another severity than its rule has
}

// A Verdict is the one word that sums up a Mac. The zero value is
// VerdictUnknown: nothing is ever well by default.
type Verdict uint8

// The verdicts.
const (
	VerdictUnknown Verdict = iota
	VerdictOK
	VerdictDegraded
	VerdictCritical
)

var verdictNames = [...]string{"unknown", "ok", "degraded", "critical"}

// Verdicts lists them, worst first, as a fleet is shown.
func Verdicts() []Verdict {
	return []Verdict{VerdictCritical, VerdictUnknown, VerdictDegraded, VerdictOK}
}

// String returns the name that a report uses.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return verdictNames[VerdictUnknown]
}

// MarshalText writes the name that a report uses.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a verdict. A word that is not known reads as unknown.
func (v *Verdict) UnmarshalText(b []byte) error {
	*v = VerdictUnknown
	for i, name := range verdictNames {
		if string(b) == name {
			*v = Verdict(i)
		}
	}
	return nil
}
