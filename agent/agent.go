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

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/agent/crash"
	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/agent/supervise"
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
	drops    drops        // of check alone
	troubles troubles     // of check alone
	told     announced    // of check alone
	unkept   steady       // of check alone: something of the state could not be written
	kept     keptLedger   // of settle alone
	unified  *log.Unified // nil: nobody tells the unified log
	reloader Reloader     // nil: nothing can be read anew
	hangups  <-chan os.Signal
	failures failures

	mu       sync.Mutex
	spool    *spool.Spool   // nil without a server, and before Run
	uplink   *uplink.Uplink // nil without a server, and before Run
	ledger   health.Ledger
	report   *wire.Report // the latest
	lastFull lastFull
	sendFull bool // the server asked for everything
	interval time.Duration
	problems []string // of the newest configuration, which is not used then
}

// failures are what parts left that failed, in this start and before.
type failures struct {
	sync.Mutex
	all []crash.Record
}

// Options are what an agent is made of.
type Options struct {
	Config  config.Config
	Paths   paths.Paths
	Mac     collectors.Mac
	Version wire.Agent
	Log     *zap.Logger

	Unified  *log.Unified     // tells the Mac's unified log; nil: nobody does
	Reloader Reloader         // nil: the configuration stays as it is
	Hangups  <-chan os.Signal // SIGHUP, each of which is a wish to reload; may be nil
	Problems []string         // what is wrong with the newest configuration, where an older one is used
}

// New prepares a daemon and its folders. It does not touch what is in them:
// another daemon may be at work.
func New(o Options) (*Agent, error) {
	a := &Agent{
		config: o.Config, paths: o.Paths, mac: o.Mac, version: o.Version, log: o.Log, started: time.Now().UTC(),
		rounds: collectors.NewRounds(collectors.All()), interval: o.Config.Interval,
		unified: o.Unified, reloader: o.Reloader, hangups: o.Hangups, problems: o.Problems,
	}
	a.mac.Broke = a.broke
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
	a.schedule = schedule.New(schedule.Rules{Every: o.Config.Interval, Splay: o.Config.Splay}, a.guarded)
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
	a.failures.all = crash.In(a.paths.Crashes()).Records()
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
// with ErrRunning where another daemon holds the lock, and names the part where one
// failed or did not end in time; see package supervise.
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
	a.tell(log.Started(a.version.Version))
	a.schedule.Identify(a.whichMac())
	if a.uplink != nil {
		defer a.client.Close()
	}
	server := control.Server{Daemon: a, Log: a.log.Named("control"), Crashed: a.crashed}
	err = supervise.Run(ctx, supervise.Options{Within: endWithin, Crashed: a.crashed}, a.parts(func(ctx context.Context) error { return server.Serve(ctx, listener) })...)
	a.noteEnd(err)
	a.tellEnd(ctx, err)
	return err
}

// endWithin is how long the parts may take to end. With what is done after them, a
// second for the unified log and half a one for the log, the whole end takes less
// than 5 seconds.
const endWithin = 3 * time.Second

// tellEnd tells the unified log, whose part has ended by now.
func (a *Agent) tellEnd(ctx context.Context, err error) {
	if a.unified == nil {
		return
	}
	part := ""
	if failed, ok := errors.AsType[*supervise.PartError](err); ok {
		part = failed.Part
	}
	a.unified.Tell(log.Stopped(part))
	ended, cancel := context.WithCancel(ctx)
	cancel()
	a.unified.Run(ended)
}

// parts are what the daemon does at the same time.
func (a *Agent) parts(answer func(context.Context) error) []supervise.Part {
	until := func(run func(context.Context)) func(context.Context) error {
		return func(ctx context.Context) error {
			run(ctx)
			return ctx.Err()
		}
	}
	wait := a.firstSend() // before a check can learn more of which Mac this is
	parts := []supervise.Part{
		{Name: "control", Run: answer},
		{Name: "schedule", Run: until(a.schedule.Run)},
		{Name: "watch", Run: until(a.watch.Run)},
	}
	if a.uplink != nil {
		parts = append(parts, supervise.Part{Name: "uplink", Run: until(func(ctx context.Context) { a.deliver(ctx, wait) })})
	}
	if a.unified != nil {
		parts = append(parts, supervise.Part{Name: "unified log", Run: until(a.unified.Run)})
	}
	if a.hangups != nil {
		parts = append(parts, supervise.Part{Name: "reload", Run: func(ctx context.Context) error { return a.listenForHangups(ctx, a.hangups) }})
	}
	return parts
}

// tell tells the unified log, where there is one.
func (a *Agent) tell(e log.Event) {
	if a.unified != nil {
		a.unified.Tell(e)
	}
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
