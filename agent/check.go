package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wallclock"
	"github.com/tokenward/tokenward/internal/wire"
)

// fullEvery is how often everything is sent although nothing changed.
const fullEvery = 24 * time.Hour

// lastFull is the last full report that was spooled: as long as nothing
// changes, a heartbeat refers to it by its hash.
type lastFull struct {
	hash string
	at   time.Time // on the wall clock
}

// check is one round: ask, judge, remember, spool. Delivery is not part of it.
func (a *Agent) check(ctx context.Context, reason wire.Trigger) {
	began := time.Now()
	c := a.configured()
	if c.ToolLimit != a.capped {
		a.useMac(c)
	}
	limited, cancel := context.WithTimeout(ctx, c.CheckLimit)
	defer cancel()
	assessment := a.look(limited, began, reason)
	if ctx.Err() != nil {
		return // stopped halfway: what is missing was not missing on the Mac
	}
	if found := a.ownFindings(assessment, began); len(found) > 0 {
		assessment.Findings = append(assessment.Findings, found...)
		health.Explain(assessment.Findings)
	}
	a.settle(&assessment)
	report := assessment.Report(a.about(reason))
	renewed, misnumbered := a.identify(&report)
	a.lookAtPower(ctx, began)
	a.tellEverybody(report)
	a.announce(assessment.Verdict)
	unbound := a.bind(renewed)
	a.show(report)
	stored, err := wire.Report{}, misnumbered
	if misnumbered == nil {
		stored, err = a.publish(report, wire.People(assessment.Model, c.HealthPolicy()), began)
	}
	if err = errors.Join(err, unbound); err != nil {
		a.unkept.seen(began)
	}
	a.retry()
	fields := []zap.Field{
		zap.Stringer("verdict", assessment.Verdict), zap.Int("findings", len(assessment.Findings)),
		zap.Int("gaps", len(assessment.Model.Gaps)), zap.String("reason", string(reason)), zap.Duration("took", time.Since(began)),
	}
	if stored.ReportID != "" {
		fields = append(fields, zap.String("report_id", stored.ReportID), zap.String("epoch", stored.Epoch), zap.Uint64("seq", stored.Seq))
	}
	if err != nil {
		a.log.Error("checked, but the report could not be stored", append(fields, zap.Error(err))...)
		return
	}
	a.log.Info("checked", fields...)
}

// look asks what is due. Whoever asks for a check wants to know how it is now,
// so then everything is.
func (a *Agent) look(ctx context.Context, now time.Time, reason wire.Trigger) Assessment {
	boot, _ := bootSession()
	s := a.rounds.Take(ctx, a.mac, collectors.Occasion{
		At: now.UTC(), Boot: boot, Wanted: reason == wire.Requested, Stirred: reason == wire.Event,
	})
	a.mu.Lock()
	past := a.ledger
	a.mu.Unlock()
	return Judge(s, past, a.configured().HealthPolicy())
}

// settle brings the findings together with those of earlier checks, and keeps
// what the next one needs across restarts.
func (a *Agent) settle(assessment *Assessment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var changes []health.Change
	a.ledger, assessment.Findings, changes = health.Settle(a.ledger, assessment.Model, assessment.Findings)
	assessment.Verdict = health.Judge(assessment.Model, assessment.Findings)
	if err := a.kept.write(a.files, a.paths, a.ledger); err != nil {
		a.unkept.seen(time.Now())
		a.log.Warn("ledger not written", zap.Error(err))
	}
	for _, c := range changes {
		a.log.Info("changed", zap.String("what", string(c.Kind)), zap.String("code", string(c.Code)), zap.String("was", c.Was), zap.String("is", c.Is))
	}
}

func (a *Agent) about(reason wire.Trigger) wire.Source {
	boot, uptime := bootSession()
	device := a.configured().Device
	return wire.Source{
		Agent: a.version, Name: deviceName(device.Name), Labels: device.Labels,
		BootID: boot, UptimeMS: uptime.Milliseconds(), Reason: reason,
	}
}

// deviceName is what an admin called the Mac, or else its host name.
func deviceName(configured string) string {
	if configured != "" {
		return configured
	}
	name, err := os.Hostname()
	if err != nil {
		return "" // a name is a convenience; the serial number identifies
	}
	return name
}

// lookAtPower has checks made more rarely while a battery runs out. What is not known
// is no low battery.
func (a *Agent) lookAtPower(ctx context.Context, now time.Time) {
	is, err := a.power.Look(ctx, now)
	if err != nil {
		a.log.Debug("power not known", zap.Error(err))
	}
	a.schedule.Power(schedule.Power{Battery: is.Draining, Percent: is.Percent})
}

// show has the socket tell the report.
func (a *Agent) show(report wire.Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.report = &report
}

// publish spools the report where there is a server: in full if anything changed, as a
// heartbeat if not. It returns what it has stored, nothing where it has not.
func (a *Agent) publish(report wire.Report, people []string, now time.Time) (stored wire.Report, err error) {
	a.mu.Lock()
	out, asked := a.sending, a.sendFull
	a.mu.Unlock()
	if out == nil {
		return wire.Report{}, nil
	}
	if report, err = a.private(report, people); err != nil {
		return wire.Report{}, err
	}
	a.mu.Lock()
	a.sendFull = false
	full := asked || report.Reason == wire.Enrolled || report.StateHash != a.lastFull.hash || wallclock.Elapsed(a.lastFull.at, now, fullEvery)
	if full && report.Reason == wire.Scheduled {
		report.Reason = whyFull(report, a.lastFull.hash, asked)
	}
	a.mu.Unlock()
	kept := report
	if !full {
		kept = report.AsHeartbeat()
	}
	kept, err = store(out.spool, kept, now)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.sendFull = a.sendFull || asked
	case full:
		a.lastFull = lastFull{report.StateHash, now.Round(0)}
	}
	return kept, err
}

// whyFull is why a scheduled check makes a full report. The first one after a start is
// merely scheduled.
func whyFull(report wire.Report, before string, asked bool) wire.Trigger {
	switch {
	case before != "" && report.StateHash != before:
		return wire.Changed
	case asked:
		return wire.Requested
	case before != "":
		return wire.Daily
	}
	return wire.Scheduled
}

// private is the report as it may leave this Mac. Where names are not to and cannot be
// hidden, nothing leaves it.
func (a *Agent) private(report wire.Report, people []string) (wire.Report, error) {
	c := a.configured()
	if c.Privacy.Names != config.Hashed {
		return report, nil
	}
	key, err := a.privacyKey()
	if err != nil {
		return wire.Report{}, err
	}
	return report.Pseudonymous(wire.Privacy{Key: key, Chosen: c.Device.Name != "", People: people}), nil
}

// sentName is the name of the Mac as reports carry it: a host name tells whose it is.
func (a *Agent) sentName() string {
	c := a.configured()
	if c.Privacy.Names == config.Hashed {
		return c.Device.Name
	}
	return deviceName(c.Device.Name)
}

// store puts the report on the disk with its identity: once it has an ID and a
// number, nothing in it changes any more.
func store(in *spool.Spool, report wire.Report, now time.Time) (wire.Report, error) {
	err := in.Put(now, func(stamp spool.Stamp) ([]byte, error) {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("report ID: %w", err)
		}
		report.ReportID, report.Epoch, report.Seq = id.String(), stamp.Epoch, stamp.Seq
		report.Dropped = &wire.Dropped{Reports: stamp.Dropped, Reasons: stamp.Reasons, Since: stamp.DroppedSince}
		return json.Marshal(report)
	})
	if err != nil {
		return wire.Report{}, err
	}
	return report, nil
}
