package parse

import "strings"

// FirmwarepasswdCheck reads firmwarepasswd -check: whether an Intel Mac has a
// firmware password.
func FirmwarepasswdCheck(out []byte) (bool, error) {
	all, err := lines(out)
	if err != nil {
		return false, err
	}
	var enabled once[bool]
	for _, line := range all {
		word, found := strings.CutPrefix(line, "Password Enabled:")
		if !found {
			continue
		}
		word = strings.TrimSpace(word)
		if word != "Yes" && word != "No" {
			return false, unreadable("a firmware password is %s", clip(word))
		}
		if err := enabled.say("the firmware password", word == "Yes"); err != nil {
			return false, err
		}
	}
	if !enabled.said {
		return false, unreadable("no line about the firmware password")
	}
	return enabled.value, nil
}
