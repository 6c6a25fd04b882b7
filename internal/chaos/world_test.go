//go:build !darwin

package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/watch"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// world is one Mac with all that is around it. It outlives every daemon on it.
type world struct {
	story   *story
	truth   *truth
	secrets *canaries
	backend *backend
	network *network
	drive   *drive
	mac     *mac
	paths   paths.Paths
	folder  string // for what lies on the machine's own disk

	drawing  sync.Mutex
	rand     *rand.Rand
	sleeping atomic.Bool
	variant  variant

	mu       sync.Mutex
	settings config.Config
	life     *life
	off      time.Time // the Mac is not started before
	lives    int       // so far
	kept     []byte    // of a variant
	swaps    int       // the disk was put into so many other Macs
	flips    int       // so many reports were damaged
	hangups  chan os.Signal
}

// newWorld makes a world in which nothing has happened. It is called in a bubble.
func newWorld(t *testing.T, s *site, folder string, seed uint64, v variant) *world {
	t.Helper()
	w := &world{
		story: &story{began: time.Now()}, secrets: &canaries{keys: map[string]bool{}}, folder: folder, paths: paths.Under(folder),
		rand: rand.New(rand.NewPCG(seed, 7)), variant: v, settings: config.Default(),
	}
	w.truth = &truth{story: w.story, alive: func() bool { l := w.living(); return l != nil && !l.dead.Load() }, numbers: map[string]string{}}
	w.backend = newBackend(t, s, filepath.Join(folder, "server"))
	w.backend.wrap = v.store
	w.network = &network{
		backend: w.backend, story: w.story, secrets: w.secrets, below: w.below, asleep: w.sleeping.Load,
	}
	w.drive = newDrive(w.below, filepath.Dir(w.paths.State()), filepath.Dir(w.paths.Lock()))
	var err error
	w.mac, err = newMac(w.below, w.sleeping.Load, func() { w.truth.breaks("two checks at once") })
	if err == nil {
		err = w.backend.start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	w.configure()
	return w
}

// below draws from 0 to n-1. What several goroutines draw at one moment depends on
// which is first; what happens to them, and when, does not.
func (w *world) below(n int) int {
	w.drawing.Lock()
	defer w.drawing.Unlock()
	return w.rand.IntN(n)
}

// configure draws the settings of this Mac.
func (w *world) configure() {
	c := config.Default()
	c.Server.URL, c.Device.Name = serverURL, "Chaos"
	c.Enrollment.Secret = secret.New(enrollSecret)
	c.Interval = time.Duration(20+w.below(60)) * time.Minute
	c.Splay = time.Duration(w.below(300)) * time.Second
	if w.below(3) == 0 {
		c.Spool.MaxReports = 3 + w.below(20)
	}
	if w.below(4) == 0 {
		c.Spool.MaxBytes = 30<<10 + w.below(200<<10)
	}
	if w.below(4) == 0 {
		c.Spool.MaxAge = time.Duration(6+w.below(30)) * time.Hour
	}
	if w.below(5) == 0 {
		c.Privacy.Names = "hashed"
	}
	w.settings = c
	w.story.note("settings: every %s, splay %s, spool %+v, names %s", c.Interval, c.Splay, c.Spool, c.Privacy.Names)
}

func (w *world) read() config.Loaded {
	w.mu.Lock()
	defer w.mu.Unlock()
	return config.Loaded{Config: w.settings}
}

// reconfigure changes the settings and has the daemon read them.
func (w *world) reconfigure(change func(*config.Config)) {
	w.mu.Lock()
	change(&w.settings)
	hangups := w.hangups
	w.mu.Unlock()
	select {
	case hangups <- os.Interrupt:
	default:
	}
}

// life is one daemon, from its start to its end.
type life struct {
	agent  *agent.Agent
	dead   atomic.Bool // killed, or without power: what it still does, nobody sees
	power  atomic.Bool // it was the power that went
	asked  atomic.Bool // asked to end
	cancel context.CancelFunc
}

func (w *world) living() *life {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.life
}

// keep is launchd: it starts a daemon, and another when that one has ended.
func (w *world) keep(ctx context.Context) {
	for ctx.Err() == nil {
		w.mu.Lock()
		off := time.Until(w.off)
		w.mu.Unlock()
		if off > 0 {
			_ = wait(ctx, off)
			continue
		}
		w.live(ctx)
		const throttle = 10 * time.Second
		_ = wait(ctx, throttle)
	}
}

// live starts a daemon and returns when it has ended.
func (w *world) live(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &life{cancel: cancel}
	w.mu.Lock()
	w.life, w.hangups = l, make(chan os.Signal, 1)
	w.lives++
	w.mu.Unlock()
	w.network.lives(l)
	a, err := agent.New(w.options())
	if err == nil {
		w.mu.Lock()
		l.agent = a
		w.mu.Unlock()
		err = a.Run(ctx)
	}
	w.ended(l, err, ctx.Err() != nil)
}

func (w *world) options() agent.Options {
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{
		MessageKey: "msg", LevelKey: "level", NameKey: "logger", EncodeLevel: zapcore.LowercaseLevelEncoder, EncodeDuration: zapcore.StringDurationEncoder,
	})
	o := agent.Options{
		Config: w.read(), Paths: w.paths, Read: w.read, Hangups: w.hangups, Version: wire.Agent{Version: "1.2.3"},
		Mac: func(config.Config) collectors.Mac { return collectors.Mac{Run: w.mac, Net: w.mac, Privileged: true} },
		Log: zap.New(zapcore.NewCore(encoder, zapcore.Lock(w.truth), zap.DebugLevel)),
		Outside: agent.Outside{
			Disk: w.drive.now(), Listen: func() (net.Listener, error) { return newDeaf(), nil }, Watch: unwatched{}, Via: w.network,
		},
	}
	if w.variant.daemon != nil {
		w.variant.daemon(w, &o)
	}
	return o
}

// ended is what a system does with what is left of a daemon, and the law that none ends
// by itself.
func (w *world) ended(l *life, err error, asked bool) {
	w.secrets.collect(w.drive, w.paths.Identity())
	w.story.note("daemon ended: %v", err)
	w.mu.Lock()
	w.life = nil
	w.mu.Unlock()
	switch {
	case l.power.Load():
		w.drive.powerCut()
	case l.dead.Load():
		w.drive.resume()
	case asked && err != nil:
		w.truth.breaks("a daemon that was asked to end did not end in order: %v", err)
	case !asked && !w.excused(l, err):
		w.truth.breaks("the daemon stopped by itself: %v", err)
	}
}

// excused: a disk that takes nothing is a reason not to begin, and no reason to end.
func (w *world) excused(l *life, err error) bool {
	disk := errors.Is(err, rootfile.ErrNoSpace) || errors.Is(err, rootfile.ErrReadOnly) || w.drive.ailing()
	return disk && l.agent == nil
}

// die ends a daemon as SIGKILL does, or as a power cut.
func (w *world) die(power bool) {
	l := w.living()
	if l == nil || l.dead.Load() {
		return
	}
	l.power.Store(power)
	l.dead.Store(true)
	w.drive.off()
	w.story.note("daemon dies, power cut: %t", power)
	l.cancel()
}

// stop asks the daemon to end.
func (w *world) stop() {
	if l := w.living(); l != nil {
		l.asked.Store(true)
		l.cancel()
	}
}

// rest keeps the Mac off for a while.
func (w *world) rest(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = time.Now().Add(d)
}

// status is what the daemon says of itself; false while there is none.
func (w *world) status() (wire.DaemonStatus, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.life == nil || w.life.agent == nil {
		return wire.DaemonStatus{}, false
	}
	return w.life.agent.Status(), true
}

// deaf is a socket at which nobody knocks: what comes from a real one cannot be waited
// for in a bubble.
type deaf struct {
	closed chan struct{}
	once   sync.Once
}

func newDeaf() *deaf { return &deaf{closed: make(chan struct{})} }

func (d *deaf) Accept() (net.Conn, error) {
	<-d.closed
	return nil, net.ErrClosed
}

func (d *deaf) Close() error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

func (*deaf) Addr() net.Addr { return &net.UnixAddr{Name: "chaos", Net: "unix"} }

// unwatched is a Mac of which nobody notices anything between checks.
type unwatched struct{}

func (unwatched) Run(ctx context.Context) { <-ctx.Done() }

func (unwatched) State() []watch.Source { return nil }
