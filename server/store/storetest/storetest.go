// Package storetest holds what package store promises, as tests that every
// implementation runs:
//
//	storetest.Run(t, func(t *testing.T, room store.Room) store.Store { return open(t, room) })
//
// A promise that is not tested here is none.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// Open returns an empty store, with these bounds of what waits for a person, that is
// closed when the test ends.
type Open func(t *testing.T, room store.Room) store.Store

// room is small, so that a test can fill it.
func room() store.Room { return store.Room{Strangers: 20, PerSerial: 5, Age: 30 * 24 * time.Hour} }

// Run runs the whole contract.
func Run(t *testing.T, open Open) {
	t.Helper()
	all := map[string]func(*suite){
		"an empty store":                           empty,
		"a report is stored once":                  idempotent,
		"an ID with other content is a conflict":   conflict,
		"an ID belongs to its device":              idPerDevice,
		"a repeat within one call":                 repeatWithin,
		"seq orders within an epoch":               seqOrders,
		"first sight ranks epochs":                 epochRank,
		"the device's time orders nothing":         deviceTime,
		"an audit is history":                      auditIsHistory,
		"a heartbeat keeps the snapshot":           heartbeatKeeps,
		"a heartbeat of another state":             heartbeatOfOther,
		"a heartbeat and its snapshot together":    heartbeatTogether,
		"what is not known wipes out nothing":      keepsIdentity,
		"findings follow the current snapshot":     findingsFollow,
		"forecasts follow the current snapshot":    forecastsFollow,
		"gaps are counted":                         gaps,
		"paging visits each device once":           pagesByID,
		"paging from the worst":                    pagesWorstFirst,
		"filters":                                  filters,
		"hostile text":                             hostileText,
		"a cursor of another list is refused":      foreignCursor,
		"history is paged, newest first":           historyPages,
		"concurrent calls lose and repeat nothing": concurrent,
		"a caller that gave up":                    cancelled,

		"a key without a word for it is refused":    uninvited,
		"the secret only opens a pending enrolment": secretOnlyOpensPending,
		"a code lets one key in":                    codeOnce,
		"a code expires":                            codeExpires,
		"a code is for its Mac":                     codeIsBound,
		"a code for any Mac takes over none":        codeTakesOverNothing,
		"a key is replaced by its successor":        rotation,
		"an imported serial counts once":            importedSerial,
		"two Macs with one serial":                  twoMacsWithOneSerial,
		"a key belongs to one Mac":                  clonedDisk,
		"what is refused stays so":                  noWayBack,
		"what is pending is bounded":                pendingIsBounded,
		"a race for one code":                       codeRace,
		"every act is noted":                        everyActIsNoted,
		"enrolments are paged":                      enrollmentPages,
		"a serial is learned":                       serialLearned,
		"a serial of another Mac is not":            serialOfAnother,
		"a rotation without a serial":               rotationWithoutSerial,
		"a rotation has a pace":                     rotationHasAPace,
		"what asks is not forgotten":                pendingAge,
		"a code for any Mac after a revocation":     codeAfterRevocation,
		"one approval is for one Mac":               approvalOfTwoMacs,
	}
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&suite{T: t, Store: open(t, room()), now: time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)})
		})
	}
}

// suite is one test with its store, and a clock that it moves itself.
type suite struct {
	*testing.T
	store.Store

	now time.Time
}

// The epochs of the tests.
const (
	epochA = "0a000000-0000-4000-8000-00000000000a"
	epochB = "0b000000-0000-4000-8000-00000000000b"
)

// report returns a snapshot of device "mac" with that number.
func report(epoch string, seq uint64) store.Report {
	return reportOf("mac", epoch, seq)
}

func reportOf(device, epoch string, seq uint64) store.Report {
	r := store.Report{
		ID:   uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %s %d", device, epoch, seq)).String(),
		Kind: wire.Snapshot, Epoch: epoch, Seq: seq,
		Device:     store.Identity{ID: device, Serial: "C02" + device, Name: "Mac of " + device, OSVersion: "15.7.1"},
		Verdict:    health.VerdictOK,
		StateHash:  fmt.Sprint("state ", seq),
		ObservedAt: time.Date(2025, 3, 1, 11, 0, 0, 0, time.UTC),
	}
	return content(r)
}

// content gives a report the bytes that follow from the rest of it.
func content(r store.Report) store.Report {
	r.Raw = fmt.Appendf(nil, `{"report_id":%q,"seq":%d,"state_hash":%q,"verdict":%q}`, r.ID, r.Seq, r.StateHash, r.Verdict)
	return r
}

// heartbeat turns a report into one that names a state.
func heartbeat(r store.Report, state string) store.Report {
	r.Kind, r.StateHash, r.Findings = wire.Heartbeat, state, nil
	return content(r)
}

func finding(codes ...string) []store.Finding {
	all := make([]store.Finding, len(codes))
	for i, code := range codes {
		all[i] = store.Finding{Code: code, Title: "Title of " + code, Severity: "high"}
	}
	return all
}

// ingest stores reports one minute after the last ones.
func (s *suite) ingest(reports ...store.Report) store.Receipt {
	s.Helper()
	s.now = s.now.Add(time.Minute)
	receipt, err := s.Ingest(s.Context(), s.now, reports)
	if err != nil {
		s.Fatalf("Ingest: %v", err)
	}
	return receipt
}

// expect fails unless the reports have these outcomes.
func (s *suite) expect(receipt store.Receipt, want ...store.Outcome) {
	s.Helper()
	if !slices.Equal(receipt.Outcomes, want) {
		s.Errorf("outcomes are %v, want %v", receipt.Outcomes, want)
	}
}

func (s *suite) device(id string) store.Detail {
	s.Helper()
	d, err := s.Device(s.Context(), id)
	if err != nil {
		s.Fatalf("Device %q: %v", id, err)
	}
	return d
}

func (s *suite) history(id string) []store.Past {
	s.Helper()
	h, err := s.History(s.Context(), id, "", store.MaxLimit)
	if err != nil {
		s.Fatalf("History %q: %v", id, err)
	}
	return h.Reports
}

func (s *suite) summary() store.Summary {
	s.Helper()
	sum, err := s.Summary(s.Context())
	if err != nil {
		s.Fatalf("Summary: %v", err)
	}
	return sum
}

// ids lists all devices of a query, page by page.
func (s *suite) ids(q store.Query) []string {
	s.Helper()
	ids := []string{}
	for {
		page, err := s.List(s.Context(), q)
		if err != nil {
			s.Fatalf("List %+v: %v", q, err)
		}
		if len(page.Devices) > q.Limit {
			s.Fatalf("a page has %d devices, more than %d", len(page.Devices), q.Limit)
		}
		for _, d := range page.Devices {
			ids = append(ids, d.ID)
		}
		if page.Next == "" {
			return ids
		}
		q.Cursor = page.Next
	}
}

// equal fails with both values unless they print the same.
func (s *suite) equal(what string, got, want any) {
	s.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		s.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// Context hides nothing of testing.T but says which one is meant.
func (s *suite) Context() context.Context { return s.T.Context() }
