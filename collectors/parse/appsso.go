package parse

import (
	"encoding/json"
	"slices"
	"strings"
)

// AppSSOPlatform reads app-sso platform -s: whether single sign-on with the
// platform is set up for the Mac. That it is registered too is another question,
// and so are the sections about the login and the user, which can say who asks.
//
// community (15.5 and later, from tests of other agents): "(null)" below the
// section's heading, or an object of JSON.
func AppSSOPlatform(out []byte) (bool, error) {
	all, err := lines(out)
	if err != nil {
		return false, err
	}
	heading := slices.Index(all, deviceHeading)
	if heading < 0 {
		return false, unreadable("it says nothing of the device")
	}
	below := all[heading+1:]
	if slices.Contains(below, deviceHeading) {
		return false, unreadable("it speaks of the device twice")
	}
	return deviceConfiguration(below)
}

const deviceHeading = "Device Configuration:"

// deviceConfiguration reads what stands below the heading. Its values are not
// kept: the names of keys are there, and a certificate.
func deviceConfiguration(below []string) (bool, error) {
	text := strings.TrimSpace(strings.Join(below, "\n"))
	if first, _, _ := strings.Cut(text, "\n"); first == "(null)" {
		return false, nil
	}
	var object map[string]json.RawMessage
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&object); err != nil || len(object) == 0 {
		return false, unreadable("the configuration of the device is neither (null) nor an object")
	}
	return true, nil
}
