package health

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// Derive brings the evidence of all sources together with what earlier checks of
// this Mac found. It is a pure function: the same snapshot and ledger always give
// the same model, whatever the order in which the sources answered.
//
// Of two sources that disagree the volume's own list of crypto users is
// believed, since it is what unlocks the disk; the disagreement is kept as a
// conflict. A source that is not essential can only add doubt: taking it away
// never makes a worse claim possible.
func Derive(s evidence.Snapshot, past Ledger) Model {
	m := Model{
		TakenAt:      s.TakenAt,
		AppleSilicon: appleSilicon(s), Chip: chip(s),
		Enrolled:     triObs(s.EnrolledMDM),
		UserApproved: triObs(s.UserApproved),
		Past:         past,
		Lost:         lost(s),
	}
	if v, ok := s.OSVersion.Known(); ok {
		m.OS = ParseVersion(v)
	}
	m.APFS = apfs(s)
	m.BootedAt, _ = s.Machine.BootedAt.Known()
	m.Peers, _ = s.Peers.Known()
	m.PlatformSSO = triObs(s.PlatformSSO)
	m.Enrollment = deriveEnrollment(s, m)
	m.Startup = deriveStartup(s, m)
	m.FileVault = deriveFileVault(s)
	m.Bootstrap = deriveBootstrap(s, m)
	m.Accounts, m.NetworkUser = deriveAccounts(s), networkUser(s)
	m.Bootstrap.Strength, m.Bootstrap.ProvenAt = provenByLogin(&m)
	doubtMended(&m)
	m.Orphans = orphans(s)
	m.Holders = deriveHolders(m.Accounts, s)
	m.Conflicts = conflicts(s, m)
	m.Gaps = gaps(s, m)
	return m
}

// lost lists the facts that were asked for and did not come.
func lost(s evidence.Snapshot) []evidence.FactName {
	var names []evidence.FactName
	for _, f := range s.Facts() {
		switch f.Meta.State {
		case evidence.Failed, evidence.Denied, evidence.NotObserved:
			names = append(names, f.Name)
		case evidence.Observed, evidence.Absent, evidence.Unsupported:
		}
	}
	slices.Sort(names)
	return names
}

func apfs(s evidence.Snapshot) Tri {
	fs, _ := s.Machine.FileSystem.Known()
	return oneOf(fs, "apfs", "hfs")
}

func triObs(o evidence.Obs[bool]) Tri {
	if v, ok := o.Known(); ok {
		return TriOf(v)
	}
	return Unknown
}

func appleSilicon(s evidence.Snapshot) Tri {
	is, known := s.OnAppleSilicon()
	if !known {
		return Unknown
	}
	return TriOf(is)
}

// chip tells a T2 by the secure boot that no other Intel Mac has. documented
// (Apple, security.info): the four words. Any other tells of no chip.
func chip(s evidence.Snapshot) Chip {
	switch appleSilicon(s) {
	case Yes:
		return AppleSilicon
	case Unknown:
		return UnknownChip
	case No:
	}
	level, _ := s.Security.SecureBoot.Known()
	switch level {
	case "off", "medium", "full":
		return T2
	case "not supported":
		return Intel
	}
	return UnknownChip
}

func deriveBootstrap(s evidence.Snapshot, m Model) Bootstrap {
	b := Bootstrap{
		Supported: triObs(s.BootstrapSupported), Escrowed: triObs(s.BootstrapEscrowed),
		Auth: bootstrapAuth(s), ForUpdates: triObs(s.Security.BootstrapForUpdate), ForKexts: triObs(s.Security.BootstrapForKexts),
	}
	b.CryptoUser, b.VolumeOwner = bootstrapUser(s)
	b.Preflight, _ = s.EACSPreflight.Known()
	b.Strength = strength(s, m, b)
	b.Strength, b.ProvenAt = remembered(s, m, b)
	return b
}

// bootstrapAuth reads a text. documented: allowed, disallowed, not supported; the
// last is what an Intel Mac says, for which there is nothing to allow.
func bootstrapAuth(s evidence.Snapshot) Tri {
	switch word, _ := s.Security.BootstrapForAuth.Known(); word {
	case "allowed":
		return Yes
	case "disallowed":
		return No
	}
	return Unknown
}

// remembered keeps a proof for as long as nothing about the enrolment changed
// and nothing speaks against it: a Mac asks for its token seldom.
func remembered(s evidence.Snapshot, m Model, b Bootstrap) (Strength, time.Time) {
	if b.Strength == StrengthProven {
		return b.Strength, askedAt(s)
	}
	proof := m.Past.Mac.Proof
	valid := !proof.At.IsZero() && m.Enrollment.Identity != "" && proof.Identity == m.Enrollment.Identity
	if !valid || b.Strength != StrengthClaimed || doubtful(m, b) {
		return b.Strength, time.Time{}
	}
	return StrengthProven, proof.At
}

// doubtful: the Mac could not get its token when it was asked, and it is not known
// whether that counts, for want of its chip or its macOS.
func doubtful(m Model, b Bootstrap) bool {
	return strings.HasPrefix(b.Preflight, notGotten) && And(m.AppleSilicon, m.OS.AtLeast(13, 3)) == Unknown
}

// askedAt is when the Mac was asked for the proof. Where that was not noted, or lies
// far ahead of the check because the clock was set meanwhile, it was in this check.
func askedAt(s evidence.Snapshot) time.Time {
	if at := s.EACSPreflight.At; !at.IsZero() && at.Before(s.TakenAt.Add(time.Hour)) {
		return at.UTC()
	}
	return s.TakenAt.UTC()
}

func bootstrapUser(s evidence.Snapshot) (present, owner Tri) {
	users, ok := s.CryptoUsers.Known()
	if !ok {
		return Unknown, Unknown
	}
	for _, u := range users {
		if u.Type == evidence.BootstrapTokenUser {
			return Yes, ownerOf(u)
		}
	}
	return No, Unknown // what is not there owns nothing, but nobody said so
}

func ownerOf(u evidence.CryptoUser) Tri {
	if u.VolumeOwner == nil {
		return Unknown // macOS before 11 does not say
	}
	return TriOf(*u.VolumeOwner)
}

// strength weighs the evidence: an attempt to get the token counts more than
// the Mac's memory of having sent it. Without an enrolment, and before macOS
// 10.15, there is no Bootstrap Token, whatever a tool prints.
func strength(s evidence.Snapshot, m Model, b Bootstrap) Strength {
	if m.Enrolled == No || m.OS.AtLeast(10, 15) == No {
		return StrengthNone
	}
	attempt := preflight(s, m)
	switch {
	case attempt == StrengthProven, attempt == StrengthRefuted && b.Missing() != Yes:
		return attempt
	case b.Missing() == Yes: // then it could not be got either
		return StrengthNone
	case b.Escrowed == Yes && b.CryptoUser == Yes:
		return StrengthClaimed
	}
	return StrengthUnknown
}

// notGotten begins what EACSPreflight prints of a token that the Mac cannot get.
const notGotten = "Unable to get Bootstrap Token"

// preflight reads EACSPreflight, for which the Mac fetches its Bootstrap Token.
// It proves something on Apple silicon with 13.3 or later only (T2 Macs pass
// without a token), and its other reasons for failing say nothing of the token.
func preflight(s evidence.Snapshot, m Model) Strength {
	value, ok := s.EACSPreflight.Known()
	if !ok || m.AppleSilicon != Yes || m.OS.AtLeast(13, 3) != Yes {
		return StrengthUnknown
	}
	switch {
	case value == "success":
		return StrengthProven
	case strings.HasPrefix(value, notGotten):
		return StrengthRefuted
	}
	return StrengthUnknown
}

// orphans are keys of accounts that no longer exist. The keys of accounts that
// are on every Mac are none.
func orphans(s evidence.Snapshot) []string {
	users, known := s.CryptoUsers.Known()
	accounts, complete := s.Directory.Known()
	if !known || !complete {
		return nil
	}
	exists := make(map[string]bool, len(accounts))
	for _, a := range accounts {
		exists[strings.ToUpper(a.GUID)] = true
	}
	var found []string
	for _, u := range users {
		if u.Type == evidence.LocalUser && !evidence.IsSystemUUID(u.UUID) && !exists[strings.ToUpper(u.UUID)] {
			found = append(found, u.UUID)
		}
	}
	slices.Sort(found)
	return found
}

func deriveHolders(accounts []Account, s evidence.Snapshot) Holders {
	if s.Directory.State != evidence.Observed || s.CryptoUsers.State != evidence.Observed {
		return Holders{}
	}
	h := Holders{Exists: No, Admin: No, AllStandard: Yes, Accessible: No, CountKnown: true}
	for _, a := range accounts {
		h.Exists = Or(h.Exists, a.Holder)
		h.Admin = Or(h.Admin, And(a.Holder, a.Admin))
		h.Accessible = Or(h.Accessible, And(a.Holder, a.CanLogIn))
		h.AllStandard = And(h.AllStandard, Or(Not(a.Holder), Not(a.Admin)))
		switch a.Holder {
		case Yes:
			h.Count++
		case Unknown:
			h.CountKnown = false
		case No:
		}
	}
	h.AllStandard = And(h.AllStandard, h.Exists)
	return h
}

func sortAccounts(accounts []Account) {
	slices.SortFunc(accounts, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.UID, b.UID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.GUID, b.GUID))
	})
}
