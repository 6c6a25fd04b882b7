//go:build !darwin

package agent

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A report that the server refuses for good is told with the next one, and
// says nothing about the Mac.
func TestQuarantinedReportsAreTold(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	if first := checked(t, a, wire.Scheduled); len(first.Findings) != 0 {
		t.Fatalf("findings on a healthy Mac: %v", first.Findings)
	}
	waiting, err := a.spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.spool.Quarantine(waiting[0]); err != nil {
		t.Fatal(err)
	}
	second := checked(t, a, wire.Scheduled)
	if len(second.Findings) != 1 || second.Findings[0].Code != "AG_REPORT_QUARANTINED" || second.Findings[0].FedBy != "agent" {
		t.Errorf("findings %+v", second.Findings)
	}
	if second.Kind != wire.Snapshot || second.Verdict != health.VerdictOK {
		t.Errorf("a %s with the verdict %s", second.Kind, second.Verdict)
	}
	waiting, err = a.spool.Next(1, 1<<20)
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d reports wait, %v", len(waiting), err)
	}
	if err := a.spool.Quarantine(waiting[0]); err != nil {
		t.Fatal(err)
	}
	// One more of them is no news.
	if third := checked(t, a, wire.Scheduled); third.Kind != wire.Heartbeat || third.StateHash != second.StateHash {
		t.Errorf("a %s, %q after %q", third.Kind, third.StateHash, second.StateHash)
	}
	if err := os.RemoveAll(filepath.Join(a.paths.Spool(), "quarantine")); err != nil {
		t.Fatal(err)
	}
	if last := checked(t, a, wire.Scheduled); len(last.Findings) != 0 {
		t.Errorf("findings after the folder was cleared: %+v", last.Findings)
	}
}
