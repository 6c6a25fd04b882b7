//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/runbook"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

func pageOf(t *testing.T, slug string) runbook.Page {
	t.Helper()
	for _, p := range runbook.Pages() {
		if p.Slug == slug {
			return p
		}
	}
	t.Fatalf("there is no page %s", slug)
	return runbook.Page{}
}

// page is the text in the repository, with the names of this Mac.
func (tr trouble) page(t *testing.T, p *person) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbooks/" + tr.slug + ".md")
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.mac()
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for word, name := range tr.as {
		a, there := m.Account(name)
		if !there {
			t.Fatalf("nobody is called %s", name)
		}
		pairs = append([]string{"GUID-OF-" + word, a.GUID}, append(pairs, word, name)...)
	}
	return strings.NewReplacer(pairs...).Replace(string(text))
}

// Each page has somebody who follows it.
func TestEveryRunbookIsFollowed(t *testing.T) {
	t.Parallel()
	all := troubles()
	for _, p := range runbook.Pages() {
		if !slices.ContainsFunc(all, func(tr trouble) bool { return tr.slug == p.Slug }) {
			t.Errorf("nobody follows %s", p.Slug)
		}
	}
}

// What a page says to make sure is what its Mac shows, and the conditions of the
// page are found on it.
func TestRunbooksAreOfTheirMacs(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles() {
		t.Run(tr.slug+"/"+tr.name, func(t *testing.T) {
			t.Parallel()
			p := tr.begins(t)
			if m, err := p.mac(); err != nil || m.Phase == state.Locked {
				return // nothing runs there
			}
			tr.isFound(t, p)
			looks := consoleOf(tr.page(t, p))
			if len(looks) != len(pageOf(t, tr.slug).See) {
				t.Fatalf("%d commands are on the page", len(looks))
			}
			for _, l := range looks {
				if err := p.types(l[0], nil); err != nil || !strings.Contains(p.shown, l[1]) {
					t.Errorf("%s prints\n%s\nand not %q (%v)", l[0], p.shown, l[1], err)
				}
			}
		})
	}
}

// isFound looks for the conditions of the page that a check can find.
func (tr trouble) isFound(t *testing.T, p *person) {
	t.Helper()
	out, err := p.tokenward("check", "--deep", "--json")
	if err != nil {
		t.Fatal(err)
	}
	found := codes(outcome{out: out}.report(t))
	for _, code := range pageOf(t, tr.slug).Codes {
		r, _ := health.RuleOf(code)
		if r.FedBy == health.FromDevice && !tr.unseen && !slices.Contains(found, string(code)) {
			t.Errorf("%s is not among %v", code, found)
		}
	}
}

// consoleOf are the commands of a page below "Make sure", each with the line that it
// prints.
func consoleOf(page string) (all [][2]string) {
	_, block, _ := strings.Cut(page, "\n```console\n")
	block, _, _ = strings.Cut(block, "```\n")
	lines := strings.Split(strings.TrimSpace(block), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		all = append(all, [2]string{strings.TrimPrefix(lines[i], "$ "), lines[i+1]})
	}
	return all
}

// reads follows one way of a page.
func (p *person) reads(way string) error {
	for number := "1"; ; {
		read, err := readWay(way, number)
		if err != nil {
			return err
		}
		if read.question != "" {
			yes, err := p.answers(read.question)
			if err != nil {
				return err
			}
			below := read.no
			if yes {
				below = read.yes
			}
			if m := goesOn.FindStringSubmatch(below); m != nil {
				number = m[1]
				continue
			}
			read = readSteps(below)
		}
		return p.ends(read)
	}
}

// ends does the steps at the end of a way.
func (p *person) ends(read printed) error {
	switch {
	case read.noWay:
		return errNoWay
	case read.reached:
		return nil
	case len(read.steps) == 0:
		return errors.New("there are no steps")
	}
	for _, s := range read.steps {
		s.of = p.last(s.do)
		worked, err := p.step(s)
		if err != nil {
			return err
		}
		if !worked {
			return fmt.Errorf("step %s: %s: it did not show: %s", s.number, s.check, p.shown)
		}
	}
	return nil
}

// last is the account that a text names last.
func (p *person) last(text string) string {
	names, err := p.names()
	if err != nil {
		return ""
	}
	at, who := -1, ""
	for _, name := range names {
		if i := strings.LastIndex(text, name); i > at {
			at, who = i, name
		}
	}
	return who
}

// Whoever does what a page says, to the letter and with the right names, ends with a
// Mac on which nothing of it is found any more.
func TestFollowingTheRunbooks(t *testing.T) {
	t.Parallel()
	for _, tr := range troubles() {
		if tr.pageless {
			continue
		}
		t.Run(tr.slug+"/"+tr.name, func(t *testing.T) {
			t.Parallel()
			p := tr.begins(t)
			before, err := p.mac()
			if err != nil {
				t.Fatal(err)
			}
			ways := runbookWays(tr.page(t, p))
			if len(ways) <= tr.way {
				t.Fatalf("the page has %d ways", len(ways))
			}
			tr.ends(t, p, before, p.reads(ways[tr.way]))
		})
	}
}
