package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/auth"
)

// TestKilledAnywhere kills the server at every write, sync, commit and send of
// a fixed run, from the first one that makes the database to the last one of an
// orderly end. The client does what an agent does: it sends again whatever was
// not acked. After that every report must be there once, and the newest one
// must be what the server shows.
//
// SIGKILL loses nothing that was handed to the kernel. What a power cut loses
// is decided by PRAGMA synchronous, which a test of the store reads back.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	program := build(t, "faults")
	points := countPoints(t, program)
	stride := 1
	if testing.Short() {
		stride = 7
	}
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(2)
	for at := 1; at <= points; at += stride {
		dir, token := place(t)
		group.Go(func() error {
			if err := crash(ctx, program, dir, token, at); err != nil {
				return fmt.Errorf("killed at point %d of %d: %w", at, points, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("%d points, every %d. tried", points, stride)
}

// countPoints does the run without a crash.
func countPoints(t *testing.T, program string) int {
	t.Helper()
	file := filepath.Join(t.TempDir(), "points")
	dir, token := place(t)
	c := newClient(token)
	p, err := start(t.Context(), program, dir, "TOKENWARD_FAULT_COUNT_FILE="+file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.sendAll(t.Context(), p.url), p.stop()); err != nil {
		t.Fatalf("%v\n%s", err, p.stderr.String())
	}
	points, err := os.ReadFile(file)
	if err != nil || len(points) == 0 {
		t.Fatalf("no points were counted: %v", err)
	}
	return len(points)
}

// crash does the run with a server that dies at one point, and then goes on
// with one that does not.
func crash(ctx context.Context, program, dir, token string, at int) error {
	c := newClient(token)
	died, err := start(ctx, program, dir, "TOKENWARD_FAULT_KILL_AT="+strconv.Itoa(at))
	if err == nil {
		if err = c.sendAll(ctx, died.url); err == nil {
			err = died.stop()
		} else {
			err = died.wait()
		}
	}
	if !killed(err) {
		return fmt.Errorf("the server was not killed: %w", err)
	}
	p, err := start(ctx, program, dir)
	if err != nil {
		return fmt.Errorf("start again: %w: %s", err, p.stderr.String())
	}
	return errors.Join(c.sendAll(ctx, p.url), c.check(ctx, p.url), p.stop())
}

// place makes a folder in which a server can run, and the token of its admin.
func place(t *testing.T) (dir, token string) {
	t.Helper()
	token, line, err := auth.NewToken(auth.Person{Name: "anna", Role: auth.Admin})
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	if err := os.WriteFile(filepath.Join(parent, "roles"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(parent, "data"), token
}

// client is an agent's key and spool, and what is in it, with the admin who lets it in.
type client struct {
	token   string
	key     ed25519.PrivateKey
	batches [][]json.RawMessage
	device  string
	sent    []string // the IDs of all reports, the oldest first
}

// newClient fills the spool: six batches with snapshots, heartbeats and an
// audit of one Mac, some of which change its findings.
func newClient(token string) *client {
	c := &client{token: token, key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), device: "11111111-2222-4333-8444-555555555555"}
	state, seq := "", uint64(0)
	for batch := range 6 {
		var reports []json.RawMessage
		for i := range 3 {
			seq++
			kind := [][]wire.Kind{
				{wire.Snapshot, wire.Heartbeat, wire.Snapshot},
				{wire.Heartbeat, wire.Audit, wire.Heartbeat},
			}[batch%2][i]
			if kind == wire.Snapshot {
				state = fmt.Sprint("state ", seq)
			}
			reports = append(reports, c.report(kind, seq, state))
		}
		c.batches = append(c.batches, reports)
	}
	return c
}

func (c *client) report(kind wire.Kind, seq uint64, state string) json.RawMessage {
	r := wire.Report{
		Schema: wire.ReportSchema, SchemaVersion: wire.SchemaVersion, Kind: kind, Seq: seq, StateHash: state,
		ReportID: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, seq)).String(),
		Epoch:    "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
		Device:   wire.Device{HardwareUUID: c.device, Serial: "C02CRASH", Name: "Mac"},
	}
	if kind == wire.Snapshot {
		r.Findings = []wire.Finding{{Code: fmt.Sprintf("NUMBER_%d", seq)}}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	c.sent = append(c.sent, r.ReportID)
	return raw
}

// enroll asks to be let in, and lets itself in. After a crash both are done again, whether
// they were done or not.
func (c *client) enroll(ctx context.Context, url string) error {
	public := c.key.Public().(ed25519.PublicKey)
	body, err := json.Marshal(wire.EnrollRequest{
		SigningKey: base64.StdEncoding.EncodeToString(public), Recipient: "age1" + strings.Repeat("q", 58),
		Device: wire.Device{HardwareUUID: c.device, Serial: "C02CRASH"},
	})
	if err != nil {
		return err
	}
	var answer wire.EnrollAnswer
	if err := c.call(ctx, http.MethodPost, url+wire.EnrollPath, body, &answer); err != nil {
		return err
	}
	var row wire.EnrollmentRow
	return c.call(ctx, http.MethodPost, url+"/v1/enrollments/"+reqsign.Fingerprint(public)+"/approve", nil, &row)
}

// sendAll enrols, sends what is left of the spool, and takes out what is acked.
func (c *client) sendAll(ctx context.Context, url string) error {
	if err := c.enroll(ctx, url); err != nil {
		return err
	}
	for len(c.batches) > 0 {
		answer, err := c.send(ctx, url, c.batches[0])
		if err != nil {
			return err
		}
		if len(answer.Acked) != len(c.batches[0]) || len(answer.Rejected) != 0 {
			return fmt.Errorf("the answer is %+v", answer)
		}
		c.batches = c.batches[1:]
	}
	return nil
}

func (c *client) send(ctx context.Context, url string, reports []json.RawMessage) (answer wire.Answer, err error) {
	body, err := json.Marshal(wire.Batch{Reports: reports})
	if err != nil {
		return answer, err
	}
	return answer, c.call(ctx, http.MethodPost, url+"/v1/reports", body, &answer)
}

// check asks the server, as anyone would, what it has kept.
func (c *client) check(ctx context.Context, url string) error {
	var history wire.HistoryPage
	if err := c.call(ctx, http.MethodGet, url+"/v1/devices/"+c.device+"/history?limit=500", nil, &history); err != nil {
		return err
	}
	kept := []string{}
	for _, r := range slices.Backward(history.Reports) {
		kept = append(kept, r.ReportID)
	}
	if !slices.Equal(kept, c.sent) {
		return fmt.Errorf("kept %v, sent %v", kept, c.sent)
	}
	return errors.Join(c.checkCurrent(ctx, url), c.checkIdentity(ctx, url))
}

func (c *client) checkCurrent(ctx context.Context, url string) error {
	var detail wire.DeviceDetail
	if err := c.call(ctx, http.MethodGet, url+"/v1/devices/"+c.device, nil, &detail); err != nil {
		return err
	}
	var current wire.Report
	if err := json.Unmarshal(detail.Report, &current); err != nil {
		return err
	}
	if current.Seq != 15 || !slices.Equal(detail.Device.Findings, []string{"NUMBER_15"}) {
		return fmt.Errorf("the current snapshot is number %d, with %v", current.Seq, detail.Device.Findings)
	}
	var sum wire.Summary
	if err := c.call(ctx, http.MethodGet, url+"/v1/summary", nil, &sum); err != nil {
		return err
	}
	if want := []wire.FindingCount{{Code: "NUMBER_15", Devices: 1}}; sum.Devices != 1 || !slices.Equal(sum.Findings, want) {
		return fmt.Errorf("the summary is %+v", sum)
	}
	return nil
}

// checkIdentity: the key was let in once, and that is noted once.
func (c *client) checkIdentity(ctx context.Context, url string) error {
	var keys wire.EnrollmentList
	if err := c.call(ctx, http.MethodGet, url+"/v1/enrollments", nil, &keys); err != nil {
		return err
	}
	var audit wire.AuditList
	if err := c.call(ctx, http.MethodGet, url+"/v1/audit", nil, &audit); err != nil {
		return err
	}
	if len(keys.Enrollments) != 1 || keys.Enrollments[0].State != "active" || len(audit.Acts) != 1 || audit.Acts[0].Action != "approve" {
		return fmt.Errorf("keys are %+v, acts are %+v", keys.Enrollments, audit.Acts)
	}
	return nil
}

// call sends a request, signed and with the admin's token, on a connection of its own,
// and decodes the answer.
func (c *client) call(ctx context.Context, method, url string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Close = true
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "identity")
	if err := reqsign.Sign(r, body, time.Now(), reqsign.Key{Label: reqsign.Label, Private: c.key}); err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
