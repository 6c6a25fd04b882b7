package parse

import (
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// CsrutilStatus reads csrutil status. What each part is set to, which follows a
// custom configuration, is not read. observed (10.11 to 26): the four answers.
func CsrutilStatus(out []byte) (evidence.SIP, error) {
	all, err := lines(out)
	if err != nil {
		return "", err
	}
	var status once[evidence.SIP]
	for _, line := range all {
		words, found := strings.CutPrefix(line, "System Integrity Protection status: ")
		if !found {
			continue
		}
		is, err := integrity(words)
		if err != nil {
			return "", err
		}
		if err := status.say("System Integrity Protection", is); err != nil {
			return "", err
		}
	}
	if !status.said {
		return "", unreadable("no line about System Integrity Protection")
	}
	return status.value, nil
}

func integrity(words string) (evidence.SIP, error) {
	switch words {
	case "enabled.":
		return evidence.SIPEnabled, nil
	case "disabled.":
		return evidence.SIPDisabled, nil
	case "enabled (Custom Configuration).":
		return evidence.SIPCustom, nil
	case "unknown (Custom Configuration).": // macOS 11, where a part of it is off
		return evidence.SIPUnknown, nil
	}
	return "", unreadable("System Integrity Protection is %s", clip(words))
}
