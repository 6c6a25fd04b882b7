package plan

import (
	"fmt"

	"github.com/tokenward/tokenward/health"
)

// mostQuestions is how many questions follow each other in one plan. After so many
// the answers are wanted first.
const mostQuestions = 5

// For finds the way to a goal. It is a pure function: the same model, goal and
// answers always give the same plan.
//
// Whoever follows a plan looks after each step whether Verify shows what it should,
// adds the step's Done or Failed to the answers, takes the evidence anew and asks
// for the plan again.
func For(m health.Model, g Goal, said Answers) Plan {
	b := newBoard(&m, g, said)
	return *b.relieved(b.plan())
}

// plan is the way as if nothing had to be taken back first.
func (b *board) plan() *Plan {
	if p, decided := b.before(); decided {
		return p
	}
	return b.grow(0)
}

// grow makes the plan: its steps where everything that they need is
// known to be at hand, and a question first where it is not. Nothing is begun, and
// nobody is made an administrator, before it is known that the end can be reached.
func (b *board) grow(depth int) *Plan {
	s := b.start
	way, found := b.way(s)
	p := &Plan{Goal: b.goal, Outcome: Steps}
	switch {
	case !found:
		if about, open := b.absent(); open {
			b.ask(p, move{}, about, depth)
			return p
		}
		return b.noWay(s)
	case len(way) == 0:
		p.Outcome = Reached
		return b.settled(p)
	}
	for _, m := range way {
		for about, open := b.open(m); open; about, open = b.open(m) {
			answered := b.ask(p, m, about, depth)
			if answered == nil {
				return p
			}
			b = answered
		}
	}
	for _, m := range way {
		if m.action != "" {
			p.Steps = append(p.Steps, b.step(m, s))
		}
		s = m.to
	}
	if b.left > 0 {
		last := &p.Steps[len(p.Steps)-1]
		last.Expect += fmt.Sprintf(" Then ask for the plan again: there are %d more people without a token that is known to work.", b.left)
	}
	return b.removable(p)
}

// way is what leads through all aims.
func (b *board) way(s state) (all []move, found bool) {
	for _, aim := range b.aims() {
		way, end, found := b.search(s, aim)
		if !found {
			return nil, false
		}
		all, s = append(all, way...), end
	}
	return all, true
}

// open is the first credential of a move that nobody was asked for.
func (b *board) open(m move) (need, bool) {
	for _, n := range m.needs[:m.n] {
		if b.has(n) == health.Unknown {
			return n, true
		}
	}
	return need{}, false
}

// absent is whoever cannot log in now, where it was not asked whether that is for want
// of the password, and a way hangs on it: a password that nobody knows can be reset,
// and one that is known can be told.
func (b *board) absent() (need, bool) {
	for who := range b.size() {
		about := need{password, who}
		if b.has(need{presence, who}) != health.No || b.has(about) != health.Unknown {
			continue
		}
		for _, answer := range []health.Tri{health.Yes, health.No} {
			told := b.told(about, answer)
			if _, found := told.way(told.start); found {
				return about, true
			}
		}
	}
	return need{}, false
}

// ask makes a plan begin with a question, and returns nil. That a user comes to the own
// Mac is no question where nothing else is left without it: then it is one of the
// things that the step needs. Nor is it one of somebody who gets a new password, unless
// the token is gone until that login.
func (b *board) ask(p *Plan, m move, about need, depth int) *board {
	yes, no := b.told(about, health.Yes), b.told(about, health.No)
	q := &Question{About: b.credential(about), Text: b.question(about)}
	if about.kind == visit && m.action != "A12" {
		return yes
	}
	if about.kind == presence {
		if _, another := no.way(no.start); !another {
			return yes
		}
	}
	p.Outcome, p.Ask = Asks, q
	if depth < mostQuestions {
		q.Yes, q.No = yes.grow(depth+1), no.grow(depth+1)
	}
	return nil
}

// told is the board with one more answer.
func (b *board) told(about need, answer health.Tri) *board {
	return newBoard(b.m, b.goal, b.said.With(Answers{b.credential(about): answer}))
}
