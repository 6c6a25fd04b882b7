package storetest

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

func idempotent(s *suite) {
	r := report(epochA, 1)
	s.expect(s.ingest(r), store.Stored)
	first := s.device("mac")
	s.expect(s.ingest(r), store.Repeated)
	s.equal("the device after a repeat", s.device("mac"), first)
	s.equal("reports", len(s.history("mac")), 1)
}

func conflict(s *suite) {
	r := report(epochA, 1)
	s.ingest(r)
	other := r
	other.Seq, other.Verdict = 2, health.VerdictCritical
	s.expect(s.ingest(content(other), report(epochA, 3)), store.Conflict, store.Stored)
	s.equal("reports", len(s.history("mac")), 2)
	s.expect(s.ingest(r), store.Repeated)
}

func idPerDevice(s *suite) {
	a, b := reportOf("a", epochA, 1), reportOf("b", epochA, 1)
	b.ID = a.ID
	s.expect(s.ingest(a, content(b)), store.Stored, store.Stored)
	s.equal("devices", s.summary().Devices, 2)
}

func repeatWithin(s *suite) {
	r := report(epochA, 1)
	s.expect(s.ingest(r, r), store.Stored, store.Repeated)
	s.equal("reports", len(s.history("mac")), 1)
}

func seqOrders(s *suite) {
	late := report(epochA, 1)
	late.Verdict = health.VerdictCritical
	s.ingest(report(epochA, 2))
	s.expect(s.ingest(content(late)), store.Stored)
	d := s.device("mac")
	s.equal("verdict", d.Verdict, health.VerdictOK)
	s.equal("snapshot", string(d.Snapshot), string(report(epochA, 2).Raw))
	s.equal("last seen", d.LastSeen, s.now)

	tie := report(epochA, 2)
	tie.ID, tie.Verdict = late.ID[:35]+"0", health.VerdictCritical
	s.expect(s.ingest(content(tie)), store.Stored)
	s.equal("verdict after a tie", s.device("mac").Verdict, health.VerdictOK)
}

func epochRank(s *suite) {
	s.ingest(report(epochB, 9))
	s.ingest(report(epochA, 1))
	s.equal("the epoch seen later is current", string(s.device("mac").Snapshot), string(report(epochA, 1).Raw))
	s.ingest(report(epochB, 10))
	d := s.device("mac")
	s.equal("the old epoch is history", string(d.Snapshot), string(report(epochA, 1).Raw))
	s.equal("newest epoch", d.Epochs[0].ID, epochA)
	s.equal("epochs", len(d.Epochs), 2)
	seqs := []uint64{}
	for _, p := range s.history("mac") {
		seqs = append(seqs, p.Seq)
	}
	s.equal("history", seqs, []uint64{1, 10, 9})
}

func deviceTime(s *suite) {
	future := report(epochA, 1)
	future.ObservedAt = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	past := report(epochA, 2)
	past.ObservedAt = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	s.ingest(future)
	s.ingest(past)
	d := s.device("mac")
	s.equal("snapshot", string(d.Snapshot), string(past.Raw))
	s.equal("observed", d.ObservedAt, past.ObservedAt)
	s.equal("observed in history", s.history("mac")[1].ObservedAt, future.ObservedAt)
}

func auditIsHistory(s *suite) {
	audit := report(epochA, 2)
	audit.Kind, audit.Verdict = wire.Audit, health.VerdictUnknown
	s.ingest(report(epochA, 1))
	s.equal("asks for a snapshot", s.ingest(content(audit)).SendFull, false)
	d := s.device("mac")
	s.equal("verdict", d.Verdict, health.VerdictOK)
	s.equal("last seen", d.LastSeen, s.now)
	s.equal("missing", d.Epochs[0].Missing, 0)
	s.equal("kind", s.history("mac")[0].Kind, wire.Audit)
}

func heartbeatKeeps(s *suite) {
	full := report(epochA, 1)
	full.Findings = finding("B_ONE", "A_TWO")
	s.ingest(full)
	beat := heartbeat(report(epochA, 2), full.StateHash)
	beat.Verdict = health.VerdictDegraded
	receipt := s.ingest(content(beat))
	s.equal("asks for a snapshot", receipt.SendFull, false)
	d := s.device("mac")
	s.equal("verdict", d.Verdict, health.VerdictDegraded)
	s.equal("findings", d.Findings, finding("B_ONE", "A_TWO"))
	s.equal("last seen", d.LastSeen, s.now)
	s.equal("snapshot", string(d.Snapshot), string(full.Raw))
	s.equal("outdated", d.Outdated, false)
}

func heartbeatOfOther(s *suite) {
	beat := heartbeat(report(epochA, 1), "state 2")
	s.equal("asks at first sight", s.ingest(beat).SendFull, true)
	d := s.device("mac")
	s.equal("snapshot", d.Snapshot == nil, true)
	s.equal("outdated", d.Outdated, false)
	s.equal("findings", d.Findings, []store.Finding{})

	s.ingest(report(epochA, 2))
	other := heartbeat(report(epochA, 3), "state 3")
	receipt := s.ingest(other)
	s.expect(receipt, store.Stored)
	s.equal("asks", receipt.SendFull, true)
	s.equal("outdated", s.device("mac").Outdated, true)
	s.equal("asks again, as the answer may have been lost", s.ingest(other).SendFull, true)
	s.equal("asks after the snapshot", s.ingest(report(epochA, 4)).SendFull, false)
	s.equal("outdated", s.device("mac").Outdated, false)
}

func heartbeatTogether(s *suite) {
	beat := heartbeat(report(epochA, 1), "state 2")
	s.equal("asks", s.ingest(beat, report(epochA, 2)).SendFull, false)
}

func keepsIdentity(s *suite) {
	s.ingest(report(epochA, 1))
	bare := report(epochA, 2)
	bare.Device = store.Identity{ID: "mac", OSVersion: "26.0"}
	s.ingest(bare)
	d := s.device("mac")
	s.equal("name", d.Name, "Mac of mac")
	s.equal("serial", d.Serial, "C02mac")
	s.equal("version", d.OSVersion, "26.0")
}

func findingsFollow(s *suite) {
	for seq, codes := range [][]string{{"A", "B"}, {"B", "C"}, {}, {"C"}} {
		r := report(epochA, uint64(seq)+1)
		r.Findings = finding(codes...)
		s.ingest(r)
		counts := []store.Count{}
		for _, code := range codes {
			counts = append(counts, store.Count{Code: code, Devices: 1})
		}
		s.equal("counts", s.summary().Findings, counts)
		s.equal("findings", s.device("mac").Findings, finding(codes...))
	}
	s.equal("history", s.history("mac")[2].Findings, []string{"B", "C"})
}

func forecastsFollow(s *suite) {
	for seq, answers := range []map[string]health.Tri{
		{"a": health.Yes, "hold_restart": health.No}, {"a": health.No, "hold_restart": health.Yes}, nil, {"hold_restart": health.Yes},
	} {
		r := report(epochA, uint64(seq)+1)
		r.Forecasts = answers
		s.ingest(r)
		counts := map[string]map[health.Tri]int{}
		for name, answer := range answers {
			counts[name] = map[health.Tri]int{answer: 1}
		}
		s.equal("counts", s.summary().Forecasts, counts)
		s.equal("hold", s.device("mac").HoldRestart, answers["hold_restart"])
	}
	s.ingest(heartbeat(report(epochA, 9), "another state"))
	s.equal("a heartbeat", s.device("mac").HoldRestart, health.Yes)
	s.ingest(report(epochA, 2))
	s.equal("a repeated report", s.device("mac").HoldRestart, health.Yes)
}

func gaps(s *suite) {
	s.ingest(report(epochA, 3), report(epochA, 6))
	e := s.device("mac").Epochs[0]
	s.equal("missing 1, 2, 4, 5", e.Missing, 4)
	h := s.history("mac")
	s.equal("before 6", h[0].MissingBefore, 2)
	s.equal("before 3", h[1].MissingBefore, 2)
	s.ingest(report(epochA, 4))
	e = s.device("mac").Epochs[0]
	s.equal("missing 1, 2, 5", e.Missing, 3)
	s.equal("reports", e.Reports, 3)
	s.equal("last", e.LastSeq, 6)
}
