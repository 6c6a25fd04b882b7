package conform

import "github.com/tokenward/tokenward/internal/macsim/state"

// managedAdmin is the administrator that the server makes in these cases.
const managedAdmin = "realmacadmin"

// enrolmentCases enrol a Mac or remove its enrolment.
func enrolmentCases() []Case {
	status := ask(bootstrapStatus)
	return []Case{
		{
			ID: "manual-enrolment-escrows-later", Claim: "An enrolment by hand escrows no Bootstrap Token before the next login of a token holder.",
			Known: "community, and the contrary", Question: "Is a Bootstrap Token escrowed at an enrolment by hand?",
			Items: []string{"X2"}, Settles: []string{"EscrowAtManualEnrolment"}, From: "11", Needs: []Need{Root, NotEnrolled, TokenAdmin, AtTheMac, ServerHand},
			Steps: []Step{deed("enrol the Mac by hand as {admin}, approve it, and wait ten minutes; nobody logs in", enrolsByHand), status},
			Check: prints(1, 0, `profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed (to|on) server: NO\n`, ""),
		},
		{
			ID: "unenrolment-leaves-crypto-user", Claim: "When the enrolment is removed, the Bootstrap Token's user stays on the volume.",
			Known: "community (seen both ways)", Question: "Does the Bootstrap Token's user leave the volume with the enrolment?",
			Settles: []string{"UnenrolRemovesLocal"}, From: "10.15", Needs: []Need{Root, Escrowed, AtTheMac, ServerHand},
			Steps: []Step{deed("remove the enrolment", unenrols), ask(listPlist)},
			Check: func(s *Seen) Finding {
				return holdsIf(noBootstrapUser(1)(s).Verdict != Holds, "the cryptographic user of the Bootstrap Token is gone")
			},
		},
	}
}

func enrolsByHand(m *state.Mac, n *Names) (string, error) {
	return "", happens(m, &state.Enroll{Way: state.ApprovedByUser, By: n.Admin})
}

func unenrols(m *state.Mac, _ *Names) (string, error) { return "", happens(m, &state.Unenroll{}) }

// setUpCases erase a Mac and set it up anew.
func setUpCases() []Case {
	needs := []Need{ByADE, AtTheMac, ServerHand}
	bootstrap, token := ask(bootstrapStatus), ask(testStatus)
	const yes = `profiles: Bootstrap Token escrowed (to|on) server: YES`
	return []Case{
		{
			ID: "early-catalina-standard-user", Claim: "On 10.15.0 to 10.15.3 a standard user whom Setup Assistant makes gets a token.",
			Known: "documented, against community", Question: "Does a standard first user get a token on 10.15.0 to 10.15.3?",
			Settles: []string{"EarlyCatalinaStandardGetsNone"}, From: "10.15", Below: "10.15.4", Needs: needs,
			Steps: []Step{afterRestart("erase the Mac and enrol it automatically, with an administrator that the server makes and a standard user {test} whom you make", setUpAnew(state.Configure{Admin: managedAdmin, PrimaryStandard: true}, TestAccount)), token},
			Check: tokenIs(1, true),
		},
		{
			ID: "early-catalina-managed-administrator", Claim: "On 10.15.0 to 10.15.3 an administrator that the server makes does not keep the Bootstrap Token from being escrowed in Setup Assistant.",
			Known: "community (contested)", Question: "Does an automatic administrator keep the Bootstrap Token from being escrowed on 10.15.0 to 10.15.3?",
			Settles: []string{"ManagedAdminSuppressesEscrow"}, From: "10.15", Below: "10.15.4", Needs: needs,
			Steps: []Step{afterRestart("erase the Mac and enrol it automatically, with an administrator that the server makes and an administrator {test} whom you make", setUpAnew(state.Configure{Admin: managedAdmin}, TestAccount)), bootstrap},
			Check: hasLine(1, yes, true),
		},
		{
			ID: "skipped-account-escrows", Claim: "Where Setup Assistant makes no account, the managed administrator's login escrows the Bootstrap Token.",
			Known: "documented, against one vendor", Question: "Is a Bootstrap Token escrowed where Setup Assistant makes no account?",
			Items: []string{"X3"}, Settles: []string{"SkippedNeverEscrows"}, From: "10.15.4", Needs: needs,
			Steps: []Step{afterRestart("erase the Mac and enrol it automatically, with an administrator that the server makes and no other account, and log in as that administrator on the screen", setUpAnew(state.Configure{Admin: managedAdmin, SkipPrimary: true}, "")), bootstrap},
			Check: hasLine(1, yes, true),
		},
		{
			ID: "restore-with-an-old-copy", Claim: "After a restore with another Mac, a token that the server still has from before is replaced at the first login.",
			Known: "inferred", Question: "What becomes of the server's copy of the Bootstrap Token when the Mac is restored with another one?",
			Items: []string{"U13"}, From: "11", Needs: needs,
			Steps: []Step{afterRestart("restore firmware and system with another Mac, without removing this one from the server, enrol it automatically and make the administrator {test}", setUpAnew(state.Configure{}, TestAccount)), bootstrap, token},
			Open:  true, Check: every(hasLine(1, yes, true), tokenIs(2, true)),
		},
	}
}

// setUpAnew is a Mac that is erased and set up; without a user, its administrator
// logs in.
func setUpAnew(configure state.Configure, user string) Play {
	return func(m *state.Mac, n *Names) (string, error) {
		err := happens(m, &state.Restore{}, &state.Enroll{Way: state.ADE}, &configure, &state.SetUp{User: user, Password: &n.TestPassword})
		if err == nil && user == "" {
			err = happens(m, &state.Login{User: managedAdmin})
		}
		return "", err
	}
}
