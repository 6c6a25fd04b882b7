package conform

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// mdmCases are about what the MDM client would tell its server. A real one
// answers with much that is nobody's business: reports show the lines asked for.
func mdmCases() []Case {
	device := ask("mdmclient QueryDeviceInformation").only("EACSPreflight", "Bootstrap", "MDMOptions", "IsSupervised")
	security := ask("mdmclient QuerySecurityInfo").only("BootstrapToken", "SecureBootLevel")
	intel := []state.Chip{state.Intel, state.T2}
	return []Case{
		{
			ID: "preflight-is-told", Claim: "Since 13.3 the device information has an answer about erasing the Mac.",
			Known: "observed (13.3.1)", From: "13.3", Needs: []Need{Root},
			Steps: []Step{device}, Check: says(`EACSPreflight = .+;`),
		},
		{
			ID: "preflight-needs-token", Claim: "On Apple silicon the answer is \"success\" only where the Bootstrap Token is escrowed.",
			Known: "community", From: "13.3", Chips: silicon(), Needs: []Need{Root, Enrolled},
			Steps: []Step{device}, Check: preflightSilicon,
		},
		{
			ID: "preflight-on-t2", Claim: "On a T2 Mac the answer is \"success\" also where no Bootstrap Token is escrowed.",
			Known: "documented, against community", Question: "Does erasing a T2 Mac need the Bootstrap Token?",
			Items: []string{"X12"}, Settles: []string{"PreflightNeedsTokenOnT2"}, From: "13.3", Chips: []state.Chip{state.T2}, Needs: []Need{Root, Enrolled, NotEscrowed},
			Steps: []Step{device}, Check: says(`EACSPreflight = success;`),
		},
		{
			ID: "bootstrap-authentication-words", Claim: "On Apple silicon BootstrapTokenAllowedForAuthentication is the text allowed or disallowed.",
			Known: "documented, twice and differently", Question: "Is BootstrapTokenAllowedForAuthentication a text or a truth value?",
			Items: []string{"X13"}, Settles: []string{"BootstrapAuthBoolean"}, From: "11", Chips: silicon(), Needs: []Need{Root, Enrolled},
			Steps: []Step{security}, Check: says(`BootstrapTokenAllowedForAuthentication = (allowed|disallowed);`),
		},
		{
			ID: "bootstrap-authentication-intel", Claim: "On an Intel Mac BootstrapTokenAllowedForAuthentication is \"not supported\", and nothing requires the token.",
			Known: "observed (12.1)", From: "11", Chips: intel, Needs: []Need{Root},
			Steps: []Step{security},
			Check: every(says(`BootstrapTokenAllowedForAuthentication = "not supported";`), says(`BootstrapTokenRequiredForSoftwareUpdate = 0;`)),
		},
		{
			ID: "mdm-option-name", Claim: "The option of the server is called BootstrapTokenAllowed.",
			Known: "documented, against one vendor", Question: "Is the option called BootstrapTokenAllowed or AllowBootstrapToken?",
			Items: []string{"X14"}, Settles: []string{"AllowBootstrapOption"}, From: "13", Needs: []Need{Root, Enrolled},
			Steps: []Step{device}, Check: says(`BootstrapTokenAllowed = [01];`),
		},
		{
			ID: "supervised-by-ade", Claim: "A Mac that was enrolled by Automated Device Enrollment is supervised.",
			Known: "documented", From: "11", Needs: []Need{Root, ByADE},
			Steps: []Step{device}, Check: says(`IsSupervised = 1;`),
		},
		{
			ID: "management-status", Claim: "Since 15 DumpManagementStatus needs no root and begins with \"Management status\".",
			Known: "observed (15.5); community: without root", From: "15", Needs: []Need{User, Enrolled},
			Steps: []Step{ask("mdmclient DumpManagementStatus").asUser().only("IsDEP", "IsUserApproved", "Management status")},
			Check: every(prints(0, 0, `Management status: \{\n.*`, ""), says(`IsUserApproved = [01];`)),
		},
	}
}

func preflightSilicon(s *Seen) Finding {
	success := strings.Contains(s.out(0).Stdout, "EACSPreflight = success;")
	return holdsIf(!success || s.Facts.Escrowed, "it is \"success\" without an escrowed Bootstrap Token")
}

// systemCases are about the Mac itself.
func systemCases() []Case {
	return []Case{
		{
			ID: "version-report", Claim: "Since 13 sw_vers puts two tabs behind the names, before one.",
			Known: "observed (15.7.9, 26.6.2); community: before 13",
			Steps: []Step{ask("sw_vers")}, Check: versionReport,
		},
		{
			ID: "version-product", Claim: "The system calls itself macOS since 11, and Mac OS X before.",
			Known: "documented",
			Steps: []Step{ask("sw_vers -productName")}, Check: productName,
		},
		{
			ID: "sysctl-unknown", Claim: "A name that the kernel does not know is told on the error stream, with exit code 1.",
			Known: "documented (source)",
			Steps: []Step{ask("sysctl -n realmac.no.such.name")}, Check: prints(0, 1, "", `sysctl: unknown oid 'realmac\.no\.such\.name'\n`),
		},
		{
			ID: "integrity-protection-status", Claim: "csrutil tells the state of System Integrity Protection in one line.",
			Known: "observed (10.11 to 26)",
			Steps: []Step{ask("csrutil status")}, Check: prints(0, 0, `System Integrity Protection status: (enabled|disabled|unknown)( \(.*)?\..*`, ""),
		},
		{
			ID: "id-of-nobody", Claim: "The number of nobody is printed without a sign.",
			Known: "observed (26)",
			Steps: []Step{ask("id -u nobody")}, Check: prints(0, 0, `4294967294\n`, ""),
		},
		{
			ID: "id-unknown-user", Claim: "id refuses a user who does not exist with exit code 1.",
			Known: "documented (source)",
			Steps: []Step{ask("id " + noSuchUser)}, Check: prints(0, 1, "", `id: `+noSuchUser+`: no such user\n`),
		},
		{
			ID: "launchctl-missing-service", Claim: "A service that is not loaded is told with exit code 113.",
			Known: "observed (10.11 to 27)",
			Steps: []Step{ask("launchctl print system/com.example.realmac.none")},
			Check: every(ends(0, 113), says(`Could not find service "com\.example\.realmac\.none" in domain for system`)),
		},
		{
			ID: "bputil-on-intel", Claim: "bputil is not supported on an Intel Mac.",
			Known: "community; inferred: stream and exit code", From: "11", Chips: []state.Chip{state.Intel, state.T2}, Needs: []Need{Root},
			Steps: []Step{ask("bputil -e")}, Check: prints(0, 1, "", `bputil is not yet supported on this platform\n`),
		},
		{
			ID: "firmware-password-on-silicon", Claim: "firmwarepasswd is refused on Apple silicon.",
			Known: "documented; inferred: exit code", Question: "What does firmwarepasswd say on Apple silicon?", Chips: silicon(), Needs: []Need{Root},
			Steps: []Step{ask("firmwarepasswd -check")}, Open: true, Check: ends(0, failureExit),
		},
		{
			ID: "log-of-bootstrap-token", Claim: "Nothing is claimed about the system log.",
			Known: "unknown", Question: "What does the MDM client log about Bootstrap Tokens?", From: "10.15", Needs: []Need{Root, RealMac},
			Steps: []Step{ask("log show --last 12h --style compact --predicate").with(`process == "mdmclient" AND eventMessage CONTAINS[c] "bootstrap"`).only("ootstrap").slowly()},
			Open:  true, Check: ends(0, anyExit),
		},
	}
}

func versionReport(s *Seen) Finding {
	gap := `\t`
	if atLeast(s.Facts.Version, "13") {
		gap = `\t\t`
	}
	return shaped(s.out(0), 0, `ProductName:`+gap+`.+\nProductVersion:`+gap+`[\d.]+\n(ProductVersionExtra:\t+.+\n)?BuildVersion:`+gap+`\w+\n`, "")
}

func productName(s *Seen) Finding {
	name := "Mac OS X"
	if atLeast(s.Facts.Version, "11") {
		name = "macOS"
	}
	return shaped(s.out(0), 0, quote(name)+`\n`, "")
}
