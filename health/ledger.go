package health

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// Ledger is the only memory that judging has: what one check hands to the next.
// The zero value is that of a Mac on which nothing was ever checked. It is stored
// as JSON; a key that is missing is what was never seen.
type Ledger struct {
	Since    map[string]Sighting `json:"since,omitempty"`    // by code and subject
	Shown    map[string]Severity `json:"shown,omitempty"`    // findings of the last check, by code and subject
	Mac      Memory              `json:"mac,omitzero"`       // the Mac as it was last known
	Attempts []Attempt           `json:"attempts,omitempty"` // what was tried on it, the oldest first
	Changes  []Change            `json:"changes,omitempty"`  // the oldest first
}

// Sighting is when a finding was first seen without a break, and what it rests on.
type Sighting struct {
	At      time.Time           `json:"at"`
	Because []evidence.FactName `json:"because,omitempty"`
}

// UnmarshalJSON also reads the time alone, which is all that earlier versions kept.
func (s *Sighting) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &s.At) == nil {
		s.Because = nil
		return nil
	}
	type plain Sighting
	return json.Unmarshal(data, (*plain)(s))
}

// Memory is one Mac as earlier checks knew it. A fact that a check could not find
// out keeps the value that it had.
type Memory struct {
	At        time.Time                `json:"at,omitzero"` // of the last check
	Identity  string                   `json:"identity,omitempty"`
	Enrolled  Tri                      `json:"enrolled,omitempty"`
	Supported Tri                      `json:"supported,omitempty"`
	Escrowed  Tri                      `json:"escrowed,omitempty"`
	Strength  Strength                 `json:"strength,omitempty"`
	Proof     Proof                    `json:"proof,omitzero"`
	Reachable Tri                      `json:"reachable,omitempty"`
	FileVault Tri                      `json:"filevault,omitempty"`
	TurnedOff time.Time                `json:"filevault_off_seen,omitzero"` // found off after it had been on
	TurnedOn  time.Time                `json:"filevault_on_seen,omitzero"`  // found on after it had been off
	SealedAt  time.Time                `json:"sealed_at,omitzero"`
	Uncovered time.Time                `json:"key_uncovered_at,omitzero"` // when a recovery key could last not go to this server
	OS        string                   `json:"os,omitempty"`
	BootedAt  time.Time                `json:"booted_at,omitzero"`
	Restarted time.Time                `json:"restart_seen,omitzero"` // the start before which another one was known
	Accounts  map[string]AccountMemory `json:"accounts,omitempty"`    // people and holders, by GUID

	HoldersKnown bool `json:"holders_known,omitempty"` // at that check it was known who holds a token
}

// Proof is the last time at which the Bootstrap Token was proven to work, and the
// enrolment that it was proven in.
type Proof struct {
	At       time.Time `json:"at,omitzero"`
	Identity string    `json:"identity,omitempty"`
}

// AccountMemory is one account as earlier checks knew it.
type AccountMemory struct {
	Name        string    `json:"name"`
	Holder      Tri       `json:"holder,omitempty"`
	Admin       Tri       `json:"admin,omitempty"`
	Owner       Tri       `json:"owner,omitempty"`
	Managed     Tri       `json:"managed,omitempty"` // the server had Setup Assistant make it
	Drift       Tri       `json:"drift,omitempty"`
	DriftSeen   time.Time `json:"drift_seen,omitzero"` // first, without a break
	PasswordSet time.Time `json:"password_set,omitzero"`
	LastLogin   time.Time `json:"last_login,omitzero"`
}

// An Attempt is something that was tried on an account or on the Bootstrap Token,
// and how the tool ended it. Whoever acts on a Mac notes it; judging compares it
// with what the Mac says afterwards.
type Attempt struct {
	What    AttemptKind `json:"what"`
	Subject string      `json:"subject"`      // GeneratedUID of the account, or "device"
	By      string      `json:"by,omitempty"` // GeneratedUID of whose credentials were used
	At      time.Time   `json:"at"`
	Exit    int         `json:"exit"`
	Said    Said        `json:"said,omitempty"`
}

// An AttemptKind is what was tried.
type AttemptKind string

// The attempts that leave something to judge.
const (
	TriedGrant  AttemptKind = "grant"     // sysadminctl -secureTokenOn
	TriedOff    AttemptKind = "token_off" // sysadminctl -secureTokenOff
	TriedReset  AttemptKind = "reset"     // sysadminctl -resetPasswordFor, dscl -passwd
	TriedDelete AttemptKind = "delete"    // sysadminctl -deleteUser
	TriedEscrow AttemptKind = "escrow"    // profiles install -type bootstraptoken
)

// Said is the sense of what a tool printed, as far as its words are known.
type Said string

// What tools are known to say.
const (
	SaidDone           Said = "done"
	SaidNeedsUnlock    Said = "needs_token_unlock" // Operation is not permitted without secure token unlock.
	SaidNotAuthorized  Said = "not_authorized"     // 5101, or -14090 of a wrong administrator's password
	SaidAuthFailed     Said = "auth_failed"        // DS Error: -14090 (eDSAuthFailed)
	SaidLastOne        Said = "last_one"           // it's either last admin user or last secure token user
	SaidOwnCredential  Said = "own_credential"     // User cannot disable their own SEP credential
	SaidPasswordDenied Said = "password_denied"    // the new password was tried afterwards and refused
)

// attemptsCount is for how long an attempt says something of a Mac.
const attemptsCount = 7 * 24 * time.Hour

// What is remembered of a Mac that changes all the time is bounded: changes of each
// kind by themselves, so that what happens every hour does not push out what happens
// once a year.
const (
	mostOfAKind  = 100
	mostAttempts = 200
)

func (f Finding) key() string { return string(f.Code) + " " + f.Subject }

// recent are the attempts that still count. One in the future was noted before the
// clock was set back.
func recent(all []Attempt, now time.Time) []Attempt {
	count := slices.DeleteFunc(slices.Clone(all), func(a Attempt) bool { return now.Sub(a.At) > attemptsCount })
	return newest(count, mostAttempts)
}

// latest keeps the newest changes of each kind, in their order.
func latest(all []Change) []Change {
	left := map[ChangeKind]int{}
	for _, c := range all {
		left[c.Kind]++
	}
	return slices.DeleteFunc(slices.Clone(all), func(c Change) bool {
		left[c.Kind]--
		return left[c.Kind] >= mostOfAKind
	})
}

func newest[T any](all []T, most int) []T { return all[max(0, len(all)-most):] }

// lost says whether that fact was asked for and did not come.
func (m *Model) lost(name evidence.FactName) bool {
	_, is := slices.BinarySearch(m.Lost, name)
	return is
}
