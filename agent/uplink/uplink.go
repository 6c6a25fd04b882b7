// Package uplink sends reports to the server and keeps at it.
//
// A report leaves the queue only when the server has named it as stored. An
// answer that is not the server's (a captive portal, a proxy, a redirect)
// acknowledges nothing. The uplink decides nothing about the Mac: what a server
// asks for is passed on as a wish.
package uplink

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/wire"
)

// Queue is where reports wait. See package spool for its promises.
type Queue interface {
	Next(reports int, bytes int64) ([]wire.Queued, error)
	Done([]wire.Queued) error
	Quarantine(wire.Queued) error
}

// Poster sends one batch. See Client.
type Poster interface {
	Post(ctx context.Context, batch []wire.Queued) (wire.Answer, error)
}

// The bounds of a batch, and of the time between two tries.
const (
	maxReports    = 50
	maxBytes      = wire.MaxReport // a longer report does not exist, so each fits alone
	firstBackoff  = 2 * time.Second
	longestWait   = 15 * time.Minute
	maxRetryAfter = 6 * time.Hour
)

// Uplink is one connection to one server.
type Uplink struct {
	queue  Queue
	poster Poster
	wish   func(wire.Next)
	log    *zap.Logger

	mu    sync.Mutex
	state wire.Delivery
}

// New makes an uplink. wish is called, from Run's goroutine, with what the
// server would like of the agent.
func New(queue Queue, poster Poster, wish func(wire.Next), log *zap.Logger) *Uplink {
	return &Uplink{queue: queue, poster: poster, wish: wish, log: log}
}

// Run sends whatever arrives until the context ends. Neither a server that is
// away nor a full disk ends it: it tries again, later and later.
func (u *Uplink) Run(ctx context.Context, arrived <-chan struct{}) {
	failures := 0
	for ctx.Err() == nil {
		err := u.drain(ctx)
		if err == nil {
			failures = 0
			u.note(func(d *wire.Delivery) { d.LastError, d.NextTry = "", nil })
			sleep(ctx, arrived, 0)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		wait := max(retryAfter(err), backoff(failures, rand.Float64())) //nolint:gosec // spreads load, guards nothing
		u.failed(err, wait)
		sleep(ctx, nil, wait) // a new report is no reason to press a server that is in trouble
	}
}

// backoff is a random time up to a bound that doubles with every failure ("full
// jitter"), so that a fleet does not come back all at once.
func backoff(failures int, random float64) time.Duration {
	bound := longestWait
	if failures < 10 {
		bound = min(bound, firstBackoff<<failures)
	}
	return max(time.Duration(random*float64(bound)), time.Millisecond)
}

// sleep waits for an arrival, for a time to pass unless it is zero, and for the
// end of the context.
func sleep(ctx context.Context, arrived <-chan struct{}, wait time.Duration) {
	var timer <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
	case <-arrived:
	case <-timer:
	}
}

// errIgnored is a 200 that stores nothing.
var errIgnored = errors.New("the server named none of the reports that were sent")

// drain sends until nothing waits any more, or until something fails. A batch
// that the server cannot digest is halved until the one report is found that
// it will never take.
func (u *Uplink) drain(ctx context.Context) error {
	limit := maxReports
	for {
		batch, err := u.queue.Next(limit, maxBytes)
		if err != nil || len(batch) == 0 {
			return err
		}
		answer, err := u.poster.Post(ctx, batch)
		var refused *RefusedError
		switch {
		case err == nil:
			err = u.settle(batch, answer)
			limit = maxReports
		case errors.As(err, &refused) && refused.tooMuch() && len(batch) > 1:
			limit, err = len(batch)/2, nil
		case errors.As(err, &refused) && refused.invalid():
			err = u.quarantine(batch[0], refused.Error())
			limit = maxReports
		}
		if err != nil {
			return err
		}
	}
}

// settle removes what the server has, and what it will never take. IDs that
// were not sent are none of its business.
func (u *Uplink) settle(batch []wire.Queued, answer wire.Answer) error {
	sent := make(map[string]wire.Queued, len(batch))
	for _, r := range batch {
		sent[r.ID] = r
	}
	var done []wire.Queued
	for _, id := range answer.Acked {
		if r, ok := sent[id]; ok {
			done = append(done, r)
			delete(sent, id)
		}
	}
	if err := u.queue.Done(done); err != nil {
		return err
	}
	for _, rejected := range answer.Rejected {
		if r, ok := sent[rejected.ReportID]; ok {
			if err := u.quarantine(r, rejected.Reason); err != nil {
				return err
			}
			delete(sent, r.ID)
		}
	}
	if len(sent) == len(batch) {
		return errIgnored
	}
	u.answered(len(done))
	u.wish(answer.Next)
	return nil
}

// answered notes that the server has dealt with a batch, and has so many of its
// reports: it may also have rejected them all.
func (u *Uplink) answered(reports int) {
	now := time.Now().UTC()
	u.note(func(d *wire.Delivery) {
		if reports > 0 {
			d.LastAck = &now
		}
		d.LastError, d.NextTry = "", nil
	})
	if reports == 0 {
		u.log.Warn("batch refused: the server has stored none of its reports")
		return
	}
	u.log.Info("reports delivered", zap.Int("reports", reports))
}

func (u *Uplink) quarantine(r wire.Queued, reason string) error {
	u.log.Error("report refused for good", zap.String("report_id", r.ID), zap.Uint64("seq", r.Seq), zap.String("reason", clip(reason)))
	if err := u.queue.Quarantine(r); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

func (u *Uplink) failed(err error, wait time.Duration) {
	u.log.Warn("reports not delivered", zap.Error(err), zap.Duration("next_try_in", wait))
	at := time.Now().Add(wait).UTC()
	u.note(func(d *wire.Delivery) { d.LastError, d.NextTry = clip(err.Error()), &at })
}

func (u *Uplink) note(change func(*wire.Delivery)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(&u.state)
}

// State says how the sending goes. The counts of the queue are not in it.
func (u *Uplink) State() wire.Delivery {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.state
}

func clip(s string) string {
	const most = 300
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
