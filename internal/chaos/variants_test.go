//go:build !darwin

package chaos

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// variant is a world of which a part is deliberately wrong. The zero value is as it
// should be.
type variant struct {
	name   string
	caught string                        // begins or is in what is told of it
	store  func(store.Store) store.Store // of the server
	daemon func(*world, *agent.Options)  // of every daemon
	last   func(*world) (after func())   // before it is judged, and after that
}

// TestWhatIsWrongIsCaught shows of every law that it can be broken.
func TestWhatIsWrongIsCaught(t *testing.T) {
	t.Parallel()
	s, err := newSite(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			const tries = 40
			var told []string
			for n := range uint64(tries) {
				o := perform(t, s, 1+n, v)
				told = o.broken
				if strings.Contains(strings.Join(told, "\n"), v.caught) {
					return
				}
			}
			t.Errorf("no law was broken in %d schedules by %s; the last one says %q", tries, v.name, told)
		})
	}
}

func variants() []variant {
	return []variant{
		{name: "a server that acknowledges and stores nothing", caught: "are lost", store: func(st store.Store) store.Store { return &liar{Store: st} }},
		{name: "a server that does not know a report again", caught: "is there twice", store: func(st store.Store) store.Store { return &forgetful{Store: st} }},
		{name: "a server that shows what was", caught: "not converged: escrowed", store: func(st store.Store) store.Store { return &stale{Store: st} }},
		{name: "something in between that acknowledges", caught: "are lost", daemon: via(func(w *world) http.RoundTripper { return &acknowledging{next: w.network} })},
		{name: "a server that is never there", caught: "not converged: ", daemon: via(func(*world) http.RoundTripper { return nowhere{} })},
		{name: "a disk that says it has synced", caught: "are lost", daemon: on(func(d rootfile.Disk) rootfile.Disk { return unsynced{d} })},
		{name: "a disk that forgets files", caught: "are lost", daemon: on(func(d rootfile.Disk) rootfile.Disk { return &leaky{Disk: d} })},
		{name: "a spool that is emptied at every start", caught: "was given to", daemon: emptied},
		{name: "a Mac whose tools tell of another", caught: "not converged: escrowed", daemon: elsewhere},
		{name: "a daemon beside the daemon", caught: "two checks at once", daemon: beside},
		{name: "a daemon that ends", caught: "stopped by itself", daemon: func(_ *world, o *agent.Options) {
			o.Outside.Listen = func() (net.Listener, error) { return &breaking{deaf: newDeaf()}, nil }
		}},
		{name: "a log with a secret", caught: "the enrolment secret is in the log", daemon: func(_ *world, o *agent.Options) {
			o.Log = o.Log.With(zap.String("oops", enrollSecret))
		}},
		{name: "a request with a key", caught: "a private key is in a request", daemon: via(func(w *world) http.RoundTripper { return tattling{w} })},
		{name: "a file with a secret", caught: "the enrolment secret is in /", last: func(w *world) func() {
			w.drive.now().Plant(filepath.Join(w.paths.State(), "notes"), []byte("remember "+enrollSecret))
			return func() {}
		}},
		{name: "a goroutine that stays", caught: "goroutine", last: func(*world) func() {
			end := make(chan struct{})
			go func() { <-end }()
			return func() { close(end) }
		}},
		{name: "a server that refuses what it need not", caught: "kept aside", daemon: via(func(w *world) http.RoundTripper { return picky{w.network} })},
		{name: "a Mac that begins to count anew", caught: "epochs", daemon: func(w *world, _ *agent.Options) {
			_ = w.drive.now().Remove(filepath.Join(w.paths.Spool(), "ledger"))
		}},
	}
}

func via(wrong func(*world) http.RoundTripper) func(*world, *agent.Options) {
	return func(w *world, o *agent.Options) { o.Outside.Via = wrong(w) }
}

func on(wrong func(rootfile.Disk) rootfile.Disk) func(*world, *agent.Options) {
	return func(_ *world, o *agent.Options) { o.Outside.Disk = wrong(o.Outside.Disk) }
}

// liar says that it stored what it did not, one time out of four.
type liar struct {
	store.Store

	asked atomic.Int64
}

func (l *liar) Ingest(ctx context.Context, at time.Time, reports []store.Report) (store.Receipt, error) {
	if l.asked.Add(1)%4 == 3 {
		return store.Receipt{Outcomes: make([]store.Outcome, len(reports))}, nil
	}
	return l.Store.Ingest(ctx, at, reports)
}

// forgetful gives every report a name of its own.
type forgetful struct{ store.Store }

func (f *forgetful) Ingest(ctx context.Context, at time.Time, reports []store.Report) (store.Receipt, error) {
	for i := range reports {
		reports[i].ID = uuid.NewString()
	}
	return f.Store.Ingest(ctx, at, reports)
}

// stale shows of every device what it showed first.
type stale struct {
	store.Store

	first atomic.Pointer[store.Detail]
}

func (s *stale) Device(ctx context.Context, id string) (store.Detail, error) {
	d, err := s.Store.Device(ctx, id)
	if err == nil {
		s.first.CompareAndSwap(nil, &d)
		return *s.first.Load(), nil
	}
	return d, err
}

// acknowledging answers some batches itself.
type acknowledging struct {
	next  http.RoundTripper
	asked atomic.Int64
}

func (a *acknowledging) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == wire.EnrollPath || a.asked.Add(1)%4 != 3 {
		return a.next.RoundTrip(r)
	}
	unpacked, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	var batch struct {
		Reports []struct {
			ID string `json:"report_id"`
		} `json:"reports"`
	}
	if err := json.NewDecoder(unpacked).Decode(&batch); err != nil {
		return nil, err
	}
	answer := wire.Answer{Acked: []string{}}
	for _, report := range batch.Reports {
		answer.Acked = append(answer.Acked, report.ID)
	}
	body, err := json.Marshal(answer)
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, err
}

// picky refuses some reports for good, though nothing is wrong with them.
type picky struct{ next *network }

func (p picky) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == wire.EnrollPath || p.next.below(10) > 0 {
		return p.next.RoundTrip(r)
	}
	return problem(http.StatusUnprocessableEntity, wire.ProblemReports)(&trip{p.next, r, nil})
}

type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNoRoute }

// tattling adds a private key to every request.
type tattling struct{ world *world }

func (x tattling) RoundTrip(r *http.Request) (*http.Response, error) {
	content := x.world.drive.now().Content(filepath.Join(x.world.paths.Identity(), "key"))
	line, _, _ := bytes.Cut(content, []byte("\n"))
	r.Header.Set("X-Debug", string(line))
	return x.world.network.RoundTrip(r)
}

// unsynced syncs nothing and says that it has.
type unsynced struct{ rootfile.Disk }

func (unsynced) SyncFolder(string) error { return nil }

func (d unsynced) Edit(name string) (rootfile.File, error) { return unsyncedFile(d.Disk.Edit(name)) }

func (d unsynced) CreateTemp(dir, prefix string) (rootfile.File, error) {
	return unsyncedFile(d.Disk.CreateTemp(dir, prefix))
}

type file struct{ rootfile.File }

func (file) Sync() error { return nil }

func unsyncedFile(f rootfile.File, err error) (rootfile.File, error) { return file{f}, err }

// leaky loses some of the reports that are put into their place.
type leaky struct {
	rootfile.Disk

	renames atomic.Int64
}

func (d *leaky) Rename(from, to string) error {
	if strings.HasSuffix(to, ".report") && d.renames.Add(1)%4 == 3 {
		return d.Remove(from)
	}
	return d.Disk.Rename(from, to)
}

// emptied: the ledger is that of a spool that has given no numbers yet, but of the same
// epoch, as a backup would bring it back.
func emptied(w *world, _ *agent.Options) {
	ledger, disk := filepath.Join(w.paths.Spool(), "ledger"), w.drive.now()
	old := disk.Content(ledger)
	if w.kept == nil {
		w.kept = old
		return
	}
	for _, name := range w.drive.files(w.paths.Spool()) {
		if strings.HasSuffix(name, ".report") && filepath.Dir(name) == w.paths.Spool() {
			_ = disk.Remove(name)
		}
	}
	disk.Plant(ledger, w.kept)
}

// elsewhere has the tools asked of a Mac to which nothing happens.
func elsewhere(_ *world, o *agent.Options) {
	sim, err := macsim.Load("healthy")
	if err != nil {
		panic(err) // the others load it too
	}
	sim.Bootstrap.Escrowed = false
	other := macsim.NewRunner(sim)
	o.Mac = func(config.Config) collectors.Mac { return collectors.Mac{Run: other, Net: other, Privileged: true} }
}

// beside is a daemon that runs a second one, with a state of its own, when it starts.
func beside(w *world, o *agent.Options) {
	second := *o
	second.Paths = paths.Under(filepath.Join(w.folder, "second"))
	second.Log, second.Hangups = zap.NewNop(), nil
	inner := o.Outside.Listen
	o.Outside.Listen = func() (net.Listener, error) {
		a, err := agent.New(second)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = a.Run(ctx) }()
		l, err := inner()
		return &accompanied{l, func() { cancel(); <-ended }}, err
	}
}

// accompanied ends the second daemon with the first.
type accompanied struct {
	net.Listener

	end func()
}

func (a *accompanied) Close() error {
	a.end()
	return a.Listener.Close()
}

// breaking is a socket that fails after a while.
type breaking struct{ *deaf }

func (b *breaking) Accept() (net.Conn, error) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	select {
	case <-b.closed:
		return nil, net.ErrClosed
	case <-timer.C:
		return nil, errors.New("the socket broke")
	}
}
