package publish

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/plistx"
)

const (
	manifestVersion = 1
	home            = "https://github.com/tokenward/tokenward"
	documentation   = home + "/blob/main/docs/configuration.md"
	about           = "Tokenward watches the Secure Tokens, the Bootstrap Token, volume ownership and FileVault of a Mac."
)

// lastModified is when the list of keys was changed last. The manifest names it, and
// must be the same whenever it is made.
func lastModified() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }

// Manifest writes the list of keys as ProfileManifests have it
// (github.com/ProfileManifests/ProfileManifests, format 1).
func Manifest() ([]byte, error) {
	return plistx.Encode(map[string]any{
		"pfm_app_url": home, "pfm_description": about, "pfm_documentation_url": documentation, "pfm_domain": paths.Label,
		"pfm_format_version": 1, "pfm_last_modified": lastModified(), "pfm_platforms": []string{"macOS"}, "pfm_targets": []string{"system"},
		"pfm_title": "Tokenward", "pfm_unique": true, "pfm_version": manifestVersion, "pfm_subkeys": subkeys(),
	})
}

func subkeys() []map[string]any {
	all := payloadKeys()
	for _, k := range config.Keys() {
		all = append(all, subkey(k))
	}
	return all
}

// payloadKeys are those that every payload has.
func payloadKeys() []map[string]any {
	text := func(name, title, value, description string) map[string]any {
		k := map[string]any{"pfm_name": name, "pfm_title": title, "pfm_type": "string", "pfm_description": description}
		if value != "" {
			k["pfm_default"] = value
		}
		return k
	}
	required := func(k map[string]any) map[string]any {
		k["pfm_require"] = "always"
		return k
	}
	uuid := required(text("PayloadUUID", "Payload UUID", "", "Unique identifier of the payload."))
	uuid["pfm_format"] = "^[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}$"
	version := required(text("PayloadVersion", "Payload Version", "", "The version of the payload's format."))
	version["pfm_type"], version["pfm_default"], version["pfm_range_list"] = "integer", 1, []int{1}
	return []map[string]any{
		text("PayloadDescription", "Payload Description", "Settings of Tokenward", "Description of the payload."),
		required(text("PayloadDisplayName", "Payload Display Name", "Tokenward", "Name of the payload.")),
		required(text("PayloadIdentifier", "Payload Identifier", paths.Label, "Identifier of the payload.")),
		required(text("PayloadType", "Payload Type", paths.Label, "The domain of the settings.")),
		uuid, version,
		text("PayloadOrganization", "Payload Organisation", "", "Name of the organisation."),
	}
}

// subkey describes one of our keys.
func subkey(k config.Key) map[string]any {
	out := map[string]any{
		"pfm_name": k.Plist, "pfm_title": k.Title, "pfm_description": k.Text, "pfm_type": pfmType(k.Kind),
		"pfm_app_min": k.Since, "pfm_documentation_url": documentation + "#" + anchor(k),
	}
	switch k.Kind {
	case config.Number:
		out["pfm_range_min"], out["pfm_range_max"] = int(k.Low), int(k.High)
	case config.Duration:
		out["pfm_format"] = durationPattern
	case config.Choice:
		out["pfm_range_list"] = given(k.Choices)
	case config.Texts:
		out["pfm_subkeys"] = []map[string]any{{"pfm_name": "Item", "pfm_title": "Item", "pfm_type": "string"}}
	case config.Records:
		out["pfm_subkeys"] = []map[string]any{{"pfm_name": "Item", "pfm_title": "Item", "pfm_type": "dictionary", "pfm_subkeys": fieldKeys(k.Fields)}}
	case config.Table:
		out["pfm_subkeys"] = []map[string]any{
			{"pfm_name": "{{key}}", "pfm_title": "Code of a condition", "pfm_type": "string"},
			{"pfm_name": "{{value}}", "pfm_title": "Severity", "pfm_type": "string", "pfm_range_list": severities()},
		}
	default:
	}
	if v := defaultOf(k); v != nil {
		out["pfm_default"] = v
	}
	if k.Kind == config.Secret {
		out["pfm_sensitive"] = true
	}
	return out
}

func fieldKeys(fields []config.Field) (all []map[string]any) {
	for _, f := range fields {
		key := map[string]any{"pfm_name": f.Plist, "pfm_title": f.Title, "pfm_type": pfmType(f.Kind)}
		if f.Needed {
			key["pfm_require"] = "always"
		}
		if f.Choices != nil {
			key["pfm_range_list"] = f.Choices
		}
		if f.Kind == config.Day {
			key["pfm_format"] = dayPattern
		}
		all = append(all, key)
	}
	return all
}

func pfmType(k config.Kind) string {
	switch k {
	case config.Number:
		return "integer"
	case config.Texts, config.Records:
		return "array"
	case config.Table:
		return "dictionary"
	default:
		return "string"
	}
}

// defaultOf is the value that counts where nothing is set; nil where it is nothing.
func defaultOf(k config.Key) any {
	switch v := config.Encoded(config.ValueOf(config.Default(), k)).(type) {
	case string:
		if v != "" {
			return v
		}
	case int:
		return v
	}
	return nil
}

// given leaves out the choice that stands for nothing chosen.
func given(choices []string) (named []string) {
	for _, c := range choices {
		if c != "" {
			named = append(named, c)
		}
	}
	return named
}

func severities() []string { return []string{"info", "low", "medium", "high", "critical"} }

// bounds are those of a key, in words.
func bounds(k config.Key) string {
	switch k.Kind {
	case config.Duration:
		return fmt.Sprintf("%s to %s", config.Short(time.Duration(k.Low)), config.Short(time.Duration(k.High)))
	case config.Number:
		return strings.TrimSpace(fmt.Sprintf("%d to %d %s", k.Low, k.High, k.Unit))
	case config.Choice:
		return strings.Join(given(k.Choices), ", ")
	default:
	}
	return cmp.Or(shapes()[k.Kind], "text")
}

func shapes() map[config.Kind]string {
	return map[config.Kind]string{config.Texts: "list of texts", config.Records: "list of sections", config.Table: "severities by code", config.Secret: "secret text"}
}

func upper(s string) string { return strings.ToUpper(s) }

func anchor(k config.Key) string { return strings.ToLower(k.Plist) }
