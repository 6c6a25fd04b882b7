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

// noOwner counts existing accounts only: nobody can type the password of one
// that is gone.
func noOwner(m Model) *Hit {
	owned := No
	for _, a := range m.Accounts {
		owned = Or(owned, a.VolumeOwner)
	}
	if And(m.AppleSilicon, Not(owned)) != Yes || len(m.Accounts) == 0 {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.ChipFact),
		Summary:  "No account of this Mac owns its startup volume.",
		NextStep: "Give an admin a Secure Token: ownership comes with it. If nobody can grant one, reset a password in recoveryOS.",
	}
}

func consoleUserNotOwner(m Model, a Account) *Hit {
	if And(m.AppleSilicon, a.Console, a.Person, Not(a.VolumeOwner)) != Yes {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(evidence.ChipFact, evidence.ConsoleUserFact),
		Summary:  fmt.Sprintf("%s is logged in and does not own the startup volume.", a.Name),
		NextStep: fmt.Sprintf("Give %s a Secure Token, by a login with an escrowed Bootstrap Token or by an admin who holds one: ownership comes with it.", a.Name),
	}
}
