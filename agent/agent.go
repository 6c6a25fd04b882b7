// Package agent is the daemon: it checks the Mac when a check is due, keeps
// what it found, and has it sent. It only looks; nothing in it changes the Mac.
package agent

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/agent/crash"
	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/agent/power"
	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/agent/supervise"
	"github.com/tokenward/tokenward/agent/watch"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wire"
)

// Agent is one daemon. Make it with New, run it once.
type Agent struct {
	config  atomic.Pointer[config.Config] // see configured
	paths   paths.Paths
	files   rootfile.Files
	version wire.Agent
	log     *zap.Logger
	started time.Time
	outside Outside

	macOf    func(config.Config) collectors.Mac
	mac      collectors.Mac // of check alone
	capped   time.Duration  // of check alone: the tool limit that mac was made with
	schedule *schedule.Schedule
	power    *power.Source // of check alone
	memory   atomic.Pointer[memory]
	rounds   *collectors.Rounds
	drops    drops        // of check alone
	troubles troubles     // of check alone
	silence  silence      // of check alone
	told     announced    // of check alone
	unkept   steady       // of check alone: something of the state could not be written
	unsaved  bool         // of check alone: the memory is not on the disk, and is written again
	kept     keptLedger   // of settle alone
	unified  *log.Unified // nil: nobody tells the unified log
	hangups  <-chan os.Signal
	failures failures

	first     config.Loaded        // what it starts with
	reloading sync.Mutex           // one reload at a time
	read      func() config.Loaded // nil: nothing can be read anew
	applied   func(config.Config)  // nil: nobody else wants to know
	rewired   chan struct{}        // another sending is wanted
	binding   sync.Mutex           // while the keys are opened, or bound to a Mac
	spool     *spool.Spool         // of connect alone; nil until it is needed

	mu       sync.Mutex
	sending  *sending // nil without a server, while it cannot be made, and before Run
	ledger   health.Ledger
	report   *wire.Report // the latest
	lastFull lastFull
	sendFull bool     // the server asked for everything
	problems []string // of the newest configuration
	origin   config.Origin
	unsent   string // why there is a server and no sending
	privacy  *wire.PrivacyKey
}

// failures are what parts left that failed, in this start and before.
type failures struct {
	sync.Mutex
	all []crash.Record
}

// Options are what an agent is made of.
type Options struct {
	Config  config.Loaded
	Paths   paths.Paths
	Mac     func(config.Config) collectors.Mac // the Mac, asked as a configuration has it
	Version wire.Agent
	Log     *zap.Logger

	Read     func() config.Loaded // reads the configuration anew; nil: it stays as it is
	Applied  func(config.Config)  // is told of a configuration that has come into force; may be nil
	Unified  *log.Unified         // tells the Mac's unified log; nil: nobody does
	Settings []string             // files of the configuration, of which a change is a wish to reload
	Hangups  <-chan os.Signal     // SIGHUP, each of which is a wish to reload; may be nil
	Outside  Outside
}

// Outside is what an agent has around it besides the Mac's tools. The zero value is
// the real thing.
type Outside struct {
	Disk   rootfile.Disk                // for the state; nil: the machine's
	Listen func() (net.Listener, error) // nil: the socket
	Watch  Watcher                      // nil: the file system and the network of this machine
	Via    http.RoundTripper            // to the server; nil: the network
	Built  time.Time                    // when this program was built; zero: not known
	Rest   func()                       // is called after each check; nil: nothing is to be done
}

// A Watcher notices what happens on the Mac. See package watch.
type Watcher interface {
	Run(ctx context.Context)
	State() []watch.Source
}

// New prepares a daemon and its folders. It does not touch what is in them:
// another daemon may be at work.
func New(o Options) (*Agent, error) {
	a := &Agent{
		paths: o.Paths, files: rootfile.Files{Disk: o.Outside.Disk, Private: o.Paths.State()}, macOf: o.Mac, version: o.Version, log: o.Log,
		started: time.Now().UTC(), outside: o.Outside, rounds: collectors.NewRounds(collectors.All()),
		unified: o.Unified, hangups: o.Hangups, read: o.Read, applied: o.Applied,
		first: o.Config, problems: texts(o.Config.Problems), origin: o.Config.From, rewired: make(chan struct{}, 1),
	}
	a.config.Store(&o.Config.Config)
	a.memory.Store(&memory{})
	a.useMac(o.Config.Config)
	a.power = power.New(latest{a})
	if err := a.files.PrivateFolder(o.Paths.State()); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(o.Paths.Socket()), 0o755); err != nil { //nolint:gosec // /var/run, on a Mac always there
		return nil, err
	}
	a.schedule = schedule.New(rulesOf(o.Config.Config), a.guarded)
	if a.outside.Watch == nil {
		a.outside.Watch = watch.New(o.Paths.Root(), o.Settings, a.happened)
	}
	return a, nil
}

// configured is the configuration that is in force. It is never changed, only
// replaced.
func (a *Agent) configured() config.Config { return *a.config.Load() }

// useMac has the tools asked within the limit of a configuration.
func (a *Agent) useMac(c config.Config) {
	a.mac, a.capped = a.macOf(c), c.ToolLimit
	a.mac.Broke = a.broke
}

// latest runs tools for a part as a check runs them.
type latest struct{ agent *Agent }

// Run asks one tool.
func (l latest) Run(ctx context.Context, c run.Command) (run.Result, error) {
	return l.agent.mac.Run.Run(ctx, c)
}

func rulesOf(c config.Config) schedule.Rules {
	return schedule.Rules{Every: c.Interval, Splay: c.Splay, BatteryLow: c.Schedule.BatteryLow, BatteryFactor: c.Schedule.BatteryFactor}
}

// open reads what the daemon before this one left.
func (a *Agent) open() {
	if err := a.files.Exposed(); err != nil {
		a.log.Warn("others could move the state of this daemon away", zap.Error(err))
	}
	a.mu.Lock()
	known := recall(a.files, a.paths, a.log)
	a.memory.Store(&known)
	a.ledger = readLedger(a.files, a.paths, a.log)
	a.failures.all = crash.In(a.paths.Crashes()).Records()
	a.mu.Unlock()
	if err := a.files.Sweep(a.paths.State()); err != nil { // a write that a power cut ended may be one of a key
		a.log.Warn("half-written files not removed", zap.Error(err))
	}
	a.keep(a.first)
	a.connect()
}

// Run does everything until the context ends, or until a part fails. It fails
// with ErrRunning where another daemon holds the lock, and names the part where one
// failed or did not end in time; see package supervise.
func (a *Agent) Run(ctx context.Context) error {
	if err := a.files.PrivateFolder(a.paths.State()); err != nil {
		a.log.Warn("no folder for the state", zap.Error(err)) // it is told as a finding, and all else goes on
	}
	unlock, err := Lock(a.paths)
	if err != nil {
		return err
	}
	defer unlock()
	a.open()
	listener, err := a.listen()
	if err != nil {
		return err
	}
	defer os.Remove(a.paths.Socket())
	c := a.configured()
	a.log.Info("started", zap.String("version", a.version.Version), zap.String("server", c.Server.URL), zap.Duration("interval", c.Interval), zap.Strings("configuration", a.problems))
	defer a.log.Info("stopped")
	a.tell(log.Started(a.version.Version))
	a.schedule.Identify(a.whichMac())
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
	parts := []supervise.Part{
		{Name: "control", Run: answer},
		{Name: "schedule", Run: until(a.schedule.Run)},
		{Name: "watch", Run: until(a.outside.Watch.Run)},
		{Name: "uplink", Run: until(a.deliver)},
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

// listen opens the socket.
func (a *Agent) listen() (net.Listener, error) {
	if a.outside.Listen != nil {
		return a.outside.Listen()
	}
	return control.Listen(a.paths.Socket())
}

// whichMac tells this Mac from others. Where no serial number is remembered yet,
// what else tells them apart will do.
func (a *Agent) whichMac() string {
	known := a.memory.Load()
	return cmp.Or(known.Serial, known.HardwareUUID, deviceName(""))
}

var _ control.Daemon = (*Agent)(nil)

// Status says what the daemon knows now. It is safe for concurrent use.
func (a *Agent) Status() wire.DaemonStatus {
	timing := a.schedule.State()
	a.mu.Lock()
	report := a.report
	a.mu.Unlock()
	status := wire.DaemonStatus{
		Version: a.version.Version, Started: a.started, NextCheck: timing.Next.UTC(), Checking: timing.Running,
		Stretched: string(timing.Stretched), Report: report, Delivery: a.delivery(),
	}
	status.Triggers = []wire.Watched{}
	for _, s := range a.outside.Watch.State() {
		status.Triggers = append(status.Triggers, wire.Watched{Cause: string(s.Cause), Path: s.Path, How: string(s.How), Problem: s.Problem})
	}
	return status
}

// happened has a check made after something that may have changed the answers, and
// the configuration read after something that may have changed that. A clock that was
// set changes no answer, but may put a mute right that looked too long.
func (a *Agent) happened(cause watch.Cause) {
	if cause == watch.ClockSet {
		a.log.Info("the clock was set")
		_, _ = a.Reload(context.Background()) // it was logged
		return
	}
	if cause == watch.Settings || cause == watch.ManagedPreferences {
		_, _ = a.Reload(context.Background()) // it was logged
	}
	if cause == watch.Settings {
		return
	}
	if a.schedule.Poke(wire.Event) { // one line for a check, and not for each event
		a.log.Info("something happened", zap.String("what", string(cause)))
	}
}

// CheckNow checks and returns when that check has ended.
func (a *Agent) CheckNow(ctx context.Context) error { return a.schedule.Now(ctx) }
