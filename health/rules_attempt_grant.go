package health

import (
	"fmt"
)

// grantAttemptRules compare what was said of a grant with the volume.
func grantAttemptRules() []Rule {
	return []Rule{
		{
			Code:        "ST_GRANT_FAILED_EXIT0",
			Title:       "A grant reported success, and the token is not there",
			Severity:    Medium,
			FedBy:       FromHistory,
			Evidence:    tokenFacts(),
			After:       []Code{"ST_GRANTER_INVALID"},
			Why:         "sysadminctl ends with exit status 0 when a grant fails, and sometimes prints Done as well.",
			Consequence: "The user still cannot unlock FileVault, and a script that ran the grant believes otherwise.",
			NextStep:    "Look at `sysadminctl -secureTokenStatus NAME` and `diskutil apfs listcryptousers /`, then grant again as an admin who holds a token.",
			DoNot:       "Do not trust the exit status: what the volume lists counts.",
			Source:      "freegeek-pdx/mkuser, source",
			Says:        []string{"sysadminctl[pid:tid] - Done!"},
			Check:       latestAttempts(TriedGrant, grantWithoutEffect),
		},
		{
			Code:        "ST_GRANTER_INVALID",
			Title:       "Who was to grant a Secure Token could not",
			Severity:    Medium,
			FedBy:       FromHistory,
			Evidence:    tokenFacts(adminFacts()...),
			Open:        "whether the password that was typed was right",
			Why:         "A grant wants the name and password of an admin who holds a usable token. The account that was named is no admin, holds none, or its password was wrong.",
			Consequence: "The user still has no Secure Token.",
			NextStep:    "Choose an admin who holds a token: compare `dscl . -read /Groups/admin` with `diskutil apfs listcryptousers /`. Then grant again.",
			DoNot:       "Do not make somebody an admin who holds no token for this: it does not help.",
			Source:      "Apple Platform Deployment, Use secure and bootstrap tokens; openradar 36163828",
			Says: []string{
				"Operation is not permitted without secure token unlock.",
				"setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 \"Authentication server refused operation because the current credentials are not authorized for the requested operation.\"",
				"### Error:-14090 File:",
			},
			Check: latestAttempts(TriedGrant, granterRefused),
		},
	}
}

// stillLacks says whether an account that was to get a token has not had one since.
func stillLacks(m *Model, a *Account, tried Attempt) bool {
	return a.Lacks() == Yes && !m.happenedSince(TokenGained, a, tried.At)
}

func grantWithoutEffect(m *Model, a *Account, tried Attempt) *Hit {
	if tried.Exit != 0 || !stillLacks(m, a, tried) {
		return nil
	}
	return &Hit{
		Because:  tokenFacts(),
		Summary:  fmt.Sprintf("On %s a grant of a Secure Token to %s ended with exit status 0, and the volume has no key for that account.", day(tried.At), a.spoken()),
		NextStep: fmt.Sprintf("Have an admin who holds a token grant again, `%s`, and look at `sysadminctl -secureTokenStatus %s` afterwards.", grantCommand(a), shellWord(a.Name)),
	}
}

func granterRefused(m *Model, a *Account, tried Attempt) *Hit {
	refused := tried.Said == SaidNeedsUnlock || tried.Said == SaidNotAuthorized || tried.Said == SaidAuthFailed
	if !refused || !stillLacks(m, a, tried) {
		return nil
	}
	return &Hit{
		Because: tokenFacts(adminFacts()...),
		Summary: fmt.Sprintf("On %s macOS refused to grant %s a Secure Token. %s", day(tried.At), a.spoken(), granterFault(m, tried)),
	}
}

// granterFault says what is wrong with whoever was to grant, as far as it shows.
func granterFault(m *Model, tried Attempt) string {
	granter, exists := m.Account(tried.By)
	switch {
	case tried.By == "" || !exists:
		return "No account of this Mac is known to have authorised it."
	case granter.Admin == No:
		return granter.spoken() + ", who was to authorise it, is not an admin."
	case unusable(granter) == Yes:
		return granter.spoken() + ", who was to authorise it, holds no usable token."
	case granter.Drift == Yes:
		return granter.spoken() + ", who was to authorise it, may hold a token that opens with a former password."
	}
	return granter.spoken() + " is an admin with a token: was the password right?"
}
