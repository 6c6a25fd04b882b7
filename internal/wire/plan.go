package wire

import "github.com/tokenward/tokenward/health"

// Goal is something that somebody can want of a Mac.
type Goal struct {
	Name string `json:"name"`
	Text string `json:"text"`
	User bool   `json:"user"` // it is about one account
}

// Plan is a way to a goal. See package health/plan.
type Plan struct {
	Goal    string       `json:"goal"`
	User    string       `json:"user,omitempty"`
	Outcome string       `json:"outcome"` // not_known, reached, steps, asks, no_way
	Steps   []PlanStep   `json:"steps"`
	Ask     *PlanAsk     `json:"ask,omitempty"`
	Blocked *PlanBlocked `json:"blocked,omitempty"`
	Note    string       `json:"note,omitempty"` // what makes it less certain than it could be
}

// PlanStep is one thing that one person does.
type PlanStep struct {
	Action     string       `json:"action"`
	Who        string       `json:"who"`
	User       string       `json:"user,omitempty"`
	Helper     string       `json:"helper,omitempty"`
	Do         string       `json:"do"`
	Needs      []Credential `json:"needs"`
	Before     []string     `json:"before"`
	Expect     string       `json:"expect"`
	Verify     string       `json:"verify"`
	Undo       string       `json:"undo"`
	Risk       string       `json:"risk"` // none, low, medium, high, destroys
	Warning    string       `json:"warning,omitempty"`
	Secret     bool         `json:"secret"`
	Inevitable string       `json:"inevitable,omitempty"`
	Done       []string     `json:"done"`   // all that is to be answered when asking again, where the step worked
	Failed     []string     `json:"failed"` // and where it did not

	// Rights says of a step what it is to the rights that somebody has for a moment;
	// empty where nobody has any. The steps from given to taken_back belong together:
	// whatever comes of those between, the last is done. FailedAfter is what to answer
	// then of one that did not work.
	Rights      string   `json:"rights,omitempty"`
	FailedAfter []string `json:"failed_after,omitempty"`
}

// What a step is to the rights that somebody has for a moment.
const (
	RightsGiven     = "given"
	RightsHeld      = "held"
	RightsTakenBack = "taken_back"
)

// Credential is a sort of credential and whose it is; never the credential.
type Credential struct {
	Kind string `json:"kind"`
	User string `json:"user,omitempty"`
}

// PlanAsk is a question that no tool answers, and how it goes on.
type PlanAsk struct {
	About  Credential `json:"about"`
	Answer string     `json:"answer"` // how the answer is written in a command: password:lea
	Text   string     `json:"text"`
	Yes    *Plan      `json:"yes"`
	No     *Plan      `json:"no"`
}

// PlanBlocked says why there is no way.
type PlanBlocked struct {
	Because  []string   `json:"because"`
	Reasons  []string   `json:"reasons"`
	Missing  []string   `json:"missing"`
	LeastBad []PlanStep `json:"least_bad"`
}

// Preflight is the answer to one question about what would happen.
type Preflight struct {
	Name     string     `json:"name"`
	Text     string     `json:"text"`
	User     string     `json:"user,omitempty"`
	Safe     health.Tri `json:"safe"`
	Answers  []Foreseen `json:"answers"`
	Plan     string     `json:"plan,omitempty"` // the goal whose plan makes it safe
	Erasures []Erasure  `json:"erasures,omitzero"`
	Note     string     `json:"note,omitempty"` // what makes it less certain than it could be
}

// Foreseen is a forecast with its reasons. See health.Forecast.
type Foreseen struct {
	Name    string     `json:"name"`
	Subject string     `json:"subject"`
	Answer  health.Tri `json:"answer"`
	Because []string   `json:"because"`
	Facts   []string   `json:"facts"`
	Depends []string   `json:"depends"`
	Summary string     `json:"summary"`
	DoNot   string     `json:"do_not,omitempty"`
}

// ForeseenOf is how a forecast is told.
func ForeseenOf(f health.Forecast) Foreseen {
	told := Foreseen{
		Name: string(f.Name), Subject: f.Subject, Answer: f.Answer, Because: make([]string, 0, len(f.Because)),
		Facts: names(f.Facts), Depends: make([]string, 0, len(f.Depends)), Summary: f.Summary, DoNot: f.DoNot,
	}
	for _, code := range f.Because {
		told.Because = append(told.Because, string(code))
	}
	for _, behaviour := range f.Depends {
		told.Depends = append(told.Depends, string(behaviour))
	}
	return told
}

// Erasure is what one value of ObliterationBehavior makes of an erase command.
type Erasure struct {
	Behavior string     `json:"behavior"`
	Outcome  string     `json:"outcome"`
	Erases   health.Tri `json:"erases"`
	Silently health.Tri `json:"silently"`
}
