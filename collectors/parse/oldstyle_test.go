package parse_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
)

// What stands in quotes is read as the program meant it.
func TestOldStyleText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, printed, want string }{
		{"a word", `success`, "success"},
		{"marks of a word", `a_b$c/d:e.f-1`, "a_b$c/d:e.f-1"},
		{"nothing", `""`, ""},
		{"quotes and backslash", `"say \"no\" \\ yes"`, `say "no" \ yes`},
		{"control characters", `"a\nb\tc\rd\ae\bf\fg\vh"`, "a\nb\tc\rd\ae\bf\fg\vh"},
		{"beyond ASCII", `"System isn\U2019t sealed"`, "System isn’t sealed"},
		{"a letter in two units", `"\Ud83d\Udd12\U00e4"`, "🔒ä"},
		{"half a letter", `"\Ud83d"`, "\uFFFD"},
		{"printed as it is", `"Ä"`, "Ä"},
		{"a brace", `"};"`, "};"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			info, err := parse.MdmclientQueryDeviceInformation([]byte("EACSPreflight = " + tc.printed + ";\n"))
			if err != nil || info.EACSPreflight == nil || *info.EACSPreflight != tc.want {
				t.Errorf("%s reads as %v, %v", tc.printed, info.EACSPreflight, err)
			}
		})
	}
}

func TestOldStyleRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text string }{
		{"no semicolon", "EACSPreflight = success\n"},
		{"no value", "EACSPreflight = ;\n"},
		{"two words", "EACSPreflight = not supported;\n"},
		{"a line break in quotes", "EACSPreflight = \"a\nb\";\n"},
		{"an escape that nobody prints", `EACSPreflight = "\q";` + "\n"},
		{"an escape without digits", `EACSPreflight = "\U20";` + "\n"},
		{"an escape with a sign", `EACSPreflight = "\U+123";` + "\n"},
		{"no text", "EACSPreflight = \"\xff\";\n"},
		{"data for a text", "EACSPreflight = <00>;\n"},
		{"a dictionary for a text", "EACSPreflight = {};\n"},
		{"data with other letters", "EACSPreflight = success;\nB = <xyz>;\n"},
		{"a list without commas", "EACSPreflight = success;\nB = (a b);\n"},
		{"a comma after the last", "EACSPreflight = success;\nB = (a,);\n"},
		{"a brace too many", "EACSPreflight = success;\n}\n"},
		{"a brace too few", "EACSPreflight = success;\nB = {\n"},
		{"too deep", nested(40)},
		{"too many values", "EACSPreflight = success;\nB = (" + strings.Repeat("a,", 20_000) + "a);\n"},
		{"a long time nothing", strings.Repeat("=\n", 500_000)},
		{"too long", "EACSPreflight = success;\nB = \"" + strings.Repeat("a", 1<<20) + "\";\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if info, err := parse.MdmclientQueryDeviceInformation([]byte(tc.text)); !errors.Is(err, parse.ErrUnreadable) {
				t.Errorf("it reads as %+v, %v", info, err)
			}
		})
	}
}

// The limits leave room for what is real.
func TestOldStyleWithinItsLimits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{nested(10), "EACSPreflight = success;\nB = (" + strings.Repeat("a,", 10_000) + "a);\n"} {
		if info, err := parse.MdmclientQueryDeviceInformation([]byte(text)); err != nil || *info.EACSPreflight != "success" {
			t.Errorf("%.60q reads as %v, %v", text, info.EACSPreflight, err)
		}
	}
}

// nested puts dictionaries and lists into each other.
func nested(depth int) string {
	return "EACSPreflight = success;\nB = " + strings.Repeat("({a = ", depth/2) + "b" + strings.Repeat(";})", depth/2) + ";\n"
}

// A value with nothing in it is no sealed key, and no proof that there is none.
func TestEmptyRecoveryKeyIsNotSealed(t *testing.T) {
	t.Parallel()
	const text = "SecurityInfo = {\nFDE_HasPersonalRecoveryKey = 1;\nFDE_PersonalRecoveryKeyCMS = VALUE;\n};\n"
	for value, sealed := range map[string]bool{
		`"empty"`: false, `""`: false, "<>": false, `"<null>"`: false, "(null)": false, `"(null)"`: false, "()": false, "{}": false,
		"{length = 0, bytes = 0x}": false,
		`"dropped"`:                true, "<00>": true, "{length = 1, bytes = 0x00}": true, "(null, null)": true,
	} {
		info, err := parse.MdmclientQuerySecurityInfo([]byte(strings.ReplaceAll(text, "VALUE", value)))
		if err != nil || (info.KeySealed != nil) != sealed || sealed && !*info.KeySealed {
			t.Errorf("%s reads as %v, %v", value, info.KeySealed, err)
		}
	}
}

// Whoever reads a recording that was not scrubbed does not get the key either.
func TestSecurityInfoHoldsNoRecoveryKey(t *testing.T) {
	t.Parallel()
	const text = "SecurityInfo = {\nFDE_HasPersonalRecoveryKey = 1;\nFDE_PersonalRecoveryKeyCMS = VALUE;\nFDE_PersonalRecoveryKeyDeviceKey = VALUE;\n};\n"
	for _, value := range []string{"CANARY", `"CANARY"`, "(CANARY)", "{a = CANARY;}"} {
		info, err := parse.MdmclientQuerySecurityInfo([]byte(strings.ReplaceAll(text, "VALUE", value)))
		if err != nil || info.KeySealed == nil || !*info.KeySealed {
			t.Fatalf("%s reads as %+v, %v", value, info, err)
		}
		if data, err := json.Marshal(info); err != nil || strings.Contains(string(data), "CANARY") {
			t.Errorf("%s, %v", data, err)
		}
	}
}
