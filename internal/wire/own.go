package wire

import (
	"time"

	"github.com/tokenward/tokenward/health"
)

// Own is what a user without root's rights learns: the verdict that the daemon
// left for everybody, or a worse one, and what the Mac tells that user of the own
// account. When a password was set, it tells root alone.
type Own struct {
	Verdict   health.Verdict `json:"verdict"`
	Public    *Public        `json:"public"` // null where there is none to be trusted
	Note      string         `json:"note,omitempty"`
	CheckedAt time.Time      `json:"checked_at"` // by this command

	Known    bool         `json:"known"` // the account is in the Mac's directory
	Admin    health.Tri   `json:"admin"`
	Token    string       `json:"token"` // usable, present_but_unusable, absent, unknown
	Unlocks  health.Tri   `json:"filevault_unlock"`
	Findings []OwnFinding `json:"findings"`
}

// OwnFinding is a condition of the own account in the words of the catalogue, which
// name nobody.
type OwnFinding struct {
	Code        string `json:"code"`
	Title       string `json:"title"`
	Severity    string `json:"severity"`
	Consequence string `json:"consequence"`
}
