package health

import (
	"fmt"

	"github.com/tokenward/tokenward/health/evidence"
)

// driftCauseRules know whose passwords are set by others as a matter of course.
func driftCauseRules() []Rule {
	return []Rule{
		{
			Code:        "ST_LAPS_DRIFT",
			Title:       "The server rotates the password of a token holder",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    driftFacts(evidence.ManagedAdminsFact),
			Open:        "whether the tool that rotates it knows the former password and brings the token along",
			Why:         "The managed administrator logged in once and got a Secure Token. Since then the server sets its password with `SetAutoAdminPassword`, which writes a hash past the token.",
			Consequence: "The account that is meant for emergencies cannot unlock FileVault, grant tokens or authorise an update with the password that the server shows.",
			NextStep:    "Log in with the new password at the login window where the Bootstrap Token works, or turn that token off and keep the account without one. For rotation with a token use an agent that types the former password.",
			DoNot:       "Do not rely on this account for FileVault.",
			Source:      "nverselab/JNUC-2024; joshua-d-miller/macOSLAPS issues 11 and 106",
			Check:       eachAccount(rotatedAdmin),
		},
		{
			Code:        "ST_MOBILE_AD_DRIFT",
			Title:       "A directory user has two passwords",
			Severity:    High,
			FedBy:       FromDevice,
			Evidence:    driftFacts(),
			Open:        changedByOneself,
			Why:         "The password was changed in the directory service, not on this Mac, and the Mac took it over outside the login window. The token keeps the former one until both are brought together.",
			Consequence: "FileVault wants the former password, the login window the new one, and the keychain may want the former one too.",
			NextStep:    "Log in at the login window on the organisation's network with the new password, and type the former one when macOS asks for it. After a restart FileVault still takes the former one first.",
			DoNot:       "Do not change such a password on a web page while the Mac is away from the network.",
			Source:      "mrmacintosh, macOS 10.14.4; travellingtechguy, authentication flow; U Oregon KB",
			Check:       eachAccount(twoPasswords),
		},
	}
}

func rotatedAdmin(_ *Model, a *Account) *Hit {
	if a.Kind != KindManagedAdmin || a.Drift != Yes {
		return nil
	}
	return &Hit{
		Because: driftFacts(evidence.ManagedAdminsFact),
		Summary: passwordStory(a) + fmt.Sprintf(" %s is the server's administrator and holds a Secure Token.", a.spoken()),
	}
}

func twoPasswords(_ *Model, a *Account) *Hit {
	if a.Kind != KindMobile || And(a.Drift, a.Person, a.CanLogIn) != Yes {
		return nil
	}
	return &Hit{Because: driftFacts(), Summary: passwordStory(a) + " It comes from a directory service, which may know another one than the token does."}
}
