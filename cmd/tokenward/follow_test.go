//go:build linux

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// errNoWay is that the program or the page says that there is no safe way.
var errNoWay = errors.New("there is no safe way")

// mostAsked is how often somebody asks for a plan before giving up.
const mostAsked = 12

// tokenward runs the program as a process of its own, as somebody types it.
func (p *person) tokenward(args ...string) (out string, err error) {
	c := exec.CommandContext(p.ctx, filepath.Join(programs, "tokenward-faults"), append(args, "--root", p.root)...)
	text, err := c.Output()
	if exited, ended := errors.AsType[*exec.ExitError](err); ended {
		err = nil
		if exited.ExitCode() == exitUsage {
			err = fmt.Errorf("%v: %s", args, exited.Stderr)
		}
	}
	return string(text), err
}

// follows asks for a plan and does what it says, until nothing is to be done. What
// is printed goes through spoil first, which a test uses to change a word.
func (p *person) follows(goal, user string, flags []string, spoil func(string) string) error {
	for range mostAsked {
		args := []string{"plan", goal}
		if user != "" {
			args = append(args, "--user", user)
		}
		out, err := p.tokenward(append(args, flags...)...)
		if err != nil {
			return err
		}
		way, err := readPlan(spoil(out))
		switch {
		case err != nil:
			return err
		case way.reached && len(way.steps) == 0:
			return nil
		case way.noWay: // what must be taken back is taken back all the same
			if _, err := p.walks(way.steps, flags); err != nil {
				return err
			}
			return fmt.Errorf("%w:\n%s", errNoWay, out)
		case way.question != "":
			flags, err = p.answered(way, flags)
		default:
			flags, err = p.walks(way.steps, flags)
			if err == nil && flags == nil {
				return nil
			}
		}
		if err != nil {
			return fmt.Errorf("%w, in\n%s", err, out)
		}
	}
	return fmt.Errorf("after %d plans for %s nothing has come of it", mostAsked, goal)
}

func asPrinted(text string) string { return text }

func (p *person) answered(way printed, flags []string) ([]string, error) {
	yes, err := p.answers(way.question)
	if err != nil {
		return nil, err
	}
	flag := way.no
	if yes {
		flag = way.yes
	}
	if flag == "" {
		return nil, fmt.Errorf("it does not say how to answer %q", way.question)
	}
	return append(flags, flagWords(flag)...), nil
}

// walks does the steps. Where a check does not show what it should, it returns the
// flags that stand behind "If not", once the steps that belong together are ended;
// and somebody who asks again after each step, those behind "If so".
func (p *person) walks(steps []printedStep, flags []string) ([]string, error) {
	for i, s := range steps {
		worked, err := p.step(s)
		switch {
		case err != nil:
			return nil, err
		case !worked && s.ifNot == "":
			return nil, fmt.Errorf("step %s did not work, and it does not say what then: %s\n%s", s.number, s.check, p.shown)
		case !worked:
			return flagWords(s.ifNot), p.finishes(steps[i:], s.last)
		case p.asksAgain && s.last == "" && s.ifSo != "":
			return flagWords(s.ifSo), nil
		case p.asksAgain && s.last == "":
			return append([]string{}, flags...), nil
		}
	}
	return nil, nil
}

// finishes does the step with that number, whatever came of those before.
func (p *person) finishes(steps []printedStep, number string) error {
	for _, s := range steps {
		if s.number != number {
			continue
		}
		if worked, err := p.step(s); err != nil || !worked {
			return fmt.Errorf("step %s did not work (%w)", number, err)
		}
	}
	return nil
}

func (p *person) step(s printedStep) (worked bool, err error) {
	p.subject = s.of
	if err := p.makesSure(s.first); err != nil {
		return false, err
	}
	if err := p.does(s.do); err != nil {
		return false, err
	}
	return p.looks(s.check)
}

// flagWords splits flags as a shell does, as far as flags need it.
func flagWords(line string) (all []string) {
	word, open, begun := "", false, false
	for _, r := range line {
		switch {
		case r == '\'':
			open, begun = !open, true
		case r == ' ' && !open:
			if begun {
				all = append(all, word)
			}
			word, begun = "", false
		default:
			word, begun = word+string(r), true
		}
	}
	if begun {
		all = append(all, word)
	}
	return all
}

// trouble is a Mac, and somebody before it.
type trouble struct {
	name       string
	slug       string // of the runbook
	scenario   string
	before     []state.Event // what happened to it since
	goal, user string
	as         map[string]string // which account stands for which word of the page
	person     func(p *person)
	way        int      // which way of the page
	said       []string // flags that such a person gives at once
	noWay      bool     // there is none, and it says so
	pageless   bool     // the page does not go so far
	unseen     bool     // nothing on that Mac tells of it
}

// begins lays out the Mac and tells the person what such a person knows.
func (tr trouble) begins(t *testing.T) *person {
	t.Helper()
	p := newPerson(t, simulate(t, tr.scenario, ""))
	for _, e := range tr.before {
		if err := p.happens(e); err != nil {
			t.Fatal(err)
		}
	}
	tr.person(p)
	return p
}

// pageCodes are the conditions of the page.
func (tr trouble) pageCodes(t *testing.T) (all []string) {
	t.Helper()
	for _, code := range pageOf(t, tr.slug).Codes {
		all = append(all, string(code))
	}
	return all
}

// ends looks at the Mac at the end: what was wanted is so, nothing of the page is
// found any more, and nobody is left an administrator who was none. Where there is no
// way, that must have been said, and the rights count all the same.
func (tr trouble) ends(t *testing.T, p *person, before state.Mac, err error) {
	t.Helper()
	after, failed := p.mac()
	if failed != nil {
		t.Fatal(failed)
	}
	for _, a := range after.People() {
		was, there := before.Account(a.Name)
		if there && !before.IsAdmin(was) && after.IsAdmin(a) {
			t.Errorf("%s is left an administrator", a.Name)
		}
	}
	switch {
	case tr.noWay && errors.Is(err, errNoWay):
		return
	case tr.noWay || err != nil:
		t.Fatalf("that there is no way is expected: %v; %v", tr.noWay, err)
	}
	if truth := macsim.SummaryOf(&after); tr.user != "" && !strings.Contains(truth.People[tr.user], "token, ") {
		t.Errorf("%s is %q in truth", tr.user, truth.People[tr.user])
	}
	if tr.goal == "escrow" && !after.BootstrapValid() {
		t.Errorf("in truth the server has no Bootstrap Token that works: %s", macsim.SummaryOf(&after).Bootstrap)
	}
	tr.isGone(t, p)
}

// isGone looks whether a check still finds a condition of the page.
func (tr trouble) isGone(t *testing.T, p *person) {
	t.Helper()
	out, err := p.tokenward("status", "--json")
	if err != nil {
		t.Fatal(err)
	}
	r := outcome{out: out}.report(t)
	for _, f := range r.Findings {
		if slices.Contains(tr.pageCodes(t), f.Code) && f.Severity != "info" {
			t.Errorf("%s is still there: %s %s", f.Code, f.Summary, f.NextStep)
		}
	}
}

// Whoever knows nothing about Macs and does what is printed, to the letter, ends
// with a Mac of which nothing of it is found any more; or is told that there is no
// safe way.
func TestFollowingThePrintedPlan(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles() {
		if tr.goal == "" {
			continue // nothing can be asked on that Mac: see the page
		}
		t.Run(tr.slug+"/"+tr.name, func(t *testing.T) {
			t.Parallel()
			p := tr.begins(t)
			before, err := p.mac()
			if err != nil {
				t.Fatal(err)
			}
			tr.ends(t, p, before, p.follows(tr.goal, tr.user, tr.said, asPrinted))
		})
	}
}

// Whoever asks again after each step, as the help says, with the answers that stand
// below it, gets there as well, and leaves nobody an administrator.
func TestAskingAgainAfterEachStep(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles() {
		if tr.goal == "" {
			continue
		}
		t.Run(tr.slug+"/"+tr.name, func(t *testing.T) {
			t.Parallel()
			p := tr.begins(t)
			p.asksAgain = true
			before, err := p.mac()
			if err != nil {
				t.Fatal(err)
			}
			tr.ends(t, p, before, p.follows(tr.goal, tr.user, tr.said, asPrinted))
		})
	}
}

// A word that is changed in what is printed is a sentence that nobody knows, or
// something else happens than should: whoever follows it does not get there.
func TestAWrongWordIsNoticed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, slug, from, to string }{
		{"another window", "no-token-but-escrowed/with the user", "logs in at the login window", "logs in at the FileVault window"},
		{"nobody logs out", "bootstrap-token-not-escrowed/with the administrator", "Whoever is logged in logs out", "Whoever is logged in locks the screen"},
		{"the type in two words", "bootstrap-token-not-escrowed/from afar", "profiles install -type bootstraptoken", "profiles install -type bootstrap token"},
		{"another name at the prompt", "bootstrap-token-not-escrowed/from afar", "admin user name, type", "full name, type"},
		{"passwords in another order", "mobile-account-without-a-token/with an administrator", "password of itadmin first, and then for that of boconnor", "password of boconnor first, and then for that of itadmin"},
		{"no new password", "reset-keeping-the-token/with an administrator", " -newPassword -", ""},
		{"another line to look for", "bootstrap-token-not-escrowed/from afar", "The last line is", "The first line is"},
		{"another status", "no-token-but-escrowed/with the user", "says ENABLED", "says DISABLED"},
		{"another question", "after-a-remote-reset/with the user", "Did mbauer set the present password", "Did mbauer forget the present password"},
		{"rights that are given and not taken", "only-a-standard-user-holds/by an administrator for a moment", "edit -d jokafor", "edit -a jokafor"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			all := troubles()
			i := slices.IndexFunc(all, func(tr trouble) bool { return tr.slug+"/"+tr.name == tc.slug })
			p, changed := all[i].begins(t), false
			err := p.follows(all[i].goal, all[i].user, all[i].said, func(text string) string {
				spoiled := strings.ReplaceAll(text, tc.from, tc.to)
				changed = changed || spoiled != text
				return spoiled
			})
			if err == nil || !changed {
				t.Errorf("the word was there: %v; nobody noticed", changed)
			}
		})
	}
}
