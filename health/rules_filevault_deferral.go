package health

import (
	"fmt"
	"slices"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
)

// deferralRules are about FileVault that is to be turned on, and is not.
func deferralRules() []Rule {
	return []Rule{
		{
			Code: "FV_DEFER_PENDING_NO_TOKEN", Title: "FileVault waits for a user who has no Secure Token", Severity: High, FedBy: FromDevice,
			Evidence:    deferralFacts(evidence.ConsoleUserFact),
			Open:        "whether another user with a token logs in or out on this Mac, which would turn FileVault on",
			After:       []Code{"ST_NO_HOLDERS", "ST_USER_MISSING_NO_SOURCE", "ST_USER_MISSING_BT_READY", "ST_USER_MISSING_ADMIN_READY", "BT_1015_LOCAL_USER"},
			Hold:        time.Hour, // a first login brings the token a moment after it
			Why:         "A profile, or `fdesetup enable -defer`, turns FileVault on at the login or logout of a user. Only a user with a Secure Token can.",
			Consequence: "The disk stays open, and the deferral shows as active for ever.",
			NextStep:    "Get this user a Secure Token first, then have the user log out and in.",
			DoNot:       "Do not install the profile again and again: it is there, the token is not.",
			Source:      "Apple, FileVault2 payload; fleetdm/fleet issues 53398 and 47888",
			Says:        []string{"Deferred enablement appears to be active.", "Deferred enablement appears to be active for user"},
			Check:       waitsWithoutToken,
		},
		{
			Code: "FV_NOT_UAMDM", Title: "The FileVault profile needs an approved enrolment", Severity: Medium, FedBy: FromDevice,
			Evidence:    []evidence.FactName{evidence.DeferralFact, evidence.FileVaultStateFact, evidence.MDMFact, evidence.UserApprovedFact},
			Open:        "a profile that macOS never took leaves nothing to see",
			Versions:    Versions{From: [3]int{10, 15}},
			After:       []Code{"MDM_NOT_USER_APPROVED"},
			Why:         "Since macOS 10.15 FileVault's payload counts only where a user approved the enrolment, or where it came by Automated Device Enrollment.",
			Consequence: "FileVault stays off, although the server shows the profile as installed.",
			NextStep:    "Have the user approve the enrolment in System Settings under Device Management (Profiles before macOS 13), then send the profile again.",
			DoNot:       "Do not turn FileVault on by a script instead: its recovery key would go nowhere.",
			Source:      "Apple, FileVault2 payload: user-approved MDM enrolment since macOS 10.15",
			Check:       deviceRule(profileNotApproved),
		},
	}
}

func deferralFacts(more ...evidence.FactName) []evidence.FactName {
	return tokenFacts(append(more, evidence.FileVaultStateFact, evidence.FileVaultDeferredFact, evidence.FileVaultDeferUserFact, evidence.DeferralFact)...)
}

// waitsWithoutToken judges those who alone can turn it on where anybody is named,
// and else who is at the Mac. That nobody is named must be known from both sources:
// fdesetup status does not always say.
func waitsWithoutToken(m *Model, p Policy) []Hit {
	if And(m.FileVault.Deferred, Not(m.FileVault.On)) != Yes {
		return nil
	}
	named := slices.Clone(m.FileVault.DeferredFor)
	if m.FileVault.DeferredUser != "" {
		named = append(named, m.FileVault.DeferredUser)
	}
	anybody := len(named) == 0 && m.FileVault.ByProfile != Unknown && !m.lost(evidence.FileVaultDeferUserFact)
	return eachAccount(func(_ *Model, a *Account) *Hit {
		because := deferralFacts()
		switch {
		case a.Lacks() != Yes || p.Serves(a):
			return nil
		case anybody && And(a.Console, a.Person) == Yes:
			because = deferralFacts(evidence.ConsoleUserFact)
		case !slices.Contains(named, a.Name):
			return nil
		}
		return &Hit{
			Because:  because,
			Summary:  fmt.Sprintf("FileVault is to be turned on when %s logs in or out, and %s has no Secure Token.", a.spoken(), a.spoken()),
			NextStep: fmt.Sprintf("Get %s a Secure Token first, then have %s log out and in.", a.spoken(), a.spoken()),
		}
	})(m, p)
}

func profileNotApproved(m *Model) *Hit {
	if And(m.FileVault.ByProfile, Not(m.FileVault.On), m.Enrolled, Not(m.UserApproved)) != Yes {
		return nil
	}
	return &Hit{
		Because: []evidence.FactName{evidence.DeferralFact, evidence.FileVaultStateFact, evidence.MDMFact, evidence.UserApprovedFact},
		Summary: "A profile is to turn FileVault on, and nobody approved this Mac's enrolment.",
	}
}
