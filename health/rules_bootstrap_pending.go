package health

import "github.com/tokenward/tokenward/health/evidence"

// pendingBootstrapRules find a missing escrow that was to be expected.
func pendingBootstrapRules() []Rule {
	return []Rule{
		{
			Code:         "BT_MANAGED_ADMIN_SUPPRESSED",
			Title:        "Nothing escrowed yet: the server made the first admin",
			Severity:     Medium,
			FedBy:        FromDevice,
			Evidence:     escrowFacts(evidence.DEPFact, evidence.ManagedAdminsFact, evidence.LoginsFact, evidence.PasswordsFact, evidence.DirectoryFact, evidence.OSVersionFact),
			Open:         "Whether the server skips the page on which the first user is made.",
			SuppressedBy: []Code{"ENROLL_AWAITING"},
			Why:          "The server had Setup Assistant make an administrator, from a hash of a password. Such an account logs nobody in, so that nothing was escrowed in Setup Assistant.",
			Consequence:  "Until somebody logs in at the login window no Bootstrap Token exists. On macOS 10.15.0 to 10.15.3 a login does not bring it either.",
			NextStep:     "Have the person whose Mac it is log in at the login window first, with the network up. Before macOS 10.15.4 run " + installBootstrap + " as an admin who holds a Secure Token.",
			DoNot:        "Do not let the service account log in first if it is not to own the Mac: the first login takes the first Secure Token.",
			Source:       "FileWave, Bootstrap Token Management, figures 1.2 to 1.4; Apple, FileVault in deployments",
			Check:        deviceRule(managedAdminSuppresses),
		},
		{
			Code:        "BT_MOBILE_FIRST_LOGIN_PENDING",
			Title:       "The second login of the directory user escrows",
			Severity:    Info,
			FedBy:       FromDevice,
			Evidence:    escrowFacts(tokenFacts(evidence.LoginsFact, evidence.PasswordsFact)...),
			Open:        "A second login within minutes of the first looks like the first.",
			Versions:    Versions{From: [3]int{10, 15, 4}},
			Why:         "A directory user's first login makes the account and gives it its Secure Token. The Bootstrap Token is made at the second.",
			Consequence: "Nothing is escrowed until then.",
			NextStep:    "Have that user log out and in again at the login window, with the network up.",
			Source:      "Apple, Use secure and bootstrap tokens: account creation skipped",
			Check:       deviceRule(firstMobileLogin),
		},
	}
}

func managedAdminSuppresses(m *Model) *Hit {
	if And(lacksEscrow(m), m.Enrollment.DEP, m.Enrollment.ManagedAdmins, Or(Not(escrowsAtLogin(m)), nobodyLoggedIn(m))) != Yes {
		return nil
	}
	h := Hit{
		Because: escrowFacts(evidence.DEPFact, evidence.ManagedAdminsFact, evidence.DirectoryFact, evidence.LoginsFact, evidence.PasswordsFact),
		Summary: "The server made an administrator in Setup Assistant, nobody has logged in at the login window yet, and no Bootstrap Token is escrowed.",
	}
	if escrowsAtLogin(m) == No {
		h.Because = escrowFacts(evidence.DEPFact, evidence.ManagedAdminsFact, evidence.OSVersionFact)
		h.Summary = "The server made an administrator in Setup Assistant. On this early macOS 10.15 no Bootstrap Token is then made by itself."
	}
	return &h
}

// nobodyLoggedIn: no account for a person or of the server was ever used at the
// login window. Where there is none, nobody could.
func nobodyLoggedIn(m *Model) Tri {
	if len(m.Accounts) == 0 {
		return Unknown
	}
	used := No
	for i := range m.Accounts {
		switch a := &m.Accounts[i]; a.Kind {
		case KindLocal, KindMobile, KindManagedAdmin:
			used = Or(used, a.LoggedIn)
		case KindService, KindSharing, KindGuest, KindNetwork:
		}
	}
	return Not(used)
}

// firstMobileLogin: the latest login of a directory user is the one that made the
// account.
func firstMobileLogin(m *Model) *Hit {
	if lacksEscrow(m) != Yes {
		return nil
	}
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.Kind == KindMobile && a.Holder == Yes && loggedInOnce(a) {
			return &Hit{
				Because: escrowFacts(tokenFacts(evidence.LoginsFact, evidence.PasswordsFact)...),
				Summary: "The directory user " + a.spoken() + " holds a Secure Token and has logged in once. The next login escrows the Bootstrap Token.",
			}
		}
	}
	return nil
}

// loggedInOnce: a directory user's record is made by the first login.
func loggedInOnce(a *Account) bool {
	return a.LoggedIn == Yes && !a.Created.IsZero() && a.LastLogin.Sub(a.Created).Abs() < originalPassword
}
