package health

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// holderRules ask how many hold a token, and who they are.
func holderRules() []Rule { return slices.Concat(holderCountRules(), holderKindRules()) }

func holderCountRules() []Rule {
	return []Rule{
		{
			Code:        "ST_NO_HOLDERS",
			Title:       "Nobody holds a Secure Token",
			Severity:    Critical,
			FedBy:       FromDevice,
			Evidence:    tokenFacts(evidence.OSVersionFact),
			Open:        "how it came about",
			After:       []Code{"ST_MULTI_500_DEADLOCK", "ST_1015_STANDARD_FIRST"},
			Why:         "No account's password was ever set or typed in the way that brings the first token, or the volume was replaced under its users.",
			Consequence: "FileVault cannot be turned on or unlocked by a user, no Bootstrap Token can be created, and on Apple silicon nobody can authorise an update.",
			NextStep:    "Get one account the first token: since macOS 11 the first password that is set in clear brings it, before that the first login. Otherwise reset a password in recoveryOS.",
			DoNot:       "Do not remove `.AppleSetupDone` as a routine, do not turn on FileVault by profile and hope, and do not erase before the steps above were tried.",
			Source:      "Addigy, No accessible secure token user; Apple Platform Deployment, Use secure and bootstrap tokens",
			Check:       deviceRule(noHolders),
		},
		{
			Code:        "ST_SOLE_HOLDER",
			Title:       "Too few accounts hold a Secure Token",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    escrowFacts(tokenFacts(evidence.EACSPreflightFact, evidence.ChipFact, evidence.OSVersionFact)...),
			Open:        "whether anybody still knows that password",
			After:       []Code{"BT_NOT_ESCROWED_STANDARD_HOLDER", "BT_NOT_ESCROWED", "BT_UNSUPPORTED_BY_SERVER", "BT_INVALID", "MDM_NOT_ENROLLED"},
			Why:         "One person set the Mac up, and nobody else has got a token since.",
			Consequence: "One forgotten password locks everybody out: nobody else can unlock the disk or grant a token.",
			NextStep:    "Escrow the Bootstrap Token and FileVault's recovery key, and have a second account log in.",
			DoNot:       "Do not delete, disable or reset that account while the Bootstrap Token is not known to work.",
			Source:      "Addigy, Resetting the password of the only secure token user",
			Check:       soleHolder,
		},
	}
}

// noHolders is nothing to be alarmed about while no account has a password: the
// first user brings the first token.
func noHolders(m *Model) *Hit {
	if m.Holders.Exists != No {
		return nil
	}
	h := &Hit{
		Because:  tokenFacts(),
		Summary:  "The volume has no key for any account of this Mac.",
		NextStep: firstToken(m),
	}
	if neverSetUp(m) {
		expected := Info
		h.Severity, h.Summary = &expected, "No user has been set up on this Mac yet, and its volume has no key for anybody."
	}
	return h
}

// neverSetUp says whether no account of the Mac is a person's or has a password, as
// before the Setup Assistant.
func neverSetUp(m *Model) bool {
	used := count(m, func(a *Account) bool { return Or(a.Person, And(a.PasswordHad, a.CanLogIn)) != No })
	return len(m.Accounts) > 0 && used == 0
}

// soleHolder is normal on a Mac with one person, as long as a login can bring the
// next token, unless the organisation wants more of them.
func soleHolder(m *Model, p Policy) []Hit {
	usable := count(m, func(a *Account) bool { return unusable(a) != Yes })
	few := p.LeastHolders > 0 && usable < p.LeastHolders
	if !m.Holders.CountKnown || m.Holders.Count == 0 || usable > 1 && !few {
		return nil
	}
	severity := Medium
	if p.LeastHolders > 0 && !few || p.LeastHolders == 0 && m.Bootstrap.Usable() {
		severity = Info
	}
	return []Hit{{
		Subject: DeviceSubject, Severity: &severity,
		Because:  strengthFacts(m, tokenFacts()...),
		Summary:  holdersCounted(m, p, usable),
		NextStep: secondHolder(m, few),
	}}
}

func holdersCounted(m *Model, p Policy, usable int) string {
	if p.LeastHolders > 1 && usable < p.LeastHolders {
		return fmt.Sprintf("Accounts that hold a Secure Token and can log in: %d, and there are to be %d: %s.", usable, p.LeastHolders, holderNames(m))
	}
	able := names(m, func(a *Account) bool { return unusable(a) != Yes })
	switch {
	case m.Holders.Count == 1:
		return holderNames(m) + " alone holds a Secure Token on this Mac."
	case usable == 0:
		return "Of the accounts that hold a Secure Token none can log in: " + holderNames(m) + "."
	}
	return able + " alone of those who hold a Secure Token can log in on this Mac. They are: " + holderNames(m) + "."
}

// secondHolder says how the next account gets a token, which depends on who
// could grant one.
func secondHolder(m *Model, wanted bool) string {
	switch {
	case m.Bootstrap.Usable() && wanted:
		return "Have another user log in at the login window with the network up: the Bootstrap Token grants that account a token."
	case m.Bootstrap.Usable():
		return "Nothing to do. Before that account is removed or its password reset, have a second user log in."
	case And(m.Holders.AllStandard, lacksEscrow(m)) == Yes:
		return escrowStep(m)
	case m.Holders.AllStandard == Yes:
		return "Make that user an admin for as long as it takes to give a second account a token or to escrow the Bootstrap Token."
	case lacksEscrow(m) == Yes && ownedByUser(m) != Yes:
		return "Escrow the Bootstrap Token, so that the next user who logs in gets a token too."
	}
	return "Have that account, as an admin, give a second account a token: `sysadminctl -secureTokenOn NAME -password - interactive` asks for the passwords."
}

// holderNames names the accounts that hold a token, for a sentence.
func holderNames(m *Model) string {
	return names(m, func(a *Account) bool { return a.Holder == Yes })
}

func adminHolderNames(m *Model) string {
	return names(m, func(a *Account) bool { return a.Holder == Yes && a.Admin == Yes })
}

func count(m *Model, keep func(*Account) bool) int {
	n := 0
	for i := range m.Accounts {
		if keep(&m.Accounts[i]) {
			n++
		}
	}
	return n
}

func names(m *Model, keep func(*Account) bool) string {
	const most = 3
	var list []string
	for i := range m.Accounts {
		if a := &m.Accounts[i]; keep(a) {
			list = append(list, a.spoken())
		}
	}
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
