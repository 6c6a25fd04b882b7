//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// person knows nothing about Macs: who is there, some passwords, perhaps the
// recovery key, and what is printed. Whatever a text says is done to the letter.
type person struct {
	shell
	ctx context.Context

	knows  map[string]string // present passwords, by account
	former map[string]string // passwords from before a reset
	absent []string          // who cannot come to the Mac
	key    bool              // FileVault's recovery key is at hand
	own    []string          // who set the present password without help
	shares bool              // a password may be told to somebody

	asksAgain bool // for a plan, after each step that stands for itself

	twoWords bool   // typed "bootstrap token"
	subject  string // of whom the present step is

	shown string // by the latest command
	exit  int
}

func newPerson(t *testing.T, root string) *person {
	t.Helper()
	return &person{shell: shellOn(t, root), ctx: t.Context(), knows: map[string]string{}, former: map[string]string{}}
}

func (p *person) mac() (state.Mac, error) { return macsim.Open(p.root) }

// names are the accounts of people, longest first, so that a longer name is not
// taken for a shorter one.
func (p *person) names() ([]string, error) {
	m, err := p.mac()
	var all []string
	for _, a := range m.People() {
		all = append(all, a.Name)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all, err
}

// happens lets something happen on the Mac, some minutes after what was before. A
// Mac that refuses it is an error: the text promised something else.
func (p *person) happens(e state.Event) error {
	return macsim.Change(p.root, func(m *state.Mac) error {
		at := m.Clock.Add(10 * time.Minute)
		if why, err := macsim.Happen(m, at, e); err != nil || why != state.NotRefused {
			return fmt.Errorf("%s: refused: %s, %w", state.EventName(e), why, errors.Join(err))
		}
		return nil
	})
}

func (p *person) types(line string, answers []typed) (err error) {
	p.shown, p.exit, err = p.run(p.ctx, line, answers)
	if err == nil && strings.Contains(p.shown, "macsim:") && strings.Contains(p.shown, "not simulated") {
		err = errors.New(p.shown)
	}
	return err
}

func (p *person) password(of string) (typed, error) {
	secret, known := p.knows[of]
	if !known {
		return typed{}, fmt.Errorf("nobody knows the password of %s", of)
	}
	return typed{text: secret, of: of}, nil
}

// invents makes a new password for somebody, and remembers it.
func (p *person) invents(of string) string {
	secret := "Tulips-3-" + of
	if p.knows[of] == secret {
		secret = "Asters-4-" + of
	}
	p.knows = maps.Clone(p.knows)
	p.knows[of] = secret
	return secret
}

func (p *person) logsOut() error {
	m, err := p.mac()
	if err != nil || m.Console.User == "" {
		return err
	}
	return p.happens(&state.Logout{})
}

func (p *person) logsIn(who string, former bool) error {
	secret, err := p.password(who)
	if err != nil {
		return err
	}
	e := &state.Login{User: who, Password: &secret.text}
	if old, known := p.former[who]; former && known {
		e.Old = &old
	}
	return p.happens(e)
}

// logsInAnew is a user who logs out and in once more.
func (p *person) logsInAnew(who string) error {
	if err := p.logsOut(); err != nil {
		return err
	}
	return p.logsIn(who, false)
}

func (p *person) unlocks(who, secret string) error {
	return p.happens(&state.Unlock{User: who, Password: &secret})
}

// somebodyUnlocks is any colleague who can, if the Mac waits for one.
func (p *person) somebodyUnlocks() error {
	m, err := p.mac()
	if err != nil || m.Phase != state.Locked {
		return err
	}
	for _, a := range m.People() {
		if secret, known := p.knows[a.Name]; known && a.Preboot {
			return p.unlocks(a.Name, secret)
		}
	}
	return errors.New("no colleague can unlock the disk")
}

// changes is a user's own change of the password.
func (p *person) changes(who string) error {
	old, err := p.password(who)
	if err != nil {
		return err
	}
	return p.happens(&state.ChangePassword{User: who, Old: &old.text, New: p.invents(who)})
}

// restartsAndLogsIn is the end of a visit to recoveryOS.
func (p *person) restartsAndLogsIn(who string) error {
	m, err := p.mac()
	if err != nil {
		return err
	}
	if m.Phase != state.Locked {
		return p.logsIn(who, false)
	}
	return p.unlocks(who, p.knows[who])
}
