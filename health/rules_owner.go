package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

func ownerRules() []Rule {
	return []Rule{
		{
			Code:        "VO_NONE",
			Title:       "Nobody owns the volume",
			Severity:    Critical,
			FedBy:       FromDevice,
			After:       []Code{"ST_NO_HOLDERS"},
			Consequence: "On Apple silicon nobody at this Mac can authorise an update, change the startup security or erase it locally.",
			DoNot:       "Do not revive the Mac again and again: that does not create an owner.",
			Source:      "Apple, volume ownership on Apple silicon; fleetdm/fleet issue 50524",
			Check:       deviceRule(noOwner),
		},
		{
			Code:        "VO_USER_NOT_OWNER",
			Title:       "The user at the Mac does not own the volume",
			Severity:    Medium,
			FedBy:       FromDevice,
			After:       []Code{"VO_NONE", "ST_PHANTOM", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY", "ST_USER_MISSING_NO_SOURCE"},
			Consequence: "An update asks this user for an owner, and the user's own password is refused.",
			DoNot:       "Making the user an admin does not make an owner.",
			Source:      "Apple, volume ownership on Apple silicon",
			Check:       eachAccount(consoleUserNotOwner),
		},
	}
}

// owned counts existing accounts only: nobody can type the password of one that
// is gone.
func owned(m *Model) Tri {
	answer := No
	for _, a := range m.Accounts {
		answer = Or(answer, a.VolumeOwner)
	}
	return answer
}

func noOwner(m *Model) *Hit {
	if And(m.AppleSilicon, Not(owned(m))) != Yes || len(m.Accounts) == 0 {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.ChipFact),
		Summary:  "No account of this Mac owns its startup volume.",
		NextStep: firstOwner(m),
	}
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
		Because:  tokenFacts(evidence.ChipFact, evidence.ConsoleUserFact),
		Summary:  fmt.Sprintf("%s is logged in and does not own the startup volume.", a.Name),
		NextStep: nextOwner(m, a),
	}
}

func nextOwner(m *Model, a *Account) string {
	switch {
	case owned(m) == No:
		return firstOwner(m)
	case a.Holder == Yes:
		return fmt.Sprintf("%s holds a token that is no owner. An admin who holds a token and owns the volume turns that token off and on again, with both passwords at hand; look at the volume owners afterwards.", a.Name)
	}
	return fmt.Sprintf("Give %s a Secure Token, by a login with an escrowed Bootstrap Token or by an admin who holds one: ownership comes with it.", a.Name)
}
