// Package agent is the daemon: it checks the Mac when a check is due, keeps
// what it found, and has it sent. It only looks; nothing in it changes the Mac.
package agent

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/agent/watch"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// Agent is one daemon. Make it with New, run it once.
type Agent struct {
	config  config.Config
	paths   paths.Paths
	mac     collectors.Mac
	version wire.Agent
	log     *zap.Logger
	started time.Time

	client   *uplink.Client // nil without a server
	schedule *schedule.Schedule
	watch    *watch.Watch
	memory   memory
	rounds   *collectors.Rounds
	drops    drops      // of check alone
	kept     keptLedger // of settle alone

	mu       sync.Mutex
	spool    *spool.Spool   // nil without a server, and before Run
	uplink   *uplink.Uplink // nil without a server, and before Run
	ledger   health.Ledger
	report   *wire.Report // the latest
	lastFull lastFull
	sendFull bool // the server asked for everything
	interval time.Duration
}

// Options are what an agent is made of.
type Options struct {
	Config  config.Config
	Paths   paths.Paths
	Mac     collectors.Mac
	Version wire.Agent
	Log     *zap.Logger
}

// New prepares a daemon and its folders. It does not touch what is in them:
// another daemon may be at work.
func New(o Options) (*Agent, error) {
	a := &Agent{
		config: o.Config, paths: o.Paths, mac: o.Mac, version: o.Version, log: o.Log, started: time.Now().UTC(),
		rounds: collectors.NewRounds(collectors.All()), interval: o.Config.Interval,
	}
	if err := rootfile.PrivateFolder(o.Paths.State()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Paths.Socket()), 0o755); err != nil { //nolint:gosec // /var/run, on a Mac always there
		return nil, err
	}
	if o.Config.Server.URL != "" {
		if err := a.connect(); err != nil {
			return nil, err
		}
	}
	a.schedule = schedule.New(schedule.Rules{Every: o.Config.Interval, Splay: o.Config.Splay}, a.check)
	a.watch = watch.New(o.Paths.Root(), a.happened)
	return a, nil
}

func (a *Agent) connect() error {
	roots, err := certificates(a.config.Server.CAFile)
	if err != nil {
		return err
	}
	a.client, err = uplink.NewClient(uplink.Options{
		URL: a.config.Server.URL, Token: a.token, Roots: roots, Timeout: a.config.Server.Timeout,
		Agent: "tokenward/" + a.version.Version,
	})
	return err
}

// open reads what the daemon before this one left. Without a server there is no
// spool: nobody would take what is in it.
func (a *Agent) open() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.memory = recall(a.paths, a.log)
	a.ledger = readLedger(a.paths, a.log)
	if a.client == nil {
		return nil
	}
	var err error
	a.spool, err = spool.Open(a.paths.Spool(), spool.Limits{Reports: a.config.Spool.MaxReports, Bytes: a.config.Spool.MaxBytes})
	if err != nil {
		return err
	}
	a.uplink = uplink.New(a.spool, a.client, a.wish, a.log.Named("uplink"))
	return nil
}

const maxSmallFile = 1 << 20

func certificates(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nil stands for the system's roots
	}
	data, err := rootfile.Read(path, maxSmallFile)
	if err != nil {
		return nil, fmt.Errorf("server.ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("server.ca_file: %s holds no certificate in PEM form", path)
	}
	return pool, nil
}

// token reads the bearer token anew for each batch, so that it can be replaced
// without a restart.
func (a *Agent) token() (secret.Text, error) {
	if a.config.Server.TokenFile == "" {
		return secret.Text{}, nil
	}
	data, err := rootfile.ReadSecret(a.config.Server.TokenFile, maxSmallFile)
	if err != nil {
		return secret.Text{}, fmt.Errorf("server.token_file: %w", err)
	}
	return secret.New(firstLine(data)), nil
}

// wish notes what the server would like: a full report, another interval.
func (a *Agent) wish(next wire.Next) {
	interval := schedule.Interval(a.config.Interval, next.CheckS)
	a.schedule.Every(interval)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.interval = interval
	a.sendFull = a.sendFull || next.SendFull
}

// Run does everything until the context ends, or until a part fails. It fails
// with ErrRunning where another daemon holds the lock.
func (a *Agent) Run(ctx context.Context) error {
	unlock, err := lock(a.paths.Lock())
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.open(); err != nil {
		return err
	}
	listener, err := control.Listen(a.paths.Socket())
	if err != nil {
		return err
	}
	defer os.Remove(a.paths.Socket())
	a.log.Info("started", zap.String("version", a.version.Version), zap.String("server", a.config.Server.URL), zap.Duration("interval", a.config.Interval))
	defer a.log.Info("stopped")
	a.schedule.Identify(a.whichMac())
	wait := a.firstSend() // before a check can learn more of which Mac this is
	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { return named("control", control.Serve(ctx, listener, a)) })
	parts.Go(func() error { a.schedule.Run(ctx); return nil })
	parts.Go(func() error { a.watch.Run(ctx); return nil })
	if a.uplink != nil {
		defer a.client.Close()
		parts.Go(func() error { a.deliver(ctx, wait); return nil })
	}
	if err := parts.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// firstSend is how long the first delivery after a start waits. After a power
// cut, or a new version for all, a fleet starts at once; so each Mac has its own
// place within the splay, the same after every start. It never waits longer than
// until the next check.
func (a *Agent) firstSend() time.Duration {
	return schedule.Place(a.whichMac(), min(a.config.Splay, a.config.Interval))
}

// whichMac tells this Mac from others. Where no serial number is remembered yet,
// what else tells them apart will do.
func (a *Agent) whichMac() string {
	return cmp.Or(a.memory.Serial, a.memory.HardwareUUID, deviceName(""))
}

// deliver sends until the context ends. Only the sending waits: what is checked
// meanwhile is on the disk.
func (a *Agent) deliver(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
		a.uplink.Run(ctx, a.spool.Arrived())
	}
}

func named(part string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

var _ control.Daemon = (*Agent)(nil)

// Status says what the daemon knows now. It is safe for concurrent use.
func (a *Agent) Status() wire.DaemonStatus {
	timing := a.schedule.State()
	a.mu.Lock()
	report, queue, sender := a.report, a.spool, a.uplink
	a.mu.Unlock()
	status := wire.DaemonStatus{
		Version: a.version.Version, Started: a.started, NextCheck: timing.Next.UTC(), Checking: timing.Running,
		Stretched: string(timing.Stretched), Report: report,
	}
	if sender != nil {
		status.Delivery = sender.State()
		status.Delivery.Waiting, status.Delivery.Quarantined, status.Delivery.Dropped = queue.Waiting()
	}
	status.Delivery.Server = a.config.Server.URL
	status.Triggers = []wire.Watched{}
	for _, s := range a.watch.State() {
		status.Triggers = append(status.Triggers, wire.Watched{Cause: string(s.Cause), Path: s.Path, How: string(s.How), Problem: s.Problem})
	}
	return status
}

// happened has a check made after something that may have changed the answers. A
// clock that was set changes none.
func (a *Agent) happened(cause watch.Cause) {
	if cause == watch.ClockSet {
		a.log.Info("the clock was set")
		return
	}
	if a.schedule.Poke(wire.Event) { // one line for a check, and not for each event
		a.log.Info("something happened", zap.String("what", string(cause)))
	}
}

// CheckNow checks and returns when that check has ended.
func (a *Agent) CheckNow(ctx context.Context) error { return a.schedule.Now(ctx) }
