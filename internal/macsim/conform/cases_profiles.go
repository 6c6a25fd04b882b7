package conform

import "strings"

const (
	bootstrapStatus  = "profiles status -type bootstraptoken"
	enrollmentStatus = "profiles status -type enrollment"
	statusLines      = `profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: (YES|NO)\n`
)

// profilesCases are about what profiles says of the enrolment.
func profilesCases() []Case {
	return []Case{
		{
			ID: "enrollment-status-lines", Claim: "The enrolment status of an enrolled Mac is three lines: DEP, MDM and, since 10.15, the server.",
			Known: "community (10.13.4, 10.15)", From: "10.15", Needs: []Need{Enrolled}, Steps: []Step{ask(enrollmentStatus)},
			Check: prints(0, 0, `Enrolled via DEP: (Yes|No)\nMDM enrollment: Yes( \(User Approved\))?\nMDM server: \S+\n`, ""),
		},
		{
			ID: "enrollment-status-lines-before-10-15", Claim: "Before 10.15 the enrolment status names no server.",
			Known: "community (10.13.4)", From: "10.13.4", Below: "10.15", Needs: []Need{Enrolled}, Steps: []Step{ask(enrollmentStatus)},
			Check: prints(0, 0, `Enrolled via DEP: (Yes|No)\nMDM enrollment: Yes( \(User Approved\))?\n`, ""),
		},
		{
			ID: "enrollment-status-not-enrolled", Claim: "The enrolment status of a Mac that is not enrolled is two lines that say No.",
			Known: "observed (15.7.9, 26.6.2)", From: "10.13.4", Needs: []Need{NotEnrolled}, Steps: []Step{ask(enrollmentStatus)},
			Check: prints(0, 0, `Enrolled via DEP: No\nMDM enrollment: No\n`, ""),
		},
		{
			ID: "enrollment-status-without-root", Claim: "The enrolment status needs no root and says the same without.",
			Known: "observed (10.13.4 to 26)", From: "10.13.4", Needs: []Need{Root, User},
			Steps: []Step{ask(enrollmentStatus), ask(enrollmentStatus).asUser()}, Check: asFirst(1),
		},
		{
			ID: "enrollment-show-without-root", Claim: "Without root, profiles show says that root is needed, on the error stream, with exit code 1.",
			Known: "observed (15.7.9, 26.6.2)", From: "10.13.4", Needs: []Need{User},
			Steps: []Step{ask("profiles show -type enrollment").asUser()}, Check: prints(0, 1, "", `Must be running as root\n`),
		},
		{
			ID: "profiles-type-in-two-words", Claim: "A type that profiles does not know is refused with one line on the error stream and exit code 1.",
			Known: "community; inferred: stream and exit code", Question: "How exactly does profiles refuse a type that it does not know?",
			Steps: []Step{ask("profiles status -type bootstrap token")},
			Check: prints(0, 1, "", `Error: The profile type option was not recognized\.\n`),
		},
		{
			ID: "profiles-show-bootstraptoken", Claim: "Nothing is claimed about profiles show -type bootstraptoken.",
			Known: "unknown", Question: "What does profiles show -type bootstraptoken print?", From: "10.15", Needs: []Need{Root, RealMac},
			Steps: []Step{ask("profiles show -type bootstraptoken")}, Open: true, Check: ends(0, anyExit),
		},
	}
}

// bootstrapUserCases are about the status of the Bootstrap Token.
func bootstrapUserCases() []Case {
	return []Case{
		{
			ID: "bootstrap-status-two-lines", Claim: "Where the server keeps Bootstrap Tokens, the status is two lines on standard output, the second with the words \"escrowed to server\".",
			Known: "observed (10.15 to 26)", Question: "Does profiles say \"escrowed to server\" or \"escrowed on server\"?",
			Items: []string{"X10"}, Settles: []string{"EscrowedOnWording"}, From: "10.15", Needs: []Need{Root, Supported},
			Steps: []Step{ask(bootstrapStatus)}, Check: prints(0, 0, statusLines, ""),
		},
		{
			ID: "bootstrap-status-not-supported", Claim: "Where the server keeps no Bootstrap Tokens, the status is one line.",
			Known: "observed (10.15.6, 11.2.3)", From: "10.15", Needs: []Need{Root, NotSupported},
			Steps: []Step{ask(bootstrapStatus)}, Check: prints(0, 0, `profiles: Bootstrap Token supported on server: NO\n`, ""),
		},
		{
			ID: "bootstrap-status-not-enrolled", Claim: "On a Mac that is not enrolled the status of the Bootstrap Token is an error.",
			Known: "community; inferred: the exit code", Question: "What does profiles status -type bootstraptoken say on a Mac that is not enrolled?",
			Items: []string{"U2"}, From: "10.15", Needs: []Need{Root, NotEnrolled}, Steps: []Step{ask(bootstrapStatus)}, Open: true, Check: ends(0, failureExit),
		},
		{
			ID: "bootstrap-status-without-root", Claim: "The status of the Bootstrap Token needs no root and says the same without.",
			Known: "inferred", Question: "Does profiles status -type bootstraptoken need root, and what does it say without?",
			Items: []string{"U3"}, Settles: []string{"StatusNeedsRoot"}, From: "10.15", Needs: []Need{Root, User, Supported},
			Steps: []Step{ask(bootstrapStatus), ask(bootstrapStatus).asUser()}, Check: asFirst(1),
		},
		{
			ID: "bootstrap-status-before-10-15", Claim: "Before 10.15 profiles does not know the type bootstraptoken.",
			Known: "community; inferred: stream and exit code", Question: "What does profiles of a macOS before 10.15 say of the type bootstraptoken?",
			Below: "10.15", Steps: []Step{ask(bootstrapStatus)}, Check: prints(0, 1, "", `Error: The profile type option was not recognized\.\n`),
		},
		{
			ID: "bootstrap-escrowed-has-crypto-user", Claim: "A Mac that takes its Bootstrap Token for escrowed has its cryptographic user on the volume.",
			Known: "community", From: "10.15", Needs: []Need{Escrowed}, Steps: []Step{ask(listPlist)},
			Check: func(s *Seen) Finding {
				there := s.Facts.hasCryptoUser("MDMRecovery")
				return holdsIf(there, "it takes the token for escrowed and has no cryptographic user for it")
			},
		},
		{
			ID: "bootstrap-user-uuid", Claim: "The cryptographic user of the Bootstrap Token has the same UUID on every Mac.",
			Known: "community (many Macs against one note)", Question: "Has the Bootstrap Token's cryptographic user one UUID on all Macs?",
			Items: []string{"X9"}, Settles: []string{"BootstrapUUIDPerMac"}, From: "10.15", Needs: []Need{CryptoUsers}, Steps: []Step{ask(listPlist)},
			Check: ofBootstrapUser(func(u CryptoUser) Finding {
				return holdsIf(u.UUID == "2457711A-523C-4604-B75A-F48A571D5036", "its UUID is another one")
			}),
		},
		{
			ID: "bootstrap-user-owner", Claim: "On Apple silicon the cryptographic user of the Bootstrap Token is a volume owner.",
			Known: "observed (26), against a test file that says no", Question: "Is the Bootstrap Token a volume owner?",
			Items: []string{"X8"}, Settles: []string{"BootstrapNotOwner"}, From: "11", Chips: silicon(), Needs: []Need{CryptoUsers}, Steps: []Step{ask(listPlist)},
			Check: ofBootstrapUser(func(u CryptoUser) Finding {
				return holdsIf(u.Owner != nil && *u.Owner, "it is no volume owner")
			}),
		},
	}
}

// ofBootstrapUser judges the cryptographic user of the Bootstrap Token, where
// there is one, in the first answer.
func ofBootstrapUser(judge func(CryptoUser) Finding) Check {
	return func(s *Seen) Finding {
		for _, u := range readCryptoUsers(s.out(0).Stdout) {
			if strings.HasPrefix(u.Type, "MDM") {
				return judge(u)
			}
		}
		return notApplicable("there is no Bootstrap Token on the volume")
	}
}
