package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

var (
	kills = flag.Int("kills", 20, "how many processes the chaos test kills")
	seed  = flag.Uint64("seed", 1, "what its choices begin with")
)

// Processes of a running fleet are killed at random moments and started again.
// In the end every report that an agent ever numbered is at the server exactly
// once, or still waits on the disk of its Mac.
func TestChaos(t *testing.T) {
	f := chaosFleet(t)
	random := rand.New(rand.NewPCG(*seed, 0))
	for n := range *kills {
		time.Sleep(time.Duration(20+random.IntN(230)) * time.Millisecond) // chance is the subject here
		f.killOne(t, random)
		if n%10 == 9 {
			t.Logf("%d killed", n+1)
		}
	}
	f.settle(t)
	for _, m := range f.macs {
		f.checkMac(t, m)
	}
}

func chaosFleet(t *testing.T) *fleet {
	t.Helper()
	f, err := newFleet(t.Context(), t.TempDir(), "127.0.0.1:0", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	f.interval = time.Second
	t.Cleanup(f.stop)
	if err := f.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.listen = strings.TrimPrefix(f.url, "http://") // after a restart it must be where the agents look
	return f
}

// kill ends the process as a power cut would.
func (p *process) kill() { p.end(syscall.SIGKILL) }

func (f *fleet) killOne(t *testing.T, random *rand.Rand) {
	t.Helper()
	victim := random.IntN(len(f.macs) + 1)
	if victim == len(f.macs) {
		f.server.kill()
		if err := f.startServer(t.Context()); err != nil {
			t.Fatal(err)
		}
		return
	}
	m := f.macs[victim]
	m.agent.kill()
	if err := f.startAgent(m); err != nil {
		t.Fatal(err)
	}
}

// settle lets every Mac report once more, and then ends the agents, so that
// nothing moves any more.
func (f *fleet) settle(t *testing.T) {
	t.Helper()
	for _, m := range f.macs {
		before := f.delivered(t, m)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		for len(f.delivered(t, m)) <= len(before) {
			select {
			case <-ctx.Done():
				t.Fatalf("%s delivers nothing any more: %s", m.name, tail(m.root+".log"))
			case err := <-f.died:
				t.Fatal(err)
			case <-time.After(100 * time.Millisecond):
			}
		}
		cancel()
	}
	for _, m := range f.macs {
		m.agent.stop()
	}
}

// delivered returns all that the server shows of a Mac's reports.
func (f *fleet) delivered(t *testing.T, m *mac) []wire.HistoryRow {
	t.Helper()
	var list wire.DeviceList
	f.decode(t, "/v1/devices", &list)
	var rows []wire.HistoryRow
	for _, d := range list.Devices {
		if d.Name != m.name {
			continue
		}
		cursor := ""
		for {
			var page wire.HistoryPage
			f.decode(t, "/v1/devices/"+d.ID+"/history?limit=500&cursor="+cursor, &page)
			rows = append(rows, page.Reports...)
			if page.NextCursor == nil {
				break
			}
			cursor = *page.NextCursor
		}
	}
	return rows
}

func (f *fleet) decode(t *testing.T, path string, to any) {
	t.Helper()
	body, err := f.get(t.Context(), strings.TrimSuffix(path, "&cursor="))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, to); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func (f *fleet) checkMac(t *testing.T, m *mac) {
	t.Helper()
	where := map[uint64]string{}
	ids, epochs := map[string]bool{}, map[string]bool{}
	for _, row := range f.delivered(t, m) {
		if ids[row.ReportID] || where[row.Seq] != "" {
			t.Errorf("%s: number %d is shown twice", m.name, row.Seq)
		}
		ids[row.ReportID], epochs[row.Epoch], where[row.Seq] = true, true, "server"
	}
	spool := filepath.Join(m.root, "var/db/tokenward/spool")
	for _, seq := range numbered(t, spool) {
		where[seq] = "spool"
	}
	for seq := range uint64(len(where)) {
		if where[seq+1] == "" {
			t.Errorf("%s: number %d of %d is lost", m.name, seq+1, len(where))
		}
	}
	if len(epochs) != 1 {
		t.Errorf("%s: %d epochs", m.name, len(epochs))
	}
	if refused, _ := os.ReadDir(filepath.Join(spool, "quarantine")); len(refused) > 0 {
		t.Errorf("%s: %d reports in quarantine", m.name, len(refused))
	}
	t.Logf("%s: %d reports", m.name, len(where))
}

// numbered lists the reports that still wait in a spool.
func numbered(t *testing.T, spool string) (seqs []uint64) {
	t.Helper()
	entries, err := os.ReadDir(spool)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if seq, err := strconv.ParseUint(strings.TrimSuffix(e.Name(), ".report"), 10, 64); err == nil {
			seqs = append(seqs, seq)
		}
	}
	return seqs
}

// What a newcomer types shows the three Macs, as a list for programs and as
// text for people.
func TestDemo(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	if err := run(t.Context(), &body, io.Discard, []string{"--once", "--json"}); err != nil {
		t.Fatal(err)
	}
	var list wire.DeviceList
	if err := json.Unmarshal([]byte(body.String()), &list); err != nil {
		t.Fatalf("not the body of a list: %v\n%s", err, &body)
	}
	got := map[string]string{}
	for _, d := range list.Devices {
		got[d.Name] = fmt.Sprintf("%s%v", d.Verdict, d.Findings)
	}
	want := map[string]string{
		"Front desk": "ok[]",
		"Workshop": "critical[BT_NOT_ESCROWED BT_NOT_ESCROWED_STANDARD_HOLDER EACS_WILL_FALL_BACK " +
			"ST_HASHED_ACCOUNT ST_ONLY_STANDARD_HOLDERS ST_SOLE_HOLDER UPDATE_WILL_PROMPT]",
		"Design studio": "degraded[ST_SOLE_HOLDER ST_USER_MISSING_BT_READY]",
	}
	for name, verdict := range want {
		if got[name] != verdict {
			t.Errorf("%s is %s, want %s", name, got[name], verdict)
		}
	}
	var text strings.Builder
	if err := run(t.Context(), &text, io.Discard, []string{"--once"}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"Front desk: tokenward status", "OK  Tokens are in order", "CRITICAL  Only standard users hold a Secure Token", "The fleet: http://127.0.0.1:"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the text lacks %q:\n%s", part, &text)
		}
	}
}
