package health_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
)

// anySnapshot draws evidence that no Mac need ever show: every combination of
// sources that agree, disagree and are silent.
func anySnapshot() *rapid.Generator[evidence.Snapshot] {
	return rapid.Custom(func(t *rapid.T) evidence.Snapshot {
		s := evidence.Snapshot{
			TakenAt:            now,
			OSVersion:          maybe(t, "os", rapid.SampledFrom([]string{"10.13.6", "10.14.6", "10.15.7", "11.1", "13.2", "15.7.1", "26.1"})),
			Arch:               maybe(t, "arch", rapid.SampledFrom([]string{"arm64", "x86_64"})),
			EnrolledMDM:        maybe(t, "mdm", rapid.Bool()),
			EnrolledDEP:        maybe(t, "dep", rapid.Bool()),
			BootstrapSupported: maybe(t, "supported", rapid.Bool()),
			BootstrapEscrowed:  maybe(t, "escrowed", rapid.Bool()),
			EACSPreflight:      maybe(t, "eacs", rapid.SampledFrom([]string{"success", "Unable to get Bootstrap Token <(null):0>", "not supported"})),
			FileVault: maybe(t, "filevault", rapid.SampledFrom([]evidence.FileVaultState{
				evidence.FileVaultOn, evidence.FileVaultOff, evidence.FileVaultEncrypting, evidence.FileVaultDecrypting,
			})),
			TokenStatus: map[string]evidence.Obs[evidence.TokenStatus]{},
		}
		drawAccounts(t, &s)
		drawDiary(t, &s)
		drawSurroundings(t, &s)
		return s
	})
}

func maybe[T any](t *rapid.T, label string, g *rapid.Generator[T]) evidence.Obs[T] {
	state := rapid.SampledFrom([]evidence.State{evidence.Observed, evidence.Observed, evidence.Observed, evidence.Absent, evidence.Failed}).Draw(t, label+" state")
	return evidence.Is(evidence.Meta{State: state}, g.Draw(t, label))
}

func drawAccounts(t *rapid.T, s *evidence.Snapshot) {
	var accounts []evidence.DirectoryAccount
	var users []evidence.CryptoUser
	var listed []evidence.FileVaultUser
	var group evidence.AdminGroup
	for i := range rapid.IntRange(0, 4).Draw(t, "accounts") {
		name, guid := fmt.Sprintf("u%d", i), fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i)
		says := func(what string) bool { return rapid.Bool().Draw(t, name+" "+what) }
		if says("record") || i == 0 {
			accounts = append(accounts, evidence.DirectoryAccount{
				Name: name, GUID: guid, UID: 500 + i, UIDKnown: true, Home: "/Users/" + name, Shell: "/bin/zsh",
				Hidden: says("hidden"), TokenTag: says("tag"), DisabledTag: says("barred"), DisabledUser: says("disabled"),
				Mobile: says("mobile"), PasswordKnown: says("password"),
			})
		}
		if says("crypto") {
			owner := says("owner")
			users = append(users, evidence.CryptoUser{UUID: guid, Type: evidence.LocalUser, VolumeOwner: &owner})
		}
		if says("listed") {
			listed = append(listed, evidence.FileVaultUser{Name: name, UUID: guid})
		}
		if says("admin") {
			group.Names = append(group.Names, name)
		}
		s.TokenStatus[name] = maybe(t, name+" status", rapid.SampledFrom([]evidence.TokenStatus{evidence.TokenEnabled, evidence.TokenDisabled, evidence.TokenNoUser}))
	}
	if rapid.Bool().Draw(t, "bootstrap user") {
		users = append(users, evidence.CryptoUser{UUID: evidence.BootstrapTokenUUID, Type: evidence.BootstrapTokenUser, VolumeOwner: rapid.SampledFrom([]*bool{nil, new(bool)}).Draw(t, "bootstrap owner")})
	}
	s.Directory = maybe(t, "directory", rapid.Just(accounts))
	s.CryptoUsers = maybe(t, "crypto users", rapid.Just(users))
	s.FileVaultUsers = maybe(t, "fdesetup list", rapid.Just(listed))
	s.AdminGroup = maybe(t, "admin group", rapid.Just(group))
	s.ConsoleUser = maybe(t, "console", rapid.SampledFrom([]evidence.ConsoleUser{{Name: "u0", UID: 500}, {Name: "u1", UID: 501}, {Name: "guest of a directory", UID: 70123}}))
}

// drawDiary draws what the directory and the login history note of the accounts,
// in hours before now.
func drawDiary(t *rapid.T, s *evidence.Snapshot) {
	hours := func(what string) time.Time {
		return now.Add(-time.Duration(rapid.IntRange(0, 9).Draw(t, what)) * time.Hour)
	}
	var passwords []evidence.PasswordRecord
	logins := evidence.Logins{Since: hours("since")}
	for i := range rapid.IntRange(0, 4).Draw(t, "noted") {
		name := fmt.Sprintf("u%d", i)
		p := evidence.PasswordRecord{Name: name, Created: hours(name + " created")}
		if rapid.Bool().Draw(t, name+" set") {
			p.Set = hours(name + " set at")
		}
		passwords = append(passwords, p)
		switch rapid.SampledFrom([]string{"window", "ssh", "never"}).Draw(t, name+" came") {
		case "window":
			logins.Window = append(logins.Window, evidence.Login{User: name, At: hours(name + " came at"), Open: rapid.Bool().Draw(t, name+" open"), Count: 1})
		case "ssh":
			logins.Other = append(logins.Other, name)
		}
	}
	s.Passwords = maybe(t, "passwords", rapid.Just(passwords))
	s.Logins = maybe(t, "logins", rapid.Just(logins))
	s.Machine.BootedAt = maybe(t, "booted", rapid.Just(hours("booted at")))
}

// drawSurroundings draws what else is known about accounts: groups inside the group
// admin, whom the server had made, and what made the accounts.
func drawSurroundings(t *rapid.T, s *evidence.Snapshot) {
	inner := evidence.Group{Names: []string{"helpers"}, GUID: "helpers", Users: rapid.SliceOf(rapid.SampledFrom([]string{"u0", "u1", "u2"})).Draw(t, "helpers")}
	admin := evidence.Group{Names: []string{"admin"}, GUID: "admin", Nested: rapid.SampledFrom([][]string{nil, {"helpers"}, {"elsewhere"}}).Draw(t, "nested")}
	s.Groups = maybe(t, "groups", rapid.Just([]evidence.Group{admin, inner}))
	s.Managed.Admins = maybe(t, "managed admins", rapid.SampledFrom([][]evidence.ManagedAdmin{
		nil, {{GUID: "00000000-0000-4000-8000-000000000000"}}, {{GUID: "00000000-0000-4000-8000-000000000001"}},
	}))
	s.PlatformSSO = maybe(t, "platform sso", rapid.Bool())
	s.Machine.FileSystem = maybe(t, "file system", rapid.SampledFrom([]string{"apfs", "hfs"}))
}

// The property of TestLosingEvidence, over evidence that no scenario shows.
func TestLosingEvidenceOfAnyMac(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot().Draw(t, "snapshot")
		before := judge(s)
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "lost").Name
		after := judge(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")))
		if slices.Contains(essential(before.model), fact) {
			if after.verdict != health.VerdictUnknown && after.verdict != health.VerdictCritical {
				t.Fatalf("without %s the verdict is %s", fact, after.verdict)
			}
			return
		}
		for _, f := range before.found {
			if !has(after.found, f) && !slices.Contains(f.Because, fact) {
				t.Errorf("without %s, %s on %s is gone, but it rests on %v", fact, f.Code, f.Subject, f.Because)
			}
		}
		for _, f := range after.found {
			if !has(before.found, f) && f.Severity >= health.High {
				t.Errorf("without %s there is a new %s finding: %s", fact, f.Severity, f.Code)
			}
		}
	})
}

// Nor does a finding that stays become a grave one.
func TestLosingEvidenceMakesNothingGraverOnAnyMac(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot().Draw(t, "snapshot")
		before := judge(s)
		fact := rapid.SampledFrom(s.Facts()).Draw(t, "lost").Name
		if slices.Contains(essential(before.model), fact) {
			return
		}
		after := judge(s.Without(fact, rapid.SampledFrom(lost()).Draw(t, "how")))
		for _, was := range before.found {
			for _, is := range after.found {
				if is.Code == was.Code && is.Subject == was.Subject && is.Severity > was.Severity && is.Severity >= health.High {
					t.Errorf("without %s, %s on %s rises from %s to %s", fact, is.Code, is.Subject, was.Severity, is.Severity)
				}
			}
		}
	})
}

// The verdict is a function of findings and gaps, in this order of precedence.
func TestVerdictOfAnyMac(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		j := judge(anySnapshot().Draw(t, "snapshot"))
		worst := health.Info
		for _, f := range j.found {
			worst = max(worst, f.Severity)
		}
		switch {
		case worst == health.Critical:
			expect(t, j.verdict, health.VerdictCritical)
		case len(j.model.Gaps) > 0:
			expect(t, j.verdict, health.VerdictUnknown)
		case worst >= health.Medium:
			expect(t, j.verdict, health.VerdictDegraded)
		default:
			expect(t, j.verdict, health.VerdictOK)
		}
	})
}

func expect(t *rapid.T, got, want health.Verdict) {
	if got != want {
		t.Fatalf("verdict %s, want %s", got, want)
	}
}

// Whoever is called a usable holder has no source against him.
func TestUsableMeansThatAllSourcesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, a := range judge(anySnapshot().Draw(t, "snapshot")).model.Accounts {
			if a.Token == health.TokenUsable && (a.CryptoUser != health.Yes || a.Tag != health.Yes || a.Status == health.No || a.CanLogIn != health.Yes) {
				t.Fatalf("usable in spite of %+v", a)
			}
			if a.Token == health.TokenAbsent && health.Or(a.CryptoUser, a.Tag, a.Status) == health.Yes {
				t.Fatalf("absent in spite of %+v", a)
			}
		}
	})
}

func TestTri(t *testing.T) {
	t.Parallel()
	all := []health.Tri{health.Unknown, health.Yes, health.No}
	for _, a := range all {
		if health.Not(health.Not(a)) != a {
			t.Errorf("not not %s", a)
		}
		for _, b := range all {
			if health.And(a, b) != health.And(b, a) || health.Or(a, b) != health.Or(b, a) {
				t.Errorf("the order of %s and %s counts", a, b)
			}
			if health.Not(health.And(a, b)) != health.Or(health.Not(a), health.Not(b)) {
				t.Errorf("De Morgan fails for %s and %s", a, b)
			}
		}
		if health.And(a, health.No) != health.No || health.Or(a, health.Yes) != health.Yes || health.And(a, health.Yes) != a {
			t.Errorf("%s with a constant", a)
		}
		var back health.Tri
		text, _ := a.MarshalText()
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Errorf("%s is read back as %s", a, back)
		}
	}
}

func TestSettleKeepsTheFirstSighting(t *testing.T) {
	t.Parallel()
	at := func(when time.Time) health.Model { return health.Model{TakenAt: when} }
	later, latest := now.Add(1e9), now.Add(2e9)
	f, other := health.Finding{Code: "A", Subject: "x"}, health.Finding{Code: "A", Subject: "y"}
	ledger, _, _ := health.Settle(health.Ledger{}, at(now), []health.Finding{f})
	ledger, found, _ := health.Settle(ledger, at(later), []health.Finding{f, other})
	if !found[0].Since.Equal(now) || !found[1].Since.Equal(later) {
		t.Errorf("since %v and %v", found[0].Since, found[1].Since)
	}
	ledger, _, _ = health.Settle(ledger, at(later), []health.Finding{other})
	_, found, _ = health.Settle(ledger, at(latest), []health.Finding{f})
	if !found[0].Since.Equal(latest) {
		t.Errorf("a finding that was away is back since %v", found[0].Since)
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, v := range []string{"26.1", "10.15.7", "", "..", "1.2.3.4.5", "-1.2", "99999999999999999999"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v := health.ParseVersion(text)
		if v.Text == "" && v.AtLeast(0, 0) != health.Unknown {
			t.Errorf("%q is not read, but compares", text)
		}
	})
}
