package agent

import (
	"context"
	"fmt"
	"os"
	"slices"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/internal/wire"
)

// Reload reads the configuration anew, puts what it says into force, and says what is
// different now and what is wrong with it. Where something is, what counts is what
// package config falls back to. It is safe for concurrent use; where nothing can be
// read anew it changes nothing.
func (a *Agent) Reload(context.Context) (wire.Reloaded, error) {
	done := wire.Reloaded{Changed: []string{}, Problems: []string{}}
	if a.read == nil {
		return done, nil
	}
	a.reloading.Lock()
	defer a.reloading.Unlock()
	loaded := a.read()
	before := a.configured()
	for _, c := range config.Difference(before, loaded.Config) {
		done.Changed = append(done.Changed, fmt.Sprintf("%s: %s, was %s", c.Key, c.Is, c.Was))
	}
	done.Problems = append(done.Problems, texts(loaded.Problems)...)
	a.noteProblems(done)
	if len(done.Changed) > 0 {
		a.use(before, loaded.Config)
	}
	a.keep(loaded)
	return done, nil
}

// keep remembers a configuration for the day on which a layer holds a mistake. The
// first one is kept as well: the mistake may come before anything was reloaded.
func (a *Agent) keep(l config.Loaded) {
	if err := config.Keep(a.paths, l); err != nil {
		a.log.Warn("last good configuration not kept", zap.Error(err))
	}
}

// noteProblems logs what a reload found, and tells what is newly wrong. Most reloads
// find nothing: a change of any managed preference is a reason for one.
func (a *Agent) noteProblems(done wire.Reloaded) {
	a.mu.Lock()
	same := slices.Equal(a.problems, done.Problems)
	a.problems = slices.Clone(done.Problems)
	a.mu.Unlock()
	if len(done.Changed) > 0 || !same {
		a.log.Info("configuration read", zap.Strings("changed", done.Changed), zap.Strings("problems", done.Problems))
	}
	if !same && len(done.Problems) > 0 {
		a.tell(log.ConfigRefused())
	}
}

// use puts a configuration into force. What a check reads of it, it reads once.
func (a *Agent) use(before, after config.Config) {
	a.config.Store(&after)
	if rules := rulesOf(after); rules != rulesOf(before) {
		a.schedule.Follow(rules)
	}
	if out := a.out(); out != nil && before.Spool != after.Spool {
		out.spool.Limit(limitsOf(after.Spool))
	}
	if otherwise(before, after) {
		a.rewire()
	}
	if a.applied != nil {
		a.applied(after)
	}
}

func texts(problems []config.Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

// listenForHangups reloads at each SIGHUP until the context ends.
func (a *Agent) listenForHangups(ctx context.Context, hangups <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-hangups:
			_, _ = a.Reload(ctx) // it was logged
		}
	}
}
