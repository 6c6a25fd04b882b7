// Package conform holds what the simulated Mac claims about a real one, as cases
// that can be put to either: commands, what a person has to do in between, and a
// check of what came back.
//
// Nobody who wrote the simulator had a Mac at hand. A claim that somebody with
// one can check in five minutes is worth more than one that cannot, so every
// case says how well its claim is known, which open question it settles, and
// what it does to the Mac. The cases know the simulated Mac's state alone where
// a person acts on it; all else they learn from the tools, as on a real one.
package conform

import (
	"context"
	"slices"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Tier is how much a case does to the Mac.
type Tier string

// The tiers.
const (
	ReadOnly    Tier = "read_only"   // asks, and changes nothing
	Reversible  Tier = "reversible"  // changes a test account of its own, and removes it
	Destructive Tier = "destructive" // changes what cannot be put back by a program
)

// Tiers lists them, the mildest first.
func Tiers() []Tier { return []Tier{ReadOnly, Reversible, Destructive} }

// Case is one claim and the way to check it.
type Case struct {
	ID       string
	Tier     Tier
	Claim    string   // in one sentence
	Known    string   // documented, observed (versions), community or inferred
	Question string   // the open question that it settles; empty: none
	Items    []string // the numbers of disputes and unknowns, as state/switches.go has them
	Settles  []string // fields of state.Switches

	From, Below string       // versions; empty: any
	Chips       []state.Chip // empty: any
	Needs       []Need
	Account     Account // the test account that is made beforehand

	Steps []Step
	Undo  []Step // before the test account is removed
	Open  bool   // the words are unpublished: they are shown as they are
	Check Check
}

// Account is the test account that a case works on.
type Account int

// The test accounts. Each is made by the case and removed after it.
const (
	NoAccount     Account = iota
	Bare                  // the case makes it itself
	Standard              // without a Secure Token
	Administrator         // without a Secure Token
	Holder                // a standard user with a Secure Token
	HolderAdmin           // an administrator with a Secure Token
)

// Step is one command, or one thing that a person does.
type Step struct {
	Argv   []string // the path first; {user} and the like stand for names
	Stdin  string   // nothing unless given
	Typed  []string // answers at a terminal; nil: there is no terminal
	AsUser bool     // not as root
	Each   bool     // once for every person with an account, who is {user}
	Only   []string // of what is printed, a report shows the lines with one of these
	Limit  time.Duration

	Deed    string // what the person does
	Asks    bool   // and says yes or no afterwards
	Restart bool   // the program ends here, and goes on when it is started again
	Play    Play   // the same, done to the simulated Mac
}

// Play is how a deed happens to the simulated Mac. It returns the person's
// answer.
type Play func(*state.Mac, *Names) (string, error)

// Check judges what was seen.
type Check func(*Seen) Finding

// Verdict is what came of a case.
type Verdict string

// The verdicts.
const (
	Holds         Verdict = "holds"
	Differs       Verdict = "differs"        // from the claim
	NotApplicable Verdict = "not_applicable" // to this Mac
	CouldNotAsk   Verdict = "could_not_ask"
	Unanswered    Verdict = "unanswered" // an open question, and what the Mac says to it
)

// Finding is a verdict with its reason.
type Finding struct {
	Verdict Verdict
	Says    string
}

// Command is one start of a tool.
type Command struct {
	Path  string
	Args  []string
	Stdin string
	Typed []string // answers at a terminal; nil: there is no terminal
	User  string   // empty: whoever runs the program
	UID   int      // of User
	Limit time.Duration
}

// Output is what came of it.
type Output struct {
	Exit           int
	Stdout, Stderr string
	Terminal       string // what it showed there
}

// Target is a Mac that can be asked: a real one or a simulated one.
type Target interface {
	// Run starts a tool and waits for its end, at most for its limit. An error
	// means that there was no usable answer.
	Run(ctx context.Context, c Command) (Output, error)
}

// Deed is something that a person is asked to do.
type Deed struct {
	Text    string
	Asks    bool // for yes or no
	Restart bool // of the Mac: a real one ends the program
	Play    func(*state.Mac) (string, error)
}

// Person is somebody at the Mac, or, on a simulated one, who plays it.
type Person interface {
	// Do has it done, and returns the answer where one is asked for. The error is
	// [ErrGoesOn] where the program ends now, and [ErrNotDone] where nobody does it.
	Do(ctx context.Context, d Deed) (string, error)
}

// Cases lists every case, the mildest tier first. IDs never change their meaning.
func Cases() []Case {
	return slices.Concat(
		in(ReadOnly, profilesCases(), bootstrapUserCases(), statusCases(), cryptoUserCases(), cryptoListCases(), fileVaultCases(), fileVaultKeyCases(),
			directoryCases(), recordCases(), groupCases(), mdmCases(), systemCases()),
		in(Reversible, accountCases(), accountRecordCases(), membershipCases(), grantCases(), grantRefusedCases(), tokenOffCases(), passwordCases(), passwordSetCases(),
			fileVaultChangeCases(), bootstrapInstallCases(), loginCases()),
		in(Destructive, bootstrapReplaceCases(), escrowCases(), tokenLossCases(), firstTokenCases(), enrolmentCases(), setUpCases()),
	)
}

// in puts cases into a tier.
func in(tier Tier, groups ...[]Case) []Case {
	cases := slices.Concat(groups...)
	for i := range cases {
		cases[i].Tier = tier
	}
	return cases
}

// Of returns the cases of a tier.
func Of(tier Tier) []Case {
	return slices.DeleteFunc(Cases(), func(c Case) bool { return c.Tier != tier })
}
