package state

import (
	"fmt"
	"time"
)

// Event is something that happens to a Mac: a person does it, the server, or a
// tool. Events are plain data; their fields are the keys of a scenario.
type Event interface {
	// apply changes the Mac. It returns why the Mac refused, in which case it
	// changed no more than a failed attempt does: a count of wrong passwords, or,
	// of a directory user's first login, an account without a token. An error means that the event
	// makes no sense on this Mac at all, such as a login of nobody.
	apply(m *Mac) (Refusal, error)
}

// Do lets an event happen at a time; the zero time is the Mac's own clock. What
// returns an error has changed nothing.
func (m *Mac) Do(at time.Time, e Event) (Refusal, error) {
	if !m.reaches(e) {
		return "", fmt.Errorf("%s: the Mac is %s", EventName(e), m.Phase)
	}
	next := m.Clone()
	next.advance(at)
	why, err := e.apply(&next)
	if err != nil {
		return "", fmt.Errorf("%s: %w", EventName(e), err)
	}
	next.Revision++
	*m = next
	return why, nil
}

// Refusal is why a Mac refused what was asked of it; empty where it did not.
// What a tool prints for it is the tool's own matter.
type Refusal string

// The refusals.
const (
	NotRefused        Refusal = ""
	UnknownAccount    Refusal = "unknown account"
	AccountExists     Refusal = "account exists"
	AccountDisabled   Refusal = "account disabled"
	WrongPassword     Refusal = "wrong password"         // of the account that is acted on or logs in
	GranterUnknown    Refusal = "granter unknown"        //
	GranterPassword   Refusal = "wrong granter password" // of the administrator who authorises
	GranterNotAdmin   Refusal = "granter no administrator"
	GranterNoToken    Refusal = "granter has no usable token"
	NeedsToken        Refusal = "needs a token's unlock" // credentials of a token holder are wanted and there are none
	OnOneself         Refusal = "not on oneself"
	LastOne           Refusal = "last administrator or last holder"
	BlankPassword     Refusal = "blank password"
	TooManyBytes      Refusal = "password too long"
	PasswordPolicy    Refusal = "password policy"
	NotPermitted      Refusal = "not permitted"
	NotEnrolledYet    Refusal = "not enrolled"
	UnknownType       Refusal = "type not known to this system" // profiles before 10.15
	NotSupported      Refusal = "not supported by the server"
	ServerUnreachable Refusal = "server unreachable"
	ServerRefused     Refusal = "server refused"
	TokenStale        Refusal = "bootstrap token does not match"
	FileVaultIsOff    Refusal = "FileVault is off"
	FileVaultIsOn     Refusal = "FileVault is on"
	NotListed         Refusal = "not in the list of FileVault"
	WrongKey          Refusal = "wrong recovery key"
	NoNetwork         Refusal = "no network"
	PreflightFailed   Refusal = "preflight failed"
	NoHolder          Refusal = "no token holder"
)
