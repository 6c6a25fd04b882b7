package config

import (
	"fmt"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/plistx"
)

// CustomSettings is the payload type under which a profile carries settings of any
// domain (documented: Apple, "Custom" payload; Profile Manager, Custom Settings).
const CustomSettings = "com.apple.ManagedClient.preferences"

// profile reads the settings that a profile lays down for this program. They stand in
// a payload of custom settings, or in one whose type is the domain.
func (r *reading) profile(data []byte) {
	var top map[string]any
	if err := plistx.Decode(data, &top); err != nil {
		r.broken(err)
		return
	}
	lines := linesOf(data)
	if top["PayloadScope"] != "System" {
		r.complain(lines["/PayloadScope"], "PayloadScope", "it must be System: without it a profile is for a user, and a daemon does not see it")
	}
	payloads, _ := top["PayloadContent"].([]any)
	ours := 0
	for i, p := range payloads {
		payload, _ := p.(map[string]any)
		if dict, at, is := settingsOf(payload, fmt.Sprintf("/PayloadContent/%d", i)); is {
			ours++
			r.settings(dict, lines, at)
		}
	}
	switch {
	case ours == 0:
		r.complain(0, "", "no payload of it has forced settings for %s", paths.Label)
	case ours > 1:
		r.complain(0, "", "%d payloads have settings for %s: which of them counts?", ours, paths.Label)
	}
}

// settingsOf finds the settings in a payload, and their place in the document.
func settingsOf(payload map[string]any, at string) (dict map[string]any, place string, ours bool) {
	switch payload["PayloadType"] {
	case paths.Label:
		return payload, at, true
	case CustomSettings:
		content, _ := payload["PayloadContent"].(map[string]any)
		domain, _ := content[paths.Label].(map[string]any)
		forced, _ := domain["Forced"].([]any)
		if len(forced) == 0 {
			return nil, "", false
		}
		first, _ := forced[0].(map[string]any)
		dict, ours = first["mcx_preference_settings"].(map[string]any)
		return dict, at + "/PayloadContent/" + paths.Label + "/Forced/0/mcx_preference_settings", ours
	}
	return nil, "", false
}
