package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// lostSourceRule is for a Mac on which nothing could grant a token any more.
func lostSourceRule() Rule {
	return Rule{
		Code:        "ST_USER_MISSING_NO_SOURCE",
		Title:       "No Secure Token, and nobody who could grant one",
		Severity:    Critical,
		FedBy:       FromDevice,
		Evidence:    tokenFacts(evidence.BootstrapSupportedFact, evidence.BootstrapEscrowedFact),
		After:       []Code{"ST_NO_HOLDERS"},
		Why:         "No account that can log in holds a token, and there is no Bootstrap Token: what could grant one is gone.",
		Consequence: "Only a password reset in recoveryOS, or an erase, gives this user a token.",
		NextStep:    "Reset the password in recoveryOS: that grants a token. With FileVault on, its recovery key is needed.",
		DoNot:       "Do not reset passwords through the MDM agent: it makes things worse.",
		Source:      "Addigy, No secure token admin / secure token admin is not accessible",
		Check:       personRule(missingWithoutSource),
	}
}

// missingWithoutSource wants to have seen that no account which can log in holds a
// token.
func missingWithoutSource(m *Model, a *Account) *Hit {
	if And(m.Bootstrap.Missing(), Not(m.Holders.Accessible)) != Yes {
		return nil
	}
	because := tokenFacts(evidence.BootstrapSupportedFact)
	if m.Bootstrap.Supported != No {
		because = append(because, evidence.BootstrapEscrowedFact)
	}
	return &Hit{
		Because:  because,
		Summary:  fmt.Sprintf("%s has no Secure Token, no account that can log in holds one, and no Bootstrap Token is escrowed.", a.spoken()),
		NextStep: "Reset the password in recoveryOS: that grants a token. With FileVault on, its recovery key is needed.",
	}
}
