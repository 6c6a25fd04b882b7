package health

import (
	"fmt"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// latestAttempts makes a check out of one that looks at the latest attempt of a
// kind at each account that still exists. An earlier attempt says nothing more.
func latestAttempts(what AttemptKind, check func(*Model, *Account, Attempt) *Hit) func(*Model, Policy) []Hit {
	return func(m *Model, _ Policy) []Hit {
		var hits []Hit
		seen := map[string]bool{}
		for _, tried := range slices.Backward(m.Past.Attempts) {
			if tried.What != what || seen[tried.Subject] || !tried.At.Before(m.TakenAt) {
				continue
			}
			seen[tried.Subject] = true
			a, exists := m.Account(tried.Subject)
			if !exists {
				continue
			}
			if h := check(m, a, tried); h != nil {
				h.Subject = a.Subject()
				hits = append(hits, *h)
			}
		}
		return hits
	}
}

// happenedSince says whether an earlier check noticed such a change of an account,
// that time or later.
func (m *Model) happenedSince(kind ChangeKind, a *Account, at time.Time) bool {
	return slices.ContainsFunc(m.Past.Changes, func(c Change) bool {
		return c.Kind == kind && c.Subject == a.Subject() && !c.At.Before(at)
	})
}

// resetAttemptRules compare what was said of a new password with the directory.
func resetAttemptRules() []Rule {
	return []Rule{
		{
			Code:        "ST_RESET_NOOP",
			Title:       "A password reset reported success and changed nothing",
			Severity:    High,
			FedBy:       FromHistory,
			Evidence:    []evidence.FactName{evidence.DirectoryFact, evidence.PasswordsFact},
			Why:         "Since macOS 10.14 root cannot reset the password of a token holder without the credentials of another. sysadminctl refuses in words and ends with exit status 0.",
			Consequence: "A script that trusts the exit status has stored a password that the Mac never took. The former one still counts.",
			NextStep:    "Reset it once more with the credentials of an admin who holds a token, and verify with `dscl . -authonly NAME`, which asks for the password.",
			DoNot:       "Do not trust the exit status, and do not verify again and again: each attempt counts towards a lockout.",
			Source:      "sibson/vncdotool CI; PezzaD84; joshua-d-miller/macOSLAPS issue 22",
			Says:        []string{"Operation is not permitted without secure token unlock."},
			Check:       latestAttempts(TriedReset, resetWithoutEffect),
		},
		{
			Code:        "ST_RESET_REFUSED_DSCL",
			Title:       "A password reset was refused",
			Severity:    Medium,
			FedBy:       FromHistory,
			Evidence:    []evidence.FactName{evidence.DirectoryFact, evidence.PasswordsFact},
			Why:         "The account holds a Secure Token, and `dscl . -passwd` ran as root without the former password.",
			Consequence: "Nothing has changed: the former password still counts.",
			NextStep:    "Reset it with the credentials of an admin who holds a token: `sysadminctl -resetPasswordFor NAME -newPassword - interactive` asks for the passwords.",
			DoNot:       "Do not write a hash into the record instead: the token would keep the former password.",
			Source:      "PezzaD84; sibson/vncdotool CI",
			Says:        []string{"DS Error: -14090 (eDSAuthFailed)"},
			Check:       latestAttempts(TriedReset, resetRefused),
		},
	}
}

// notTaken says whether the directory notes that no password was set since an
// attempt.
func notTaken(a *Account, tried Attempt) bool {
	return !a.PasswordSet.IsZero() && a.PasswordSet.Before(tried.At)
}

func resetWithoutEffect(_ *Model, a *Account, tried Attempt) *Hit {
	if tried.Exit != 0 || !notTaken(a, tried) {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.DirectoryFact, evidence.PasswordsFact},
		Summary: fmt.Sprintf("On %s a reset of %s's password ended with exit status 0. The password was last set on %s, before that.", day(tried.At), a.spoken(), day(a.PasswordSet)),
		NextStep: fmt.Sprintf("Reset it once more: `sysadminctl -resetPasswordFor %s -newPassword - interactive` asks for the passwords of an admin who holds a token. Then verify once: `dscl . -authonly %[1]s`.",
			shellWord(a.Name)),
	}
}

func resetRefused(_ *Model, a *Account, tried Attempt) *Hit {
	refused := tried.Said == SaidAuthFailed || tried.Said == SaidNotAuthorized || tried.Said == SaidNeedsUnlock
	if tried.Exit == 0 || !refused || !notTaken(a, tried) {
		return nil
	}
	return &Hit{
		Because:  []evidence.FactName{evidence.DirectoryFact, evidence.PasswordsFact},
		Summary:  fmt.Sprintf("On %s a reset of %s's password was refused, and none was set since.", day(tried.At), a.spoken()),
		NextStep: fmt.Sprintf("Reset it with the credentials of an admin who holds a token: `sysadminctl -resetPasswordFor %s -newPassword - interactive` asks for the passwords.", shellWord(a.Name)),
	}
}
