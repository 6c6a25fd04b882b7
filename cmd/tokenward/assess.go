package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/spelling"
	"github.com/tokenward/tokenward/internal/wire"
)

// situation is this Mac as it is now, with what earlier checks remember of it.
type situation struct {
	model  health.Model
	policy health.Policy
	note   string // what makes it less certain than it could be

	// guessed: the organisation's policy cannot be read, and the usual one stands in
	// for it, which may allow what the organisation does not.
	guessed bool
}

// atBest is an answer as far as it can be relied on.
func (s *situation) atBest(answer health.Tri) health.Tri {
	if s.guessed && answer == health.Yes {
		return health.Unknown
	}
	return answer
}

// assess asks the Mac. A plan for tomorrow must not rest on what was so an hour
// ago, so the daemon's last report will not do; but that the Bootstrap Token was
// proven, the daemon knows and a short check does not.
func (a *app) assess(ctx context.Context, deep bool) (situation, error) {
	cfg, unusable := a.load()
	var notes []string
	if unusable != nil {
		cfg = config.Default()
		notes = append(notes, "The configuration cannot be used: "+unusable.Error()+". What the organisation decided is not known, so nothing here is certain.")
	}
	past, err := agent.ReadLedger(a.paths())
	switch {
	case !a.privileged():
		past = health.Ledger{}
		notes = append(notes, "This was asked without root's rights, so several tools did not answer. Ask with sudo.")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		notes = append(notes, "What earlier checks remember cannot be read: "+err.Error()+".")
	}
	found, err := a.look(ctx, cfg, past, deep, "")
	return situation{model: found.Model, policy: cfg.HealthPolicy(), note: strings.Join(notes, " "), guessed: unusable != nil}, err
}

// account finds the account that somebody named. Where the accounts of the Mac are
// not known, nobody can say that there is none.
func (s *situation) account(name string) (*health.Account, error) {
	if account, there := s.model.Account(name); there {
		return account, nil
	}
	if len(s.model.Accounts) == 0 {
		return nil, &codeError{exitUnknown, fmt.Errorf("the accounts of this Mac could not be read, so it is not known who %q is", name)}
	}
	var names []string
	for i := range s.model.Accounts {
		names = append(names, s.model.Accounts[i].Name)
	}
	return nil, noAccount(name, names)
}

// noAccount says that nobody is called that, and who nearly is.
func noAccount(name string, names []string) error {
	if near := spelling.Nearest(name, names); near != "" && wire.Typeable(near) {
		return usage(fmt.Errorf("there is no account %q on this Mac; did you mean %s?", name, near))
	}
	return usage(fmt.Errorf("there is no account %q on this Mac", name))
}
