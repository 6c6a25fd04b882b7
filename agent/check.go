package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

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
	limited, cancel := context.WithTimeout(ctx, a.config.CheckLimit)
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
	a.identify(&report)
	a.tellEverybody(report)
	a.announce(assessment.Verdict)
	err := a.publish(report, began)
	if err != nil {
		a.unkept.seen(began)
	}
	fields := []zap.Field{
		zap.Stringer("verdict", assessment.Verdict), zap.Int("findings", len(assessment.Findings)),
		zap.Int("gaps", len(assessment.Model.Gaps)), zap.String("reason", string(reason)), zap.Duration("took", time.Since(began)),
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
	return Judge(s, past, a.config.HealthPolicy())
}

// settle brings the findings together with those of earlier checks, and keeps
// what the next one needs across restarts.
func (a *Agent) settle(assessment *Assessment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var changes []health.Change
	a.ledger, assessment.Findings, changes = health.Settle(a.ledger, assessment.Model, assessment.Findings)
	assessment.Verdict = health.Judge(assessment.Model, assessment.Findings)
	if err := a.kept.write(a.paths, a.ledger); err != nil {
		a.unkept.seen(time.Now())
		a.log.Warn("ledger not written", zap.Error(err))
	}
	for _, c := range changes {
		a.log.Info("changed", zap.String("what", string(c.Kind)), zap.String("code", string(c.Code)), zap.String("was", c.Was), zap.String("is", c.Is))
	}
}

func (a *Agent) about(reason wire.Trigger) wire.Source {
	boot, uptime := bootSession()
	return wire.Source{
		Agent: a.version, Name: deviceName(a.config.Device.Name), Labels: a.config.Device.Labels,
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

// publish shows the report on the socket and, where there is a server, spools
// it: in full if anything changed, as a heartbeat if not.
func (a *Agent) publish(report wire.Report, now time.Time) error {
	a.mu.Lock()
	shown := report
	a.report = &shown
	asked := a.sendFull
	a.sendFull = false
	full := asked || report.StateHash != a.lastFull.hash || wallclock.Elapsed(a.lastFull.at, now, fullEvery)
	changed := a.lastFull.hash != "" && report.StateHash != a.lastFull.hash
	a.mu.Unlock()
	if a.spool == nil {
		return nil
	}
	switch {
	case !full:
		report = report.AsHeartbeat()
	case report.Reason != wire.Scheduled:
	case changed:
		report.Reason = wire.Changed
	case asked:
		report.Reason = wire.Requested
	case a.lastFull.hash != "":
		report.Reason = wire.Daily
	}
	err := a.store(report, now)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.sendFull = a.sendFull || asked
	case full:
		a.lastFull = lastFull{report.StateHash, now.Round(0)}
	}
	return err
}

// store puts the report on the disk with its identity: once it has an ID and a
// number, nothing in it changes any more.
func (a *Agent) store(report wire.Report, now time.Time) error {
	return a.spool.Put(now, func(stamp spool.Stamp) ([]byte, error) {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("report ID: %w", err)
		}
		report.ReportID, report.Epoch, report.Seq = id.String(), stamp.Epoch, stamp.Seq
		report.Dropped = &wire.Dropped{Reports: stamp.Dropped, Reasons: stamp.Reasons, Since: stamp.DroppedSince}
		return json.Marshal(report)
	})
}
