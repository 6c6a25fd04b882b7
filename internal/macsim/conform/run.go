package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/macsim/tool"
)

// ErrGoesOn is what a [Person] says of a restart: the program ends here, and
// goes on when it is started again.
var ErrGoesOn = errors.New("goes on after a restart")

// ErrNotDone is what a [Person] says who does not do what the case needs.
var ErrNotDone = errors.New("nobody did what it needs")

// Suite puts cases to one Mac.
type Suite struct {
	Target Target
	Person Person
	Facts  Facts
	Names  Names
	Resume bool         // after a restart that a case has asked for
	Watch  func(string) // is told every step in words; may be nil
}

// Result is what came of one case.
type Result struct {
	Case
	Finding
	Seen       []Run
	LeftBehind string // what could not be undone; empty: nothing
}

// Run is one step that was taken.
type Run struct {
	Step
	Who     string // {user} of a step that is taken for every person
	Command Command
	Output  Output
	Answer  string // of a person
}

// Run puts one case to the Mac, and undoes what it did to it, also where the
// context ends in between.
func (s *Suite) Run(ctx context.Context, c Case) Result {
	result := Result{Case: c}
	if !s.Resume { // what it needed was there before the restart, and may be gone
		result.Finding = c.applies(&s.Facts, &s.Names)
	}
	if result.Verdict != "" {
		return result
	}
	if _, there := s.Facts.Person(TestAccount); there && c.Account != NoAccount && !s.Resume {
		result.Finding = couldNotAsk("there is an account %s already: remove it with sysadminctl -deleteUser %s", TestAccount, TestAccount)
		return result
	}
	p := progress{suite: s, facts: s.Facts}
	p.restarted = !s.Resume || !slices.ContainsFunc(c.Steps, func(step Step) bool { return step.Restart })
	result.Finding, result.Seen = p.play(ctx, &c)
	if !p.goesOn {
		result.LeftBehind = p.undo(context.WithoutCancel(ctx), &c)
	}
	return result
}

// progress is one case under way.
type progress struct {
	suite     *Suite
	facts     Facts
	runs      [][]Run
	touched   bool // something was done that may have to be undone
	restarted bool // no step is skipped any more
	goesOn    bool
}

func (p *progress) play(ctx context.Context, c *Case) (Finding, []Run) {
	if p.restarted {
		if f := p.prepare(ctx, c); f.Verdict != "" {
			return f, p.all()
		}
	}
	for _, step := range c.Steps {
		runs, err := p.take(ctx, step)
		p.runs = append(p.runs, runs)
		if err != nil {
			p.goesOn = errors.Is(err, ErrGoesOn)
			return couldNotAsk("%v", err), p.all()
		}
	}
	f := c.Check(&Seen{Before: p.suite.Facts, Facts: p.facts, Names: p.suite.Names, runs: p.runs})
	if f.Verdict == Holds && c.Open {
		f.Verdict = Unanswered
	}
	return f, p.all()
}

func (p *progress) all() []Run { return slices.Concat(p.runs...) }

// prepare makes the test account.
func (p *progress) prepare(ctx context.Context, c *Case) Finding {
	for _, step := range c.Account.making() {
		runs, err := p.take(ctx, step)
		if err != nil {
			p.runs = append(p.runs, runs)
			return couldNotAsk("the test account: %v", err)
		}
	}
	if c.Account == NoAccount || c.Account == Bare {
		return Finding{}
	}
	runs, err := p.take(ctx, ask("dscl . -read /Users/{test} AuthenticationAuthority"))
	if err != nil || runs[0].Output.Exit != 0 {
		return couldNotAsk("the test account could not be made")
	}
	tagged := strings.Contains(runs[0].Output.Stdout, ";SecureToken;")
	if wanted := c.Account == Holder || c.Account == HolderAdmin; tagged != wanted {
		return couldNotAsk("the test account holds a Secure Token: %v, and should: %v", tagged, wanted)
	}
	return Finding{}
}

// take does one step, once or for every person.
func (p *progress) take(ctx context.Context, step Step) ([]Run, error) {
	if !p.restarted {
		p.restarted = step.Restart
		return nil, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.touched = true
	if step.Deed != "" {
		return p.deed(ctx, step)
	}
	if !step.Each {
		run, err := p.start(ctx, step, "")
		return []Run{run}, err
	}
	var runs []Run
	for _, person := range p.facts.People {
		run, err := p.start(ctx, step, person.Name)
		runs = append(runs, run)
		if err != nil {
			return runs, err
		}
	}
	return runs, nil
}

// deed has a person do something. Who is on the Mac may be another afterwards.
func (p *progress) deed(ctx context.Context, step Step) ([]Run, error) {
	names := p.suite.Names
	d := Deed{Text: names.Tell(step.Deed), Asks: step.Asks, Restart: step.Restart}
	d.Play = func(m *state.Mac) (string, error) { return step.Play(m, &names) }
	p.suite.tell("(a person) " + d.Text)
	answer, err := p.suite.Person.Do(ctx, d)
	run := []Run{{Step: step, Answer: answer}}
	if err == nil && step.Restart {
		p.facts, err = Survey(ctx, p.suite.Target, p.facts.Simulated)
	}
	return run, err
}

// start starts a tool.
func (p *progress) start(ctx context.Context, step Step, who string) (Run, error) {
	names := p.suite.Names
	names.User = who
	argv := names.fillAll(step.Argv)
	c := Command{Path: argv[0], Args: argv[1:], Stdin: names.fill(step.Stdin), Typed: names.fillAll(step.Typed), Limit: step.Limit}
	if step.AsUser && p.facts.Root {
		asker, _ := p.suite.Facts.Person(names.Asker)
		c.User, c.UID = asker.Name, asker.UID
	}
	p.suite.tell(names.Tell(step.String()))
	out, err := p.suite.Target.Run(ctx, c)
	run := Run{Step: step, Who: who, Command: c, Output: out}
	switch {
	case err != nil:
		return run, fmt.Errorf("%s: %w", step.Argv[0], err)
	case ownWords(out):
		return run, errors.New(strings.TrimSpace(out.Stderr))
	}
	return run, nil
}

// ownWords says whether the simulator speaks for itself, and not for a Mac.
func ownWords(out Output) bool {
	return out.Exit == tool.OwnExit && strings.Contains(out.Stderr, "macsim: ")
}

func (s *Suite) tell(text string) {
	if s.Watch != nil {
		s.Watch(text)
	}
}

// undo takes back what was done, and says what it could not.
func (p *progress) undo(ctx context.Context, c *Case) string {
	if !p.touched || c.Account == NoAccount && len(c.Undo) == 0 {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	p.restarted = true
	for _, step := range c.Undo {
		if _, err := p.take(ctx, step); err != nil {
			return p.suite.Names.Tell("this was not undone: " + step.String())
		}
	}
	if c.Account == NoAccount {
		return ""
	}
	return p.removeAccount(ctx)
}

// removeAccount removes the test account, and looks whether it is gone.
func (p *progress) removeAccount(ctx context.Context) string {
	there := func() bool {
		runs, err := p.take(ctx, ask("dscl . -read /Users/{test} RecordName"))
		return err != nil || runs[0].Output.Exit == 0
	}
	if !there() {
		return ""
	}
	_, err := p.take(ctx, ask("sysadminctl -deleteUser {test}").slowly())
	if err != nil || there() {
		return "the account " + TestAccount + " is still there: remove it with sysadminctl -deleteUser " + TestAccount
	}
	return ""
}

// making are the steps that make a test account. The password is typed: a
// terminal is what every account of the tool agrees on.
func (a Account) making() []Step {
	const line = "sysadminctl -addUser {test} -password - -fullName"
	plain := ask(line).with("{test-name}").slowly()
	byAdmin := plain.with("-adminUser", "{admin}", "-adminPassword", "-").typed("{admin-pw}", "{test-pw}")
	switch a {
	case Standard:
		return []Step{plain.typed("{test-pw}")}
	case Administrator:
		return []Step{plain.with("-admin").typed("{test-pw}")}
	case Holder:
		return []Step{byAdmin}
	case HolderAdmin:
		return []Step{byAdmin.with("-admin")}
	default:
		return nil
	}
}

// Described is all that a case does, with the test account, in words.
func (c *Case) Described() []string {
	var lines []string
	for _, s := range slices.Concat(c.Account.making(), c.Steps, c.Undo) {
		lines = append(lines, s.String())
	}
	if c.Account != NoAccount {
		lines = append(lines, ask("sysadminctl -deleteUser {test}").String())
	}
	return lines
}
