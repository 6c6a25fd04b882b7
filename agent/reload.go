package agent

import (
	"context"
	"fmt"
	"os"
	"slices"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/internal/wire"
)

// A Reloader reads the configuration anew and has what it says used. It says what is
// different now, and what is wrong with the newest one: then the one before stays in
// force. An error means that it could not be read at all.
type Reloader interface {
	Reload(ctx context.Context) (wire.Reloaded, error)
}

// Reload reads the configuration anew. It is safe for concurrent use; where nothing
// can be read anew it changes nothing.
func (a *Agent) Reload(ctx context.Context) (wire.Reloaded, error) {
	if a.reloader == nil {
		return wire.Reloaded{Changed: []string{}, Problems: []string{}}, nil
	}
	done, err := a.reloader.Reload(ctx)
	if err != nil {
		a.log.Error("configuration not read", zap.Error(err))
		return wire.Reloaded{}, fmt.Errorf("reload: %w", err)
	}
	a.log.Info("configuration read", zap.Strings("changed", done.Changed), zap.Strings("problems", done.Problems))
	a.mu.Lock()
	worse := len(done.Problems) > 0 && !slices.Equal(a.problems, done.Problems)
	a.problems = slices.Clone(done.Problems)
	a.mu.Unlock()
	if worse {
		a.tell(log.ConfigRefused())
	}
	return done, nil
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
