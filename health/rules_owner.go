package health

import (
	"fmt"
	"slices"

	"github.com/tokenward/tokenward/health/evidence"
)

func ownerRules() []Rule { return slices.Concat(missingOwnerRules(), ownershipRules()) }

// missingOwnerRules ask whether those who will be asked for an owner are one. What is
// said of whoever sits at the Mac need not be said of an admin once more.
func missingOwnerRules() []Rule {
	return []Rule{
		{
			Code:        "VO_NONE",
			Title:       "Nobody owns the volume",
			Severity:    Critical,
			FedBy:       FromDevice,
			Evidence:    ownerFacts(),
			After:       []Code{"ST_NO_HOLDERS"},
			Why:         "Ownership comes with a Secure Token, and no account that exists has got one on this volume. A volume that was restored from another Mac brings tokens without ownership.",
			Consequence: "On Apple silicon nobody at this Mac can authorise an update, change the startup security or erase it locally.",
			NextStep:    "Give an admin a Secure Token: ownership comes with it. If nobody can grant one, or the holders are no owners, reset a password in recoveryOS.",
			DoNot:       "Do not revive the Mac again and again: that does not create an owner.",
			Source:      "Apple Platform Deployment, volume ownership; fleetdm/fleet issue 50524",
			Says:        []string{"Volume Owner: No"},
			Check:       deviceRule(noOwner),
		},
		{
			Code:        "VO_USER_NOT_OWNER",
			Title:       "The user at the Mac does not own the volume",
			Severity:    Medium,
			FedBy:       FromDevice,
			Evidence:    ownerFacts(evidence.ConsoleUserFact),
			After:       []Code{"VO_NONE", "ST_PHANTOM", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY", "ST_USER_MISSING_NO_SOURCE"},
			Why:         "The user has no Secure Token, or one that came to this volume from another Mac.",
			Consequence: "An update asks this user for an owner, and the user's own password is refused.",
			NextStep:    "Give the user a Secure Token, by a login with an escrowed Bootstrap Token or by an admin who holds one: ownership comes with it.",
			DoNot:       "Making the user an admin does not make an owner.",
			Source:      "Apple Platform Deployment, volume ownership",
			Says:        []string{"Volume Owner: No"},
			Check:       eachAccount(consoleUserNotOwner),
		},
		{
			Code:         "VO_ADMIN_NOT_OWNER",
			Title:        "An admin does not own the volume",
			Severity:     Medium,
			FedBy:        FromDevice,
			Evidence:     ownerFacts(adminFacts(evidence.ManagedAdminsFact)...),
			After:        []Code{"VO_NONE", "ST_PHANTOM", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY", "ST_USER_MISSING_NO_SOURCE", "BT_NOT_ESCROWED_STANDARD_HOLDER"},
			SuppressedBy: []Code{"VO_USER_NOT_OWNER"},
			Why:          "Admin rights and ownership are two things: ownership comes with a Secure Token, and this admin has none on this volume.",
			Consequence:  "Updates, the startup security and erasing refuse this admin, with a message that sounds as if the Mac could not do it.",
			NextStep:     "Use the account of an owner, or give this admin a Secure Token: ownership comes with it.",
			DoNot:        "Do not conclude that the Mac cannot be erased with the Erase Assistant: another account can.",
			Source:       "derflounder, 31 May 2024",
			Says:         []string{"Erase Assistant is not supported on this Mac"},
			Check:        adminsNotOwners,
		},
	}
}

// ownerFacts are what a claim about ownership rests on: there is none but on Apple
// silicon.
func ownerFacts(more ...evidence.FactName) []evidence.FactName {
	return tokenFacts(append(more, evidence.ChipFact, evidence.AppleSiliconFact)...)
}

// owned counts existing accounts only: nobody can type the password of one that
// is gone.
func owned(m *Model) Tri {
	answer := No
	for i := range m.Accounts {
		answer = Or(answer, m.Accounts[i].VolumeOwner)
	}
	return answer
}

func noOwner(m *Model) *Hit {
	if And(m.AppleSilicon, Not(owned(m))) != Yes || len(m.Accounts) == 0 {
		return nil
	}
	h := &Hit{
		Because:  ownerFacts(),
		Summary:  "No account of this Mac owns its startup volume.",
		NextStep: firstOwner(m),
	}
	if neverSetUp(m) {
		expected := Info
		h.Severity, h.Summary = &expected, "No user has been set up on this Mac yet, so that nobody owns its startup volume."
		h.NextStep = "Finish the Setup Assistant: the first user gets a Secure Token, and ownership comes with it."
	}
	return h
}

func firstOwner(m *Model) string {
	if m.Holders.Exists == Yes {
		return "The token holders of this Mac are no owners, so granting a token does not help. Reset the password of an admin in recoveryOS, which makes token and ownership anew; with FileVault on that needs its recovery key."
	}
	return "Give an admin a Secure Token: ownership comes with it. If nobody can grant one, reset a password in recoveryOS."
}

func consoleUserNotOwner(m *Model, a *Account) *Hit {
	if And(m.AppleSilicon, a.Console, a.Person, Not(a.VolumeOwner)) != Yes {
		return nil
	}
	return &Hit{
		Because:  ownerFacts(evidence.ConsoleUserFact),
		Summary:  fmt.Sprintf("%s is logged in and does not own the startup volume.", a.spoken()),
		NextStep: nextOwner(owned(m), m, a),
	}
}

// adminsNotOwners leaves out whom nobody would ask: the server's administrator, who
// is meant to hold no token, and service accounts.
func adminsNotOwners(m *Model, p Policy) []Hit {
	anyOwner := owned(m)
	return eachAccount(func(m *Model, a *Account) *Hit {
		if serves(a, p) || And(m.AppleSilicon, a.Person, a.CanLogIn, a.Admin, Not(a.VolumeOwner)) != Yes {
			return nil
		}
		return &Hit{
			Because:  ownerFacts(adminFacts(evidence.ManagedAdminsFact)...),
			Summary:  fmt.Sprintf("%s is an admin and does not own the startup volume.", a.spoken()),
			NextStep: nextOwner(anyOwner, m, a),
		}
	})(m, p)
}

func nextOwner(anyOwner Tri, m *Model, a *Account) string {
	switch {
	case anyOwner == No:
		return firstOwner(m)
	case a.Holder == Yes:
		return fmt.Sprintf("%s holds a token that is no owner. An admin who holds a token and owns the volume turns that token off and on again, with both passwords at hand; look at the volume owners afterwards.", a.spoken())
	}
	return fmt.Sprintf("Give %s a Secure Token, by a login with an escrowed Bootstrap Token or by an admin who holds one: ownership comes with it.", a.spoken())
}
