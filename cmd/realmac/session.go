package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/tokenward/tokenward/internal/macsim/conform"
)

// session is one run of the program on one Mac.
type session struct {
	terminal
	lines *bufio.Reader // what is typed, a line at a time
	suite conform.Suite
	stage *stage // nil: a real Mac
	tier  conform.Tier
}

func newSession(ctx context.Context, t terminal, o *options) (*session, error) {
	s := &session{terminal: t, lines: bufio.NewReader(t.in)}
	s.suite.Resume = o.goOn
	s.suite.Watch = func(text string) { _, _ = fmt.Fprintln(s.err, "    "+text) }
	if o.simulate != "" {
		return s, s.simulated(ctx, o)
	}
	if !isMac {
		return nil, errors.New("this is no Mac; use --simulate SCENARIO")
	}
	s.suite.Target, s.suite.Person = machine{root: "/"}, s
	facts, err := conform.Survey(ctx, s.suite.Target, false)
	if err != nil {
		return nil, failure{err}
	}
	s.suite.Facts = facts
	return s, s.nameAccounts(o)
}

// simulated lays a simulated Mac out, which tells its passwords.
func (s *session) simulated(ctx context.Context, o *options) error {
	var err error
	if s.stage, err = newStage(o.simulate); err != nil {
		return err
	}
	s.suite.Target, s.suite.Person = machine{root: s.stage.dir, simulated: true}, s.stage
	if s.suite.Facts, err = conform.Survey(ctx, s.suite.Target, true); err != nil {
		s.close()
		return failure{err}
	}
	s.suite.Names = conform.NamesFor(&s.stage.mac, &s.suite.Facts)
	return nil
}

func (s *session) close() {
	if s.stage != nil {
		s.stage.close()
	}
}

// nameAccounts finds out whom to ask as: who called sudo, unless a flag says
// otherwise.
func (s *session) nameAccounts(o *options) error {
	n, caller := &s.suite.Names, os.Getenv("SUDO_USER")
	n.Asker, n.Admin = o.user, o.admin
	for _, name := range []*string{&n.Asker, &n.Admin} {
		if *name == "" {
			*name = caller
		}
		if _, known := s.suite.Facts.Person(*name); *name != "" && !known {
			return fmt.Errorf("there is no account %q of a person on this Mac", *name)
		}
	}
	if i := slices.IndexFunc(s.suite.Facts.People, func(r conform.Record) bool { return r.Node != "" }); i >= 0 {
		n.Mobile = s.suite.Facts.People[i].Name
	}
	if !s.suite.Facts.Root && n.Asker == "" {
		n.Asker = s.suite.Facts.Console // who is not root asks as itself anyway
	}
	return nil
}

// prepare tells what will be done and wants a word for it, and then the passwords.
// A simulated Mac is nobody's.
func (s *session) prepare(ctx context.Context, tier conform.Tier, cases []conform.Case) error {
	s.tier = tier
	if tier == conform.ReadOnly || s.stage != nil {
		return nil
	}
	if !s.suite.Facts.Root {
		return fmt.Errorf("--tier %s needs root: run it with sudo", tier)
	}
	s.announce(cases)
	if answer, err := s.ask(ctx, fmt.Sprintf("To go on, type the word %s: ", tier)); err != nil || answer != string(tier) {
		return failure{errors.New("the word was not typed; nothing was done")}
	}
	return s.askPasswords(ctx)
}

// announce names everything that the cases do, and to which account.
func (s *session) announce(cases []conform.Case) {
	n := &s.suite.Names
	s.say("These cases make, change and remove the account %s, and do to this Mac what stands below them.", conform.TestAccount)
	s.say("The administrator who authorises it is: %s\n", orNobody(n.Admin))
	for i := range cases {
		if why := s.suite.Why(&cases[i]); why != "" && !s.suite.Resume {
			continue
		}
		s.say("%s", cases[i].ID)
		for _, step := range cases[i].Described() {
			s.say("    %s", n.Tell(step))
		}
	}
	s.say("")
}

func orNobody(name string) string {
	if name == "" {
		return "nobody (name one with --admin)"
	}
	return name
}

// askPasswords asks without echo. What is typed goes to the tools' standard input
// or terminal and nowhere else.
func (s *session) askPasswords(ctx context.Context) error {
	n := &s.suite.Names
	for _, p := range []struct {
		prompt string
		into   *string
		wanted bool
	}{
		{"Password of " + n.Admin + ": ", &n.AdminPassword, n.Admin != ""},
		{"Choose a password for the account " + conform.TestAccount + ": ", &n.TestPassword, true},
		{"And another one, to change it to: ", &n.NewPassword, true},
	} {
		if !p.wanted {
			continue
		}
		if err := ctx.Err(); err != nil {
			return failure{err}
		}
		_, _ = io.WriteString(s.err, p.prompt)
		typed, err := term.ReadPassword(int(os.Stdin.Fd()))
		_, _ = io.WriteString(s.err, "\n")
		if err != nil || len(typed) == 0 {
			return failure{errors.Join(errors.New("no password was typed; nothing was done"), err)}
		}
		*p.into = string(typed)
	}
	return nil
}

// run puts the cases one after the other.
func (s *session) run(ctx context.Context, cases []conform.Case) []conform.Result {
	var results []conform.Result
	for i := range cases {
		if ctx.Err() != nil {
			break
		}
		if err := s.begin(ctx, &cases[i]); err != nil {
			results = append(results, conform.Result{Case: cases[i], Finding: conform.Finding{Verdict: conform.CouldNotAsk, Says: err.Error()}})
			continue
		}
		_, _ = fmt.Fprintf(s.err, "[%d/%d] %s\n", i+1, len(cases), cases[i].ID)
		result := s.suite.Run(ctx, cases[i])
		_, _ = fmt.Fprintf(s.err, "    %s %s\n", strings.ReplaceAll(string(result.Verdict), "_", " "), result.Says)
		results = append(results, result)
	}
	return results
}

// begin gives a case of a simulated Mac a new one, and asks once more before
// something is done to a real one that cannot be put back.
func (s *session) begin(ctx context.Context, c *conform.Case) error {
	switch {
	case c.Tier == conform.ReadOnly:
		return nil
	case s.stage != nil:
		return s.stage.reset()
	case c.Tier == conform.Destructive && (s.suite.Resume || s.suite.Why(c) == ""):
		s.say("\n%s: %s", c.ID, c.Claim)
		if answer, err := s.ask(ctx, "Do it now? Type yes, or anything else to leave it out: "); err != nil || answer != "yes" {
			return conform.ErrNotDone
		}
	}
	return nil
}

// Do asks whoever runs the program to do something.
func (s *session) Do(ctx context.Context, d conform.Deed) (string, error) {
	switch {
	case d.Restart:
		s.say("Now: %s.\nThen run this program again with the same --tier and --case, and --continue.", d.Text)
		return "", conform.ErrGoesOn
	case d.Asks:
		return s.yesOrNo(ctx, d.Text)
	}
	answer, err := s.ask(ctx, "Now: "+d.Text+".\nPress return when it is done, or type skip: ")
	if err != nil || answer != "" {
		return "", conform.ErrNotDone
	}
	return "", nil
}

func (s *session) yesOrNo(ctx context.Context, question string) (string, error) {
	for {
		answer, err := s.ask(ctx, question+" (yes or no) ")
		if err != nil {
			return "", conform.ErrNotDone
		}
		if answer == "yes" || answer == "no" {
			return answer, nil
		}
	}
}

// ask reads a line, or ends with the context: an interrupt must not wait for
// somebody to press return.
func (s *session) ask(ctx context.Context, prompt string) (string, error) {
	_, _ = io.WriteString(s.err, prompt)
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := s.lines.ReadString('\n')
		typed <- answer{strings.TrimSpace(line), err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-typed:
		return a.line, a.err
	}
}

func (s *session) say(format string, values ...any) {
	_, _ = fmt.Fprintf(s.err, format+"\n", values...)
}
