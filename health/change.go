package health

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// A Change is something that was otherwise at an earlier check. Unknown is never
// part of one.
type Change struct {
	At      time.Time  `json:"at"`
	Kind    ChangeKind `json:"kind"`
	Subject string     `json:"subject"`        // "device", or a GeneratedUID
	Name    string     `json:"name,omitempty"` // record name of the account, for people
	Code    Code       `json:"code,omitempty"` // of a finding that came or went
	Was     string     `json:"was,omitempty"`
	Is      string     `json:"is,omitempty"`
}

// A ChangeKind is what changed. The names are a contract.
type ChangeKind string

// The changes.
const (
	FindingRaised     ChangeKind = "finding_raised"
	FindingCleared    ChangeKind = "finding_cleared"
	EnrollmentChanged ChangeKind = "enrollment_changed"
	SupportChanged    ChangeKind = "bootstrap_support_changed"
	EscrowChanged     ChangeKind = "bootstrap_escrow_changed"
	ServerForgot      ChangeKind = "server_forgot_bootstrap_token" // it was there in this enrolment, and is not
	FileVaultChanged  ChangeKind = "filevault_changed"
	KeySealedAnew     ChangeKind = "recovery_key_sealed"
	SystemChanged     ChangeKind = "os_changed"
	TokenGained       ChangeKind = "token_gained"
	TokenLost         ChangeKind = "token_lost"
	HolderGone        ChangeKind = "holder_gone" // with the account
	AdminGained       ChangeKind = "admin_gained"
	AdminLost         ChangeKind = "admin_lost"
	OwnerLost         ChangeKind = "owner_lost"
	PasswordSetAnew   ChangeKind = "password_set"
	DriftSuspected    ChangeKind = "drift_suspected"
	DriftCleared      ChangeKind = "drift_cleared"
)

// changed compares two checks. The first check of a Mac changes nothing.
func changed(prev, next Ledger, m *Model) []Change {
	if prev.Mac.At.IsZero() {
		return nil
	}
	c := changes{at: m.TakenAt, names: m.accountNames()}
	c.device(prev.Mac, next.Mac, m)
	c.accounts(prev.Mac, next.Mac, m)
	c.findings(prev.Shown, next.Shown)
	return c.all
}

type changes struct {
	at    time.Time
	names map[string]string // of the accounts that exist, by subject
	all   []Change
}

func (c *changes) add(kind ChangeKind, subject, name, was, is string) {
	c.all = append(c.all, Change{At: c.at, Kind: kind, Subject: subject, Name: name, Was: was, Is: is})
}

func (c *changes) tri(kind ChangeKind, was, is Tri) {
	if was != Unknown && is != Unknown && was != is {
		c.add(kind, DeviceSubject, "", was.String(), is.String())
	}
}

func (c *changes) text(kind ChangeKind, was, is string) {
	if was != "" && is != "" && was != is {
		c.add(kind, DeviceSubject, "", was, is)
	}
}

func (c *changes) device(was, is Memory, m *Model) {
	switch {
	case was.Identity != "" && is.Identity != "" && was.Identity != is.Identity:
		c.add(EnrollmentChanged, DeviceSubject, "", was.Identity, is.Identity)
	default:
		c.tri(EnrollmentChanged, was.Enrolled, is.Enrolled)
	}
	c.tri(SupportChanged, was.Supported, is.Supported)
	c.tri(EscrowChanged, was.Escrowed, is.Escrowed)
	c.tri(FileVaultChanged, was.FileVault, is.FileVault)
	c.text(SystemChanged, was.OS, is.OS)
	// A Mac that cannot be known to reach its server has not learned what that forgot.
	had := was.Strength == StrengthProven || was.Strength == StrengthClaimed
	if m.Enrollment.Reachable == Yes && had && is.Strength == StrengthRefuted && is.Identity != "" && was.Identity == is.Identity {
		c.add(ServerForgot, DeviceSubject, "", was.Strength.String(), is.Strength.String())
	}
	if is.SealedAt.After(was.SealedAt) && !was.SealedAt.IsZero() {
		c.add(KeySealedAnew, DeviceSubject, "", was.SealedAt.UTC().Format(time.RFC3339), is.SealedAt.UTC().Format(time.RFC3339))
	}
}

// accounts compares account by account. An account that is gone is only that
// where the directory was read.
func (c *changes) accounts(was, is Memory, m *Model) {
	for _, guid := range slices.Sorted(maps.Keys(was.Accounts)) {
		old := was.Accounts[guid]
		now, there := is.Accounts[guid]
		switch {
		case there:
			c.account(guid, old, now)
		case old.Holder != Yes, m.lost(evidence.DirectoryFact):
		case c.nameOf(guid) == "":
			c.add(HolderGone, guid, old.Name, "", "")
		}
	}
}

func (c *changes) account(guid string, was, is AccountMemory) {
	turned := func(before, after Tri, gained, lost ChangeKind) {
		switch {
		case before == No && after == Yes && gained != "":
			c.add(gained, guid, is.Name, "", "")
		case before == Yes && after == No && lost != "":
			c.add(lost, guid, is.Name, "", "")
		}
	}
	turned(was.Holder, is.Holder, TokenGained, TokenLost)
	turned(was.Admin, is.Admin, AdminGained, AdminLost)
	turned(was.Owner, is.Owner, "", OwnerLost)
	turned(was.Drift, is.Drift, DriftSuspected, DriftCleared)
	if is.PasswordSet.After(was.PasswordSet) && !was.PasswordSet.IsZero() {
		c.add(PasswordSetAnew, guid, is.Name, "", "")
	}
}

// findings compares what was reported. The order is that of the codes.
func (c *changes) findings(was, is map[string]Severity) {
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if _, known := was[key]; !known {
			c.finding(FindingRaised, key, "", is[key].String())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if _, still := is[key]; !still {
			c.finding(FindingCleared, key, was[key].String(), "")
		}
	}
}

func (c *changes) finding(kind ChangeKind, key string, was, is string) {
	code, subject, _ := strings.Cut(key, " ")
	c.add(kind, subject, c.nameOf(subject), was, is)
	c.all[len(c.all)-1].Code = Code(code)
}

// nameOf is empty for what is no account of this Mac.
func (c *changes) nameOf(subject string) string { return c.names[strings.ToUpper(subject)] }

// accountNames are the record names of the accounts of this Mac, by subject. Looking
// each up by itself would take longer than all the rest on a Mac with thousands of accounts.
func (m *Model) accountNames() map[string]string {
	all := make(map[string]string, len(m.Accounts))
	for i := range m.Accounts {
		a := &m.Accounts[i]
		all[strings.ToUpper(a.Subject())] = a.Name
	}
	return all
}
