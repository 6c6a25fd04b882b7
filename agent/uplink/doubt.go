package uplink

import (
	"context"

	"github.com/tokenward/tokenward/internal/wire"
)

// doubt finds out whether somebody else's server refuses one report or everything: it
// is sent the newest of those that wait, alone. Only if it takes that one is the first
// put aside. With nothing to compare, or two answers that are the same, all are kept.
func (u *Uplink) doubt(ctx context.Context, first wire.Queued, why error) error {
	waiting, err := u.queue.Next(maxReports, maxBytes)
	if err != nil {
		return local(err)
	}
	if len(waiting) < 2 || waiting[0].ID != first.ID {
		return why
	}
	other := waiting[len(waiting)-1:]
	answer, err := u.poster.Post(ctx, other)
	if err != nil {
		return err
	}
	if err := u.settle(other, answer); err != nil {
		return err
	}
	return u.quarantine(first, why.Error())
}
