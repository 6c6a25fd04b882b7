// Package uplink sends reports to the server and keeps at it.
//
// A report leaves the queue only when the server has named it as stored. An
// answer that is not the server's (a captive portal, a proxy, a redirect)
// acknowledges nothing. The uplink decides nothing about the Mac: what a server
// asks for is passed on as a wish.
package uplink

import (
	"context"
	"encoding/json"
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

// Poster sends batches over one connection. See Client.
type Poster interface {
	Post(ctx context.Context, batch []wire.Queued) (wire.Answer, error)
	// Close gives up the connection. The next Post makes another.
	Close()
	// Standing says how far this Mac is enrolled.
	Standing() (state wire.EnrollState, deviceID string)
}

// The bounds of a batch, and of the time between two tries.
const (
	maxReports    = 50
	maxBytes      = wire.MaxReport // a longer report does not exist, so each fits alone
	firstBackoff  = 2 * time.Second
	longestWait   = 15 * time.Minute
	maxRetryAfter = 6 * time.Hour

	// A person approves an enrolment, or lets a Mac in again: that takes longer.
	firstForPerson   = time.Minute
	longestForPerson = time.Hour
)

// Uplink is one connection to one server.
type Uplink struct {
	queue  Queue
	poster Poster
	wish   func(wire.Next)
	orders func([]json.RawMessage)
	log    *zap.Logger

	mu    sync.Mutex
	state wire.Delivery
}

// New makes an uplink. wish is called, from Run's goroutine, with what the
// server would like of the agent.
func New(queue Queue, poster Poster, wish func(wire.Next), log *zap.Logger) *Uplink {
	return &Uplink{queue: queue, poster: poster, wish: wish, orders: func([]json.RawMessage) {}, log: log}
}

// Orders has the server's orders passed on, as they came: nothing here has looked at
// them but at their size and number. It is to be called before Run, whose goroutine
// calls take.
func (u *Uplink) Orders(take func([]json.RawMessage)) { u.orders = take }

// Run sends whatever arrives until the context ends. Neither a server that is
// away nor a full disk ends it: it tries again, later and later.
func (u *Uplink) Run(ctx context.Context, arrived <-chan struct{}) {
	failures := 0
	for ctx.Err() == nil {
		err := u.drain(ctx)
		u.poster.Close() // the next report comes in a quarter of an hour
		if err == nil {
			failures = 0
			u.succeeded(nil)
			sleep(ctx, arrived, 0)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		wait := max(retryAfter(err), backoff(failures, rand.Float64(), patience(err))) //nolint:gosec // spreads load, guards nothing
		u.failed(err, wait)
		sleep(ctx, nil, wait) // a new report is no reason to press a server that is in trouble
	}
}

// pace is how long the first wait may be, and the longest.
type pace struct{ first, longest, least time.Duration }

// patience is the pace of the tries after an error: slower where nothing changes
// before a person does something.
func patience(err error) pace {
	trouble, ok := errors.AsType[*TroubleError](err)
	if ok && (trouble.Trouble == wire.TroublePending || trouble.Trouble == wire.TroubleRevoked) {
		return pace{firstForPerson, longestForPerson, firstForPerson}
	}
	return pace{firstBackoff, longestWait, time.Millisecond}
}

// backoff is a random time up to a bound that doubles with every failure ("full
// jitter"), so that a fleet does not come back all at once.
func backoff(failures int, random float64, p pace) time.Duration {
	bound := p.longest
	if failures < 10 {
		bound = min(bound, p.first<<failures)
	}
	return max(time.Duration(random*float64(bound)), p.least)
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
		if err != nil {
			return local(err)
		}
		if len(batch) == 0 {
			return nil
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
		case errors.As(err, &refused) && refused.foreign: // where there is one report of a former Mac, there are more
			err = u.quarantine(batch[0], refused.Error())
		case errors.As(err, &refused) && refused.doubtful():
			err = u.doubt(ctx, batch[0], err)
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
		return local(err)
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
	if len(answer.Orders) > 0 {
		u.orders(answer.Orders)
	}
	return nil
}

// answered notes that the server has dealt with a batch, and has so many of its
// reports: it may also have rejected them all.
func (u *Uplink) answered(reports int) {
	now := time.Now().UTC()
	if reports > 0 {
		u.succeeded(&now)
	} else {
		u.succeeded(nil)
	}
	if reports == 0 {
		u.log.Warn("batch refused: the server has stored none of its reports")
		return
	}
	u.log.Info("reports delivered", zap.Int("reports", reports))
}

func (u *Uplink) quarantine(r wire.Queued, reason string) error {
	u.log.Error("report refused for good", zap.String("report_id", r.ID), zap.Uint64("seq", r.Seq), zap.String("reason", clip(reason)))
	if err := u.queue.Quarantine(r); err != nil {
		return local(fmt.Errorf("quarantine: %w", err))
	}
	return nil
}

// limping is a poster that delivers although something is wrong, such as a clock with
// which the server puts up.
type limping interface {
	Limps() (trouble wire.Trouble, text string)
}

// succeeded ends the trouble, if there was one; but for what is wrong all the same.
func (u *Uplink) succeeded(acked *time.Time) {
	trouble, text := wire.Trouble(""), ""
	if p, ok := u.poster.(limping); ok {
		trouble, text = p.Limps()
	}
	u.note(func(d *wire.Delivery) {
		if acked != nil {
			d.LastAck = acked
		}
		d.LastError, d.Trouble, d.NextTry = text, trouble, nil
	})
}

func (u *Uplink) failed(err error, wait time.Duration) {
	told := u.told(err)
	u.log.Warn("reports not delivered", zap.String("trouble", string(told.Trouble)), zap.String("error", clip(told.Error())), zap.Duration("next_try_in", wait))
	at := time.Now().Add(wait).UTC()
	u.note(func(d *wire.Delivery) { d.LastError, d.Trouble, d.NextTry = clip(told.Error()), told.Trouble, &at })
}

// told finds the kind of an error that did not come from the poster.
func (u *Uplink) told(err error) *TroubleError {
	if trouble, ok := errors.AsType[*TroubleError](err); ok {
		return trouble
	}
	if _, ours := errors.AsType[*localError](err); ours {
		return &TroubleError{wire.TroubleLocal, "A file of the agent itself is in the way", err}
	}
	if errors.Is(err, errIgnored) {
		return &TroubleError{wire.TroubleRefused, "The server answers and stores nothing", err}
	}
	return &TroubleError{wire.TroubleOther, "The reports were not delivered", err}
}

func (u *Uplink) note(change func(*wire.Delivery)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(&u.state)
}

// State says how the sending goes. The counts of the queue are not in it.
func (u *Uplink) State() wire.Delivery {
	state, id := u.poster.Standing()
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.state
	now.Enrollment, now.DeviceID = state, id
	return now
}

func clip(s string) string {
	const most = 300
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
