package control_test

import (
	"context"
	"net"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/control"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// daemon is a daemon whose checks do what the test says. The account 501 is an
// administrator's.
type daemon struct {
	check           func(context.Context) error
	asked, statuses atomic.Int64
	reloads         atomic.Int64
}

func (d *daemon) Reload(context.Context) (wire.Reloaded, error) {
	d.reloads.Add(1)
	return wire.Reloaded{Changed: []string{"interval"}, Problems: []string{}}, nil
}

func (d *daemon) Admin(uid int) bool { return uid == 501 }

func (d *daemon) Me(uid int) wire.Me {
	return wire.Me{Known: uid < 1000, Token: strconv.Itoa(uid), Findings: []wire.OwnFinding{}}
}

// daemonOf is the interface of a daemon, as a server of it.
func daemonOf(d control.Daemon) control.Server { return control.Server{Daemon: d, Log: zap.NewNop()} }

func (d *daemon) Status() wire.DaemonStatus {
	d.statuses.Add(1)
	return wire.DaemonStatus{Version: "1.2.3", Delivery: wire.Delivery{Waiting: int(d.asked.Load())}}
}

func (d *daemon) CheckNow(ctx context.Context) error {
	d.asked.Add(1)
	if d.check == nil {
		return nil
	}
	return d.check(ctx)
}

func (d *daemon) History() wire.History {
	return wire.History{Last: time.Unix(1_800_000_000, 0)}
}

// serve starts a daemon's interface and returns the path of its socket. It ends
// with the test.
func serve(t testing.TB, d control.Daemon) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener := listen(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- daemonOf(d).Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	return path
}

func listen(t testing.TB, path string) net.Listener {
	t.Helper()
	listener, err := control.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}
