// Package plan finds the way from a Mac as it is to what somebody wants of it: the
// shortest safe steps, in order, each with who does it, with which credentials,
// how it is verified and how it is undone; or the reasons why there is no way.
//
// Everything here is a pure function of the model. Nothing is done: acting is for
// people, and for package remediate.
package plan

import (
	"maps"

	"github.com/tokenward/tokenward/health"
)

// A Goal is what somebody wants of a Mac.
type Goal struct {
	Kind GoalKind
	User string // record name or GeneratedUID of the account; empty where the kind is about the whole Mac
}

// A GoalKind is a sort of goal. The names are a contract: people type them.
type GoalKind string

// The goals.
const (
	TokenFor      GoalKind = "token"          // the user holds a usable Secure Token
	TokensForAll  GoalKind = "tokens"         // every person does
	Escrow        GoalKind = "escrow"         // the Bootstrap Token is escrowed
	ValidEscrow   GoalKind = "valid-escrow"   // and proven to work
	RepairFor     GoalKind = "repair"         // the user's token opens with the user's password again
	ResetPassword GoalKind = "reset-password" // the user gets a new password and keeps the token
	RemoveUser    GoalKind = "remove-user"    // the account is gone and nobody is locked out
	UnlockFor     GoalKind = "unlock"         // the user can unlock FileVault
	FileVaultOn   GoalKind = "filevault"      // FileVault is on, with a recovery key that somebody has
	SafeToWipe    GoalKind = "wipe"           // the server can erase the Mac and the next user can set it up
	Update        GoalKind = "update"         // updates run unattended
	NoLockOut     GoalKind = "no-lock-out"    // more than one way into the Mac is left
	Reenrol       GoalKind = "reenrol"        // enrolled anew, with a Bootstrap Token that works
)

// Plan is a way to a goal, or why there is none. It may ask a question first,
// whose answers lead to plans of their own.
type Plan struct {
	Goal    Goal
	Outcome Outcome
	Steps   []Step
	Ask     *Question // nil where nothing is to be asked
	Blocked *Blocked  // nil unless Outcome is NoWay
}

// An Outcome is how a plan ends.
type Outcome uint8

// The outcomes. The zero value is that nothing is known.
const (
	NotKnown Outcome = iota // essential evidence is missing: Blocked says which
	Reached                 // nothing is to be done
	Steps                   // after the steps the goal is reached
	Asks                    // it depends on an answer
	NoWay                   // no safe way
)

// A Step is one thing that one person does.
type Step struct {
	Action     ActionID
	Who        Who
	User       string       // record name of whom it is done to or by; empty for the Mac
	Helper     string       // record name of whose credentials authorise it; empty where nobody's do
	Do         string       // what to do, in sentences; commands stand between backquotes
	Needs      []Credential // that are typed or shown
	Before     []string     // what must be so when it begins, in sentences
	Expect     string       // what is so afterwards
	Verify     string       // how to see that it is; commands between backquotes
	Undo       string       // how it is taken back; empty where it cannot be
	Risk       Risk
	Warning    string // what must not happen now, such as a restart; may be empty
	Secret     bool   // a password or key is typed in it
	Inevitable string // of a step that destroys: why no other way was left; otherwise empty

	// Who is an administrator for a moment, on every step from the one that makes the
	// user one to the one that ends it. They are done in one go: nobody asks again in
	// between, and the last is done whatever came of the others.
	Elevated string

	// What is known afterwards that no tool on the Mac tells, see [Answers.With]:
	// where Verify showed what it should, and where it did not. A plan that is asked
	// for with it goes on from there, and does not try the same again.
	Done, Failed Answers
}

// An ActionID names one of the actions that plans are made of, such as A05.
type ActionID string

// Who does a step.
type Who string

// The people.
const (
	LocalAdmin Who = "local admin" // somebody at the Mac who can use sudo
	TheUser    Who = "user"        // the person whose account it is
	Colleague  Who = "colleague"   // another person with an account on the Mac
	MDMAdmin   Who = "mdm admin"   // somebody with the rights in the server's console
	AtTheMac   Who = "at the mac"  // anybody with the Mac in hand
)

// A Credential is something that a step needs and that no program here knows.
type Credential struct {
	Kind CredentialKind
	User string // whose; empty where it is nobody's
}

// A CredentialKind is a sort of credential.
type CredentialKind string

// The credentials.
const (
	Password       CredentialKind = "password"        // present password of the account
	FormerPassword CredentialKind = "former password" // with which the token still opens
	RecoveryKey    CredentialKind = "recovery key"    // FileVault's personal one
	RecoveryLock   CredentialKind = "recovery lock"   // password of recoveryOS
	Presence       CredentialKind = "presence"        // the user comes to the Mac and logs in
	Visit          CredentialKind = "visit"           // the user comes to the Mac, and logs in with a password that is set anew
)

// What is answered in the same way as a credential: people learn it by doing, or
// have to look.
const (
	TokenOpens     CredentialKind = "token opens"           // with the account's present password
	Administers    CredentialKind = "administers"           // the user, perhaps by a group of a directory service
	Promoted       CredentialKind = "promoted"              // by a plan, until the plan takes it back
	BootstrapWorks CredentialKind = "bootstrap token works" // it was tried
	EscrowedAnew   CredentialKind = "escrowed anew"         // by a plan
	PasswordNew    CredentialKind = "password is new"       // set by a plan
	EnrolledAnew   CredentialKind = "enrolled anew"         // by a plan
	StepWorks      CredentialKind = "step works"            // User is the key of the step
	Doubted        CredentialKind = "doubted"               // a step with the credentials of the user was refused
)

// Risk is how much can go wrong in a step.
type Risk uint8

// The risks, least first.
const (
	NoRisk Risk = iota
	LowRisk
	MediumRisk
	HighRisk
	Destroys // what is on the Mac is gone
)

// A Question is something that no tool on the Mac can answer.
type Question struct {
	About   Credential
	Text    string // "Does somebody know the password of lea?"
	Yes, No *Plan  // how it goes on; nil where so much was asked already that the answers are wanted first
}

// Answers are what somebody said to questions already. A credential that is not
// in it was not asked about.
type Answers map[Credential]health.Tri

// With returns the answers with later ones laid over them. A later one that is
// unknown takes the earlier one back.
func (a Answers) With(later Answers) Answers {
	all := maps.Clone(a)
	if all == nil {
		all = Answers{}
	}
	for about, answer := range later {
		if answer == health.Unknown {
			delete(all, about)
			continue
		}
		all[about] = answer
	}
	return all
}

// Blocked says why there is no way, and what is left.
type Blocked struct {
	Because  []health.Code // conditions that stand in the way
	Reasons  []string      // in sentences
	Missing  []string      // evidence or credentials that would open a way
	LeastBad []Step        // the way that destroys least, if all others are really closed; not to be taken lightly
}
