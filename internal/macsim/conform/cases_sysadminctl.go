package conform

import (
	"regexp"
	"strings"
)

const noSuchUser = "realmac-nobody-here"

// statusCases are about what sysadminctl says of a token.
func statusCases() []Case {
	status := ask("sysadminctl -secureTokenStatus {user}").each()
	return []Case{
		{
			ID: "token-status-on-error-stream", Claim: "sysadminctl tells the status of a token in one line of a log on the error stream, with exit code 0.",
			Known: "observed (10.13 to 27)", From: "10.13.4", Steps: []Step{status},
			Check: forEach(func(_ *Seen, r Run) Finding {
				return shaped(r.Output, 0, "", logged(`Secure token is (ENABLED|DISABLED) for user .+`))
			}),
		},
		{
			ID: "token-status-full-name", Claim: "The name in the status of a token is the full name.",
			Known: "observed (26); community: earlier", Question: "Since which macOS does sysadminctl print the full name?", From: "10.13.4", Steps: []Step{status},
			Check: forEach(func(s *Seen, r Run) Finding {
				person, _ := s.Facts.Person(r.Who)
				return holdsIf(strings.HasSuffix(r.Output.Stderr, " for user "+person.RealName+"\n"), "it ends with another name than the full one")
			}),
		},
		{
			ID: "token-status-matches-tag", Claim: "The status is ENABLED for those with the tag ;SecureToken; in their record, and for nobody else.",
			Known: "community", From: "10.13.4", Steps: []Step{status},
			Check: forEach(func(s *Seen, r Run) Finding {
				person, _ := s.Facts.Person(r.Who)
				return holdsIf(enabled(r.Output) == person.Holds(), "the status is enabled: %v, the tag is there: %v", enabled(r.Output), person.Holds())
			}),
		},
		{
			ID: "token-status-unknown-user", Claim: "The status of a user who does not exist is a line about an unknown user, with exit code 0.",
			Known: "observed (26.6); inferred: the exit code", Question: "With which exit code does sysadminctl end for an unknown user?", From: "10.13.4",
			Steps: []Step{ask("sysadminctl -secureTokenStatus " + noSuchUser)},
			Check: prints(0, 0, "", logged(`Unknown user `+noSuchUser)),
		},
		{
			ID: "token-status-without-root", Claim: "The status of a token needs no root and says the same without.",
			Known: "community", From: "10.13.4", Needs: []Need{Root, User},
			Steps: []Step{ask("sysadminctl -secureTokenStatus root"), ask("sysadminctl -secureTokenStatus root").asUser()}, Check: asFirst(1),
		},
		{
			ID: "token-status-wants-credentials", Claim: "On 10.13.2 and 10.13.3 sysadminctl tells no status without an administrator's credentials.",
			Known: "observed (10.13.2, 10.13.3 beta)", From: "10.13.2", Below: "10.13.4", Needs: []Need{Root},
			Steps: []Step{ask("sysadminctl -secureTokenStatus root")}, Check: prints(0, 0, "", logged(`Failed to authenticate with SystemAdministration framework\.`)),
		},
		{
			ID: "sysadminctl-usage", Claim: "Without arguments sysadminctl prints its usage on the error stream, with exit code 0.",
			Known: "observed (13.2.1)", From: "13", Steps: []Step{ask("sysadminctl")},
			Check: every(prints(0, 0, "", anything), says(`Usage: sysadminctl\n`), says(`-secureTokenStatus <user name>`), says(`Pass '-' instead of password in commands above to request prompt\.`)),
		},
		{
			ID: "guest-account-status", Claim: "The status of the guest account is one line of a log on the error stream.",
			Known: "observed (11)", From: "11", Steps: []Step{ask("sysadminctl -guestAccount status")},
			Check: prints(0, 0, "", logged(`Guest account (enabled|disabled)\.`)),
		},
		{
			ID: "mobile-token-without-record", Claim: "The token of a mobile account stays when its record vanishes from the directory.",
			Known: "unknown", Question: "What becomes of the token of a mobile account whose record in the directory has vanished?",
			Items: []string{"U10"}, From: "10.13.4", Needs: []Need{MobileAccount},
			Steps: []Step{ask("dscl /Search -read /Users/{mobile} AppleMetaNodeLocation"), ask("sysadminctl -secureTokenStatus {mobile}")}, Check: vanished,
		},
	}
}

// vanished looks at a mobile account that only the Mac itself knows any more.
func vanished(s *Seen) Finding {
	if strings.Contains(s.out(0).Stdout, "/Active Directory") {
		return notApplicable("the directory still shows the record")
	}
	person, _ := s.Facts.Person(s.Names.Mobile)
	return holdsIf(enabled(s.out(1)) == person.Holds(), "the record has the tag: %v, and the status is enabled: %v", person.Holds(), enabled(s.out(1)))
}

// forEach judges every run of the first step, which was taken for every person.
func forEach(judge func(*Seen, Run) Finding) Check {
	return func(s *Seen) Finding {
		for _, r := range s.runs[0] {
			if f := judge(s, r); f.Verdict != Holds {
				return f
			}
		}
		return holds()
	}
}

// firstMatch is the first group of a shape in a text.
func firstMatch(shape, text string) string {
	if m := regexp.MustCompile(shape).FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
