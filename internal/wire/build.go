package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// Source is everything that a report is made of.
type Source struct {
	Snapshot evidence.Snapshot
	Model    health.Model
	Findings []health.Finding
	Verdict  health.Verdict

	Forecasts []health.Forecast

	Agent    Agent
	Name     string // of the Mac, for people
	Labels   []Label
	BootID   string
	UptimeMS int64
	Reason   Trigger
}

// Build makes a report without delivery fields. It is a pure function, and puts
// nothing into the report that could unlock anything: no AuthenticationAuthority,
// no key, no password.
func Build(s Source) Report {
	r := Report{
		Schema: ReportSchema, SchemaVersion: SchemaVersion, Kind: Snapshot, Reason: s.Reason,
		Agent: s.Agent, Device: device(s), ObservedAt: s.Snapshot.TakenAt.UTC(), BootID: s.BootID, UptimeMS: s.UptimeMS,
		Verdict: s.Verdict, HoldRestart: holdRestart(s.Forecasts),
		Gaps: names(s.Model.Gaps), Facts: facts(s), Bootstrap: &Bootstrap{Strength: s.Model.Bootstrap.Strength.String()},
		Accounts: accounts(s.Model), Findings: findings(s.Findings), Forecasts: forecasts(s.Forecasts), Able: able(s.Model),
	}
	if s.Model.Bootstrap.Strength == health.StrengthProven {
		at := s.Model.Bootstrap.ProvenAt.UTC()
		r.Bootstrap.ProvenAt = &at
	}
	r.StateHash = r.hash()
	return r
}

func device(s Source) Device {
	serial, _ := s.Snapshot.Serial.Known()
	uuid, _ := s.Snapshot.HardwareUUID.Known()
	model, _ := s.Snapshot.Model.Known()
	version, _ := s.Snapshot.OSVersion.Known()
	build, _ := s.Snapshot.OSBuild.Known()
	labels := s.Labels
	if labels == nil {
		labels = []Label{}
	}
	return Device{
		Serial: serial, HardwareUUID: uuid, Name: s.Name, Labels: labels, Model: model, Chip: string(s.Model.Chip),
		Virtual: virtual(s.Snapshot), OS: OS{Version: version, Build: build},
	}
}

// virtual is what the kernel says. Where it was not asked, the model names that
// virtual machines are known to carry say yes, and any other name says nothing: a
// virtual machine may carry a real one's.
func virtual(s evidence.Snapshot) health.Tri {
	if is, known := s.Machine.Virtual.Known(); known {
		return health.TriOf(is)
	}
	model, _ := s.Model.Known()
	for _, prefix := range []string{"VirtualMac", "VMware", "Parallels"} {
		if strings.HasPrefix(model, prefix) {
			return health.Yes
		}
	}
	return health.Unknown
}

func facts(s Source) map[string]Fact {
	all := map[string]Fact{}
	for _, f := range s.Snapshot.Facts() {
		all[string(f.Name)] = fact(f.Value, f.Meta)
	}
	if f, ok := all[string(evidence.ChipFact)]; ok && f.Value != nil {
		f.Value = string(s.Model.Chip) // more than one source tells it
		all[string(evidence.ChipFact)] = f
	}
	users := s.Snapshot.CryptoUsers.Meta()
	all[string(evidence.BootstrapCryptoUserFact)] = triFact(s.Model.Bootstrap.CryptoUser, users)
	all[string(evidence.BootstrapVolumeOwnerFact)] = triFact(s.Model.Bootstrap.VolumeOwner, users)
	return all
}

func fact(value any, m evidence.Meta) Fact {
	f := Fact{Value: value, Status: m.State.String(), Reason: m.Reason.String(), Source: string(m.From)}
	if !m.At.IsZero() {
		at := m.At.UTC()
		f.ObservedAt, f.TookMS = &at, m.Took.Milliseconds()
	}
	return f
}

// triFact is a fact that was read out of another observation. Where that one
// was made and leaves the question open, there is no such fact.
func triFact(t health.Tri, m evidence.Meta) Fact {
	if m.State == evidence.Observed && t == health.Unknown {
		m.State = evidence.Absent
	}
	if m.State != evidence.Observed {
		return fact(nil, m)
	}
	return fact(t == health.Yes, m)
}

// accounts leaves out the role accounts that every Mac has by the hundred,
// unless one of them has anything to do with tokens or administration.
func accounts(m health.Model) []Account {
	list := []Account{}
	for _, a := range m.Accounts {
		if Noteworthy(a) {
			list = append(list, account(a))
		}
	}
	return list
}

// Noteworthy says whether an account belongs into a report.
func Noteworthy(a health.Account) bool {
	const root = 0
	return a.Kind != health.KindService || a.Tag == health.Yes || a.CryptoUser == health.Yes || a.Status == health.Yes ||
		a.Unlocks == health.Yes || (a.Admin == health.Yes && a.UID != root && !strings.HasPrefix(a.Name, "_"))
}

func account(a health.Account) Account {
	out := Account{
		GUID: a.GUID, Name: a.Name, RealName: a.RealName, Kind: string(a.Kind),
		Person: a.Person, Admin: a.Admin, Hidden: health.TriOf(a.Hidden), Console: a.Console,
		Token: a.Token.String(), VolumeOwner: a.VolumeOwner, FileVaultUnlock: a.Unlocks,
		Evidence: map[string]string{
			"directory": a.Tag.String(), "crypto_user": a.CryptoUser.String(),
			"sysadminctl": a.Status.String(), "fdesetup": a.Unlocks.String(),
		},
	}
	if a.UIDKnown {
		uid := a.UID
		out.UID = &uid
	}
	return out
}

// names is never nil: a reader tells an empty list from one that is not there.
func names(facts []evidence.FactName) []string {
	list := make([]string, 0, len(facts))
	for _, name := range facts {
		list = append(list, string(name))
	}
	return list
}

func ruleSeverity(f health.Finding) string {
	if f.RuleSeverity == nil {
		return ""
	}
	return f.RuleSeverity.String()
}

func findings(found []health.Finding) []Finding {
	list := make([]Finding, 0, len(found))
	for _, f := range found {
		list = append(list, Finding{
			Code: string(f.Code), Title: f.Title, Severity: f.Severity.String(), FedBy: string(f.FedBy), Since: f.Since.UTC(),
			Subject: f.Subject, Because: names(f.Because), CausedBy: string(f.CausedBy),
			Summary: f.Summary, Consequence: f.Consequence, NextStep: f.NextStep, DoNot: f.DoNot,
			RuleSeverity: ruleSeverity(f), Muted: f.Muted, MutedUntil: f.MutedUntil.UTC(),
		})
	}
	return list
}

// hash covers all that a heartbeat may leave out: everything but the times and
// what belongs to one delivery.
func (r Report) hash() string {
	r.ReportID, r.Epoch, r.Seq, r.Reason, r.StateHash = "", "", 0, "", ""
	r.ObservedAt, r.BootID, r.UptimeMS, r.Dropped = time.Time{}, "", 0, nil
	timeless := make(map[string]Fact, len(r.Facts))
	for name, f := range r.Facts {
		f.ObservedAt, f.TookMS = nil, 0
		timeless[name] = f
	}
	r.Facts, r.Findings = timeless, slices.Clone(r.Findings)
	for i := range r.Findings {
		r.Findings[i].Since = time.Time{}
	}
	if r.Bootstrap != nil {
		r.Bootstrap = &Bootstrap{Strength: r.Bootstrap.Strength}
	}
	r.Privacy = r.Privacy.withoutProof() // which is of this hash
	data, err := json.Marshal(r)
	if err != nil {
		return "" // every type in it can be encoded; an empty hash equals no other report's
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// AsHeartbeat returns the report as "nothing changed".
func (r Report) AsHeartbeat() Report {
	r.Kind = Heartbeat
	r.Gaps, r.Facts, r.Bootstrap, r.Accounts, r.Findings, r.Forecasts, r.Able = nil, nil, nil, nil, nil, nil, nil
	r.Device.Labels = []Label{}
	r.Privacy = r.Privacy.withoutProof()
	return r
}
