// Package wire holds the JSON that the agent, the server and other people's
// programs exchange. The names in it are a contract: keys are added, never
// renamed, and a reader ignores what it does not know.
package wire

import (
	"encoding/json"
	"time"

	"github.com/tokenward/tokenward/health"
)

// The schema of a report.
const (
	ReportSchema  = "tokenward.report"
	SchemaVersion = "1.0"
)

// MaxReport is the size in bytes of the longest report: an agent keeps none that
// is longer, and a server takes all that are not.
const MaxReport = 4 << 20

// A Kind says what a report is.
type Kind string

// The kinds of reports.
const (
	Snapshot  Kind = "snapshot"  // everything
	Heartbeat Kind = "heartbeat" // "nothing changed": envelope, verdict and state hash only
	Audit     Kind = "audit"     // what an action did
)

// A Trigger says why a report was made.
type Trigger string

// The reasons for a report. More may come; a reader takes one that it does not
// know as unknown.
const (
	Scheduled Trigger = "scheduled"
	Changed   Trigger = "changed"
	Requested Trigger = "requested"
	Enrolled  Trigger = "enrolled"
	Daily     Trigger = "daily"
	Event     Trigger = "event" // something happened on the Mac, which may have changed nothing
)

// Report is one Mac at one time. The delivery fields (ReportID, Epoch, Seq) are
// empty where a report is printed rather than sent.
type Report struct {
	Schema        string         `json:"schema"`
	SchemaVersion string         `json:"schema_version"`
	ReportID      string         `json:"report_id,omitempty"` // UUIDv7, made on the device
	Kind          Kind           `json:"kind"`
	Reason        Trigger        `json:"reason"`
	Epoch         string         `json:"epoch,omitempty"` // UUID, new after a loss of state
	Seq           uint64         `json:"seq,omitempty"`   // from 1, without gaps within an epoch
	Agent         Agent          `json:"agent"`
	Device        Device         `json:"device"`
	ObservedAt    time.Time      `json:"observed_at"`
	BootID        string         `json:"boot_id,omitempty"`
	UptimeMS      int64          `json:"uptime_ms,omitempty"`
	Verdict       health.Verdict `json:"verdict"`
	HoldRestart   health.Tri     `json:"hold_restart"`
	StateHash     string         `json:"state_hash"`
	Privacy       *PrivacyMark   `json:"privacy,omitempty"` // nil: people are named

	Gaps      []string        `json:"gaps,omitzero"` // essential facts that are not known: why a verdict is unknown
	Facts     map[string]Fact `json:"facts,omitempty"`
	Bootstrap *Bootstrap      `json:"bootstrap,omitempty"`
	Accounts  []Account       `json:"accounts,omitzero"`
	Findings  []Finding       `json:"findings,omitzero"`
	Forecasts []Forecast      `json:"forecasts,omitzero"`
	Able      *Able           `json:"able,omitempty"`
	Dropped   *Dropped        `json:"dropped,omitempty"`
}

// Agent is the program that made a report.
type Agent struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
}

// Device says which Mac a report is about.
type Device struct {
	Serial       string     `json:"serial"`
	HardwareUUID string     `json:"hardware_uuid"`
	Name         string     `json:"name"`
	Labels       []Label    `json:"labels"`
	Model        string     `json:"model"`
	Chip         string     `json:"chip"` // apple_silicon, t2, intel, unknown
	Virtual      health.Tri `json:"virtual"`
	OS           OS         `json:"os"`
}

// Label is a free pair that an admin gave a Mac. It is a pair and not a map, so
// that the case of a key survives every configuration format.
type Label struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// OS is a macOS version.
type OS struct {
	Version string `json:"version"`
	Build   string `json:"build"`
}

// Fact is one observation. Value is null unless Status is "observed".
type Fact struct {
	Value      any        `json:"value"`
	Status     string     `json:"status"`
	Reason     string     `json:"reason,omitempty"`
	Source     string     `json:"source,omitempty"`
	ObservedAt *time.Time `json:"observed_at,omitempty"`
	TookMS     int64      `json:"took_ms,omitempty"` // how long the source took, in milliseconds
}

// Bootstrap is how well the Bootstrap Token's escrow is known.
type Bootstrap struct {
	Strength string     `json:"strength"` // proven, claimed, refuted, none, unknown
	ProvenAt *time.Time `json:"proven_at,omitempty"`
}

// Account is one record of the local directory.
type Account struct {
	UID             *int              `json:"uid"`
	GUID            string            `json:"guid"`
	Name            string            `json:"name"`
	RealName        string            `json:"real_name,omitempty"`
	Kind            string            `json:"kind"`
	Person          health.Tri        `json:"person"`
	Admin           health.Tri        `json:"admin"`
	Hidden          health.Tri        `json:"hidden"`
	Console         health.Tri        `json:"console"` // owns the console session
	Token           string            `json:"token"`   // usable, present_but_unusable, absent, unknown
	VolumeOwner     health.Tri        `json:"volume_owner"`
	FileVaultUnlock health.Tri        `json:"filevault_unlock"`
	Evidence        map[string]string `json:"evidence"` // what each source said of this account
}

// Finding is one condition. See health.Finding.
type Finding struct {
	Code        string    `json:"code"`
	Title       string    `json:"title"`
	Severity    string    `json:"severity"`
	FedBy       string    `json:"fed_by"`
	Since       time.Time `json:"since"`
	Subject     string    `json:"subject"`
	Because     []string  `json:"because"`
	CausedBy    string    `json:"caused_by,omitempty"`
	Summary     string    `json:"summary"`
	Consequence string    `json:"consequence"`
	NextStep    string    `json:"next_step"`
	DoNot       string    `json:"do_not"`

	// RuleSeverity is there only where the organisation decided otherwise: what
	// severity the finding would have without its policy.
	RuleSeverity string `json:"rule_severity,omitempty"`

	Muted      string    `json:"muted,omitempty"`      // why the organisation does not count it
	MutedUntil time.Time `json:"muted_until,omitzero"` // when it counts again
}

// Forecast answers one question about what would happen. See health.Forecast.
type Forecast struct {
	Name    string     `json:"name"`
	Subject string     `json:"subject"`
	Answer  health.Tri `json:"answer"`
	Because []string   `json:"because"`
	Depends []string   `json:"depends,omitempty"` // behaviours of macOS that nobody is sure of, on which it hangs
}

// Able lists who could act today, each with the own password, as GeneratedUIDs.
// See health.Able.
type Able struct {
	Holders   []string `json:"holders"`
	Granters  []string `json:"granters"`
	Escrowers []string `json:"escrowers"`
	Owners    []string `json:"owners"`
	Unlockers []string `json:"unlockers"`
}

// Dropped counts the reports that were lost before the server had them: they
// were too many or too long, or what kept them is another Mac's now.
type Dropped struct {
	Reports uint64            `json:"reports"`
	Reasons map[string]uint64 `json:"reasons,omitempty"` // of these, how many for what
	Since   *time.Time        `json:"since,omitempty"`
}

// Batch is the body of POST /v1/reports. The reports stay raw, so that the
// bytes that were written to the spool are the bytes that are sent and hashed.
type Batch struct {
	SentAt  time.Time         `json:"sent_at"`
	Reports []json.RawMessage `json:"reports"`
}

// Answer is what the server says to a batch. A report that is named in neither
// list stays in the spool.
type Answer struct {
	Acked    []string          `json:"acked"`
	Rejected []Rejection       `json:"rejected"`
	Next     Next              `json:"next"`
	Orders   []json.RawMessage `json:"orders"`
}

// Rejection says why the server will never take a report.
type Rejection struct {
	ReportID string `json:"report_id"`
	Reason   string `json:"reason"`
}

// Next is what the server would like of the agent. The agent keeps it within
// limits of its own.
type Next struct {
	CheckS   int  `json:"check_s,omitempty"`
	SendFull bool `json:"send_full"`
}

// Problem is an error of the HTTP interface (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}
