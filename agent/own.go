package agent

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// undelivered is how long nothing may have been delivered before it is told. A
// laptop on a train is no news.
const undelivered = 6 * time.Hour

// clockSlack is how far the clock may be put back without a word: time servers
// do it in seconds.
const clockSlack = 5 * time.Minute

// ownFindings are about the agent, not about the Mac.
func (a *Agent) ownFindings(on Assessment, now time.Time) []health.Finding {
	found := slices.Concat(a.deliveryFindings(now), lookingFindings(on, now), a.stateFindings(now))
	found = slices.CompactFunc(sorted(found), func(a, b health.Finding) bool { return a.Code == b.Code })
	policy := a.configured().HealthPolicy()
	for i, f := range found {
		found[i] = policy.Apply(f, on.Model)
	}
	return found
}

// deliveryFindings are about reports that do not arrive.
func (a *Agent) deliveryFindings(now time.Time) []health.Finding {
	out := a.out()
	if out != nil {
		if err := out.spool.Refresh(); err != nil {
			a.log.Warn("quarantine not looked at", zap.Error(err))
		}
	}
	delivery := a.delivery()
	if delivery.Server == "" {
		a.silence = silence{}
		return nil
	}
	var found []health.Finding
	if delivery.Quarantined > 0 {
		found = append(found, own(now, "AG_REPORT_QUARANTINED",
			"Some reports of this Mac were refused by the server, or were damaged on the disk, and are kept aside."))
	}
	if out != nil && a.drops.goOn(out.spool.Overflowed(), delivery.LastAck) {
		found = append(found, own(now, "AG_SPOOL_FULL",
			"Too many reports of this Mac wait for the server, and the oldest are dropped."))
	}
	if code, summary := troubleFinding(a.troubles.goOn(delivery, now)); code != "" {
		found = append(found, own(now, code, summary))
	}
	if delivery.Trouble == wire.TroubleLocal && delivery.LastError != "" {
		a.unkept.seen(now)
	}
	if a.silence.goOn(delivery, now) {
		found = append(found, own(now, "AG_NOT_DELIVERED",
			"The server has taken no report of this Mac for hours, and refuses or does not answer."))
	}
	return found
}

// lookingFindings are about what keeps the agent from seeing right.
func lookingFindings(on Assessment, now time.Time) []health.Finding {
	var found []health.Finding
	if access, known := on.Snapshot.FDA.Known(); known && !access {
		found = append(found, own(now, "AG_SOURCE_DENIED", "macOS does not let the agent read what it protects: it has no Full Disk Access."))
	}
	switch {
	case clockBack(on.Model.Past.Mac.At, now):
		found = append(found, own(now, "AG_CLOCK_WRONG", "By this Mac's clock the check before this one is still to come."))
	case now.Before(oldest()):
		found = append(found, own(now, "AG_CLOCK_WRONG", "This Mac's clock shows a time before this program was written."))
	}
	return found
}

// stateFindings are about the agent's own files, configuration and parts.
func (a *Agent) stateFindings(now time.Time) []health.Finding {
	var found []health.Finding
	a.mu.Lock()
	bad := len(a.problems) > 0
	a.mu.Unlock()
	if bad {
		found = append(found, own(now, "AG_CONFIG_BAD", "The newest configuration of the agent has a mistake and is not used."))
	}
	if a.unkept.holds(now) {
		found = append(found, own(now, "AG_STATE_UNWRITABLE", "The agent could not read or write files of its own."))
	}
	if parts := a.recent(now); len(parts) > 0 {
		found = append(found, own(now, "AG_PART_FAILED", "A part of the agent failed within the last day: "+strings.Join(parts, ", ")+"."))
	}
	if a.memory.Load().movedLately(now) {
		found = append(found, own(now, "AG_DISK_MOVED", "This disk was in another Mac before."))
	}
	return found
}

// sorted brings findings of one code together: the clock can be wrong for two
// reasons, and is wrong once.
func sorted(found []health.Finding) []health.Finding {
	slices.SortStableFunc(found, func(a, b health.Finding) int { return cmp.Compare(a.Code, b.Code) })
	return found
}

// own makes a finding of one of the agent's own conditions.
func own(now time.Time, code health.Code, summary string) health.Finding {
	rule, _ := health.RuleOf(code)
	return rule.Finding(health.Hit{Subject: health.DeviceSubject, Because: rule.Evidence, Summary: summary}, now.UTC())
}

// clockBack says whether the last check was made in what is now the future.
func clockBack(last, now time.Time) bool { return last.Round(0).Sub(now.Round(0)) > clockSlack }

// oldest is a time that no clock can rightly show while this program runs.
func oldest() time.Time { return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) }

// drops watches how many reports were dropped. It tells from the first one that is
// until the server takes reports again: a finding that came and went with every
// report would make each check a changed Mac, and fill the spool.
//
// It asks which delivery was the latest, and not when it was: the clock may have been
// years ahead at the drop, or at the delivery.
type drops struct {
	seen bool   // the count below is known
	all  uint64 // ever dropped, at the last look

	told  bool
	acked *time.Time // the latest delivery when the last drop was seen
}

func (d *drops) goOn(all uint64, acked *time.Time) bool {
	switch {
	case d.seen && all > d.all:
		d.told, d.acked = true, acked
	case !sameAck(d.acked, acked):
		d.told = false
	}
	d.seen, d.all = true, all
	return d.told
}

// sameAck says whether two looks saw the same delivery as the latest.
func sameAck(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
