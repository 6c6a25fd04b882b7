package agent

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

// sending is all that brings reports to one server: where they wait, and what takes
// them there. Another configuration of the server makes another one.
type sending struct {
	spool    *spool.Spool
	client   *uplink.Client
	uplink   *uplink.Uplink
	identity *identity.Identity // nil where nothing is signed
	spent    bool               // of check alone: no secret that was used is left

	replaced context.Context //nolint:containedctx // ends with the sending, which a reload may end
	end      context.CancelFunc
}

// connect makes the sending that the configuration wants. Without a server there is
// none: nobody would take what is in a spool. It is called where no sending works any
// more: two that write the same files would spoil them.
func (a *Agent) connect() {
	a.binding.Lock()
	defer a.binding.Unlock()
	var next *sending
	var err error
	if c := a.configured(); c.Server.URL != "" {
		next, err = a.newSending(c)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sending, a.unsent = next, ""
	if err != nil {
		a.unsent = err.Error()
		a.log.Error("nothing can be sent", zap.Error(err))
	}
}

// rewire ends the present sending, so that another is made, or has one made where
// there is none.
func (a *Agent) rewire() {
	if out := a.out(); out != nil {
		out.end()
	}
	select {
	case a.rewired <- struct{}{}:
	default:
	}
}

// retry has a sending made where there is a server and none could be made: by a disk
// that was full, or a certificate that was not there.
func (a *Agent) retry() {
	if a.configured().Server.URL != "" && a.out() == nil {
		a.rewire()
	}
}

// out is the present sending, nil where there is none.
func (a *Agent) out() *sending {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sending
}

// delivery says how the sending goes, and why there is none where there is a server.
func (a *Agent) delivery() wire.Delivery {
	a.mu.Lock()
	out, unsent := a.sending, a.unsent
	a.mu.Unlock()
	var d wire.Delivery
	switch {
	case out != nil:
		d = out.uplink.State()
		d.Waiting, d.Quarantined, d.Dropped = out.spool.Waiting()
	case unsent != "":
		d.LastError, d.Trouble = unsent, wire.TroubleLocal
	}
	d.Server = a.configured().Server.URL
	return d
}

// otherwise says whether a configuration wants another sending.
func otherwise(before, after config.Config) bool {
	return before.Server != after.Server || before.Enrollment != after.Enrollment
}

func (a *Agent) newSending(c config.Config) (*sending, error) {
	s := &sending{}
	var err error
	if s.spool, err = a.openSpool(c.Spool); err != nil {
		return nil, err
	}
	if c.Server.Signs() {
		if s.identity, err = a.openIdentity(c.Server.URL); err != nil {
			return nil, err
		}
	}
	if s.client, err = a.newClient(c, s.identity); err != nil {
		return nil, err
	}
	s.uplink = uplink.New(s.spool, s.client, a.wish, a.log.Named("uplink"))
	s.replaced, s.end = context.WithCancel(context.Background())
	return s, nil
}

// openSpool opens the spool once in the life of a daemon: two would give the same
// numbers.
func (a *Agent) openSpool(c config.Spool) (*spool.Spool, error) {
	if a.spool != nil {
		a.spool.Limit(limitsOf(c))
		return a.spool, nil
	}
	var err error
	a.spool, err = spool.OpenOn(a.files.Disk, a.paths.Spool(), limitsOf(c))
	return a.spool, err
}

func limitsOf(c config.Spool) spool.Limits {
	return spool.Limits{Reports: c.MaxReports, Bytes: c.MaxBytes, Age: c.MaxAge}
}

func (a *Agent) openIdentity(server string) (*identity.Identity, error) {
	id, err := identity.OpenOn(a.files, a.paths.Identity(), server)
	if err != nil {
		return nil, err
	}
	if damage := id.Damage(); damage != nil {
		a.log.Error("the keys of this Mac were damaged and are put aside", zap.Error(damage))
	}
	return id, a.bindKeys(id, a.spool, false)
}

func (a *Agent) newClient(c config.Config, id *identity.Identity) (*uplink.Client, error) {
	roots, err := a.certificates(c.Server)
	if err != nil {
		return nil, err
	}
	o := uplink.Options{
		URL: c.Server.URL, Format: c.Server.Format, Token: a.token, Roots: roots, Proxy: c.Server.Proxy, Timeout: c.Server.Timeout,
		Agent: "tokenward/" + a.version.Version, Built: a.outside.Built, Via: a.outside.Via, Log: a.log.Named("uplink"),
	}
	if c.Server.ClientCertFile != "" {
		o.ClientCertificate = uplink.CertificateFiles(c.Server.ClientCertFile, c.Server.ClientKeyFile)
	}
	if id != nil {
		o.Identity = id
		o.Enrollment = uplink.Enrolling{
			Device: a.device, Agent: a.version, Secret: a.enrollmentSecret, Used: a.forgetSecret, Active: a.enrolled,
		}
	}
	return uplink.NewClient(o)
}

// certificates are the authorities that may speak for the server; nil for the
// system's.
func (a *Agent) certificates(s config.Server) (*x509.CertPool, error) {
	data, from := []byte(s.CA), "server.ca"
	if s.CAFile != "" {
		var err error
		if data, err = a.readFile(s.CAFile); err != nil {
			return nil, fmt.Errorf("server.ca_file: %w", err)
		}
		from = "server.ca_file: " + s.CAFile
	}
	if len(data) == 0 && s.CAFile == "" {
		return nil, nil //nolint:nilnil // nil stands for the system's roots
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", from)
	}
	return pool, nil
}

// firstSend is how long the first delivery after a start waits. After a power cut, or
// a new version for all, a fleet starts at once; so each Mac has its own place within
// the splay, the same after every start, and never later than the next check.
func (a *Agent) firstSend() time.Duration {
	c := a.configured()
	return schedule.Place(a.whichMac(), min(c.Splay, c.Interval))
}

// deliver sends until the context ends, by one sending after the other. Only the
// sending waits at first: what is checked meanwhile is on the disk.
func (a *Agent) deliver(ctx context.Context) {
	if !pause(ctx, a.firstSend()) {
		return
	}
	for ctx.Err() == nil {
		if s := a.out(); s != nil {
			s.run(ctx)
		} else {
			select {
			case <-ctx.Done():
			case <-a.rewired:
			}
		}
		if ctx.Err() == nil {
			a.connect()
		}
	}
}

// run sends until the context ends or there is another sending.
func (s *sending) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.replaced, cancel)()
	defer s.client.Close()
	s.uplink.Run(ctx, s.spool.Arrived())
}

// pause waits, and says whether the context goes on.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// wish notes what the server would like: a full report, another interval.
func (a *Agent) wish(next wire.Next) {
	a.schedule.Every(schedule.Interval(a.configured().Interval, next.CheckS))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sendFull = a.sendFull || next.SendFull
}

// enrolled has a full report made: the server knows this Mac from now on.
func (a *Agent) enrolled() {
	a.mu.Lock()
	a.sendFull = true
	a.mu.Unlock()
	a.schedule.Poke(wire.Enrolled)
}

// device is what this Mac says of itself when it enrols.
func (a *Agent) device() wire.Device {
	a.mu.Lock()
	defer a.mu.Unlock()
	known := a.memory.Load()
	d := wire.Device{Labels: a.configured().Device.Labels}
	if a.report != nil {
		d = a.report.Device
	}
	d.Serial, d.HardwareUUID, d.Name = known.Serial, known.HardwareUUID, a.sentName()
	return d
}
