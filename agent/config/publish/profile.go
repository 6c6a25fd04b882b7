// Package publish writes the configuration down in the forms that other programs
// read: a configuration profile for an MDM server, the manifest from which profile
// editors make their forms (ProfileManifests), the JSON schema of Jamf Pro, and the
// table of the documentation. All of it comes from the one list of keys.
package publish

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/plistx"
)

// Labels are what a profile says about itself.
type Labels struct {
	Organisation string // empty: none
	Identifier   string // empty: the preferences domain with .profile behind it
	Name         string // empty: Tokenward
}

// Profile writes a configuration profile that lays the settings down as managed
// preferences. The same settings and labels give the same bytes, with the same UUIDs:
// an MDM server does not take it for another profile. It is not signed; the server
// that sends it does that.
//
// The settings are forced in a payload of custom settings, which says so, and leaves
// no keys of the payload itself among them.
func Profile(settings map[string]any, l Labels) ([]byte, error) {
	if len(settings) == 0 {
		return nil, errors.New("profile: there is no setting to put into it")
	}
	content, err := plistx.Encode(settings)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	identifier, name := l.Identifier, l.Name
	if identifier == "" {
		identifier = paths.Label + ".profile"
	}
	if name == "" {
		name = "Tokenward"
	}
	base := identifier + "\x00" + l.Organisation + "\x00" + name + "\x00" + string(content)
	payload := map[string]any{
		"PayloadType": config.CustomSettings, "PayloadVersion": 1, "PayloadIdentifier": identifier + ".settings",
		"PayloadUUID": stable(base + "\x00payload"), "PayloadDisplayName": name + " settings",
		"PayloadContent": map[string]any{paths.Label: map[string]any{"Forced": []any{map[string]any{"mcx_preference_settings": settings}}}},
	}
	profile := map[string]any{
		"PayloadType": "Configuration", "PayloadVersion": 1, "PayloadIdentifier": identifier, "PayloadUUID": stable(base),
		"PayloadDisplayName": name, "PayloadScope": "System", "PayloadRemovalDisallowed": true, "PayloadContent": []any{payload},
		"PayloadDescription": "Settings of the Tokenward agent, " + paths.Label + ".",
	}
	if l.Organisation != "" {
		profile["PayloadOrganization"] = l.Organisation
	}
	return plistx.Encode(profile)
}

// stable is a UUID that the content determines (version 5). It is written in
// capitals, as Apple's own tools do.
func stable(content string) string {
	space := uuid.NewSHA1(uuid.NameSpaceDNS, []byte(paths.Label))
	return upper(uuid.NewSHA1(space, []byte(content)).String())
}
