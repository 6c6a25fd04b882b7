package health

import (
	"slices"
	"time"
)

// Policy is what an organisation has decided, where the right answer is a
// decision and not a fact. The zero value is the cautious one.
type Policy struct {
	// ServiceAccounts are record names of accounts that nobody works with: a
	// missing token of theirs is no finding.
	ServiceAccounts []string
	// RequiredHolders are record names of accounts that must hold a usable Secure
	// Token wherever they exist, such as a break-glass administrator.
	RequiredHolders []string
	// RecoveryKeys says where FileVault's recovery keys go. Empty: not said.
	RecoveryKeys KeyEscrow
	// Severities replaces those of conditions.
	Severities map[Code]Severity
	// Mutes are findings that do not count, each for a while.
	Mutes []Mute

	// LeastHolders is how many accounts must be able to unlock the disk before one
	// of them may be missed; 0 leaves it to the rules.
	LeastHolders int
	// ProofAge is how old a proof of the Bootstrap Token may be before it counts as
	// a claim again; 0 means 30 days.
	ProofAge time.Duration
}

// A KeyEscrow is a place to which recovery keys go.
type KeyEscrow string

// The places.
const (
	EscrowedByMDM      KeyEscrow = "mdm"      // the payload FDERecoveryKeyEscrow
	EscrowedExternally KeyEscrow = "external" // another tool, such as Crypt
	NotEscrowed        KeyEscrow = "none"     // nowhere, on purpose
)

// A Mute takes findings of a condition out of the verdict until a day. They stay
// in the list and say why.
type Mute struct {
	Code    Code
	Subject string    // empty: wherever it holds; else a record name, a GeneratedUID or "device"
	Reason  string    // why, for whoever reads the report
	Until   time.Time // at that time it counts again
}

// Serves says whether an account is one that nobody works with, by decision.
func (p Policy) Serves(a *Account) bool { return slices.Contains(p.ServiceAccounts, a.Name) }
