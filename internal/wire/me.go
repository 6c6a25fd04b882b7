package wire

import (
	"time"

	"github.com/tokenward/tokenward/health"
)

// Me is what a running daemon tells a local user: how the Mac is, and what is known
// of that user's own account. It names nobody.
type Me struct {
	Verdict     health.Verdict `json:"verdict"`
	HoldRestart health.Tri     `json:"hold_restart"`
	CheckedAt   time.Time      `json:"checked_at"` // zero until the first check has ended
	NextCheck   time.Time      `json:"next_check"`

	Known       bool         `json:"known"` // the account is in the Mac's directory
	Admin       health.Tri   `json:"admin"`
	Token       string       `json:"token"` // usable, present_but_unusable, absent, unknown
	VolumeOwner health.Tri   `json:"volume_owner"`
	Unlocks     health.Tri   `json:"filevault_unlock"`
	Findings    []OwnFinding `json:"findings"` // about that account alone
}

// Public is the part of it that is for everybody.
func (m Me) Public() Public {
	return Public{
		Schema: PublicSchema, SchemaVersion: PublicVersion, Verdict: m.Verdict, HoldRestart: m.HoldRestart,
		CheckedAt: m.CheckedAt, NextCheck: m.NextCheck,
	}
}

// Reloaded is what came of reading the configuration anew.
type Reloaded struct {
	Changed  []string `json:"changed"`  // what is different now, one line each; no secret
	Problems []string `json:"problems"` // what is wrong with the newest one; then the one before stays in force
}
