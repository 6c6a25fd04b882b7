package health

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// eraseRules ask what comes of an erase by the server.
func eraseRules() []Rule {
	return []Rule{{
		Code:     "EACS_WILL_FALL_BACK",
		Title:    "An erase by the server would take the system along",
		Severity: Critical,
		FedBy:    FromDevice,
		Evidence: siliconFacts(attemptFacts(evidence.AwaitingFact, evidence.MDMReachFact)...),
		Open:     "Which ObliterationBehavior the server sends. What a Mac says that could not reach its server is no finding.",
		Versions: Versions{From: [3]int{12, 0, 0}},
		After:    []Code{"BT_UNSUPPORTED_BY_SERVER", "BT_NOT_ESCROWED", "BT_STATUS_LIES"},
		Why:      "EraseDevice tries to erase all content and settings, for which a Mac with Apple silicon needs its Bootstrap Token, full security and an intact system. This Mac says that it would fail.",
		Consequence: "With Default the server is told Error and the Mac is obliterated all the same. With ObliterateWithWarning it is told Acknowledged, and the Mac is obliterated. " +
			"With DoNotObliterate it is told Error, and nothing is erased. An obliterated Mac has no system and must be restored.",
		NextStep: "Send no EraseDevice to this Mac without DoNotObliterate. Mend what the Mac names, in most cases the Bootstrap Token, and ask again: `sudo /usr/libexec/mdmclient QueryDeviceInformation` says success then.",
		DoNot:    "Do not send the command again because the server shows Error: look first whether the Mac is erased already.",
		Source:   "Apple, EraseDevice: ObliterationBehavior; DeviceInformation: EACSPreflight; fleetdm/fleet issue 46588",
		Says:     []string{"Unable to get Bootstrap Token <(null):0> ((null))", "System is not on full security", "System is not sealed", "Invalid disk layout"},
		Check:    deviceRule(eraseFallsBack),
	}}
}

// eraseFallsBack: on Apple silicon alone. A T2 erases without a token, a Mac
// without a server is erased by nobody from afar, and one that cannot reach its
// server will answer otherwise as soon as it does. Only a token that is missing or
// broken makes it critical: reduced security is often somebody's choice.
func eraseFallsBack(m *Model) *Hit {
	answer := m.Bootstrap.Preflight
	if readySilicon(m) != Yes || answer == "" || answer == "success" {
		return nil
	}
	because, severity := siliconFacts(evidence.AwaitingFact, evidence.EACSPreflightFact), High
	if strings.HasPrefix(answer, "Unable to get Bootstrap Token") {
		without, facts := noWorkingToken(m)
		if without != Yes {
			return nil
		}
		because, severity = append(because, facts...), Critical
	}
	return &Hit{
		Because: because, Severity: &severity,
		Summary: fmt.Sprintf("Asked whether it could erase all content and settings, the Mac says: %s.", answer),
	}
}
