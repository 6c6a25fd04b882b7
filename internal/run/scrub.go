package run

import (
	"regexp"
	"slices"
)

var (
	// documented: the names of what SecurityInfo tells of a personal recovery key
	// begin so (Apple, security.info): the key sealed for a server, and whose it is.
	recoveryKeyName = regexp.MustCompile(`FDE_PersonalRecoveryKey\w*`)

	// The forms of a value, each from behind the name. In the old style it ends
	// with the semicolon behind its quotes or brackets, not with one inside.
	recoveryKeyAssigned = regexp.MustCompile(`^("?)\s*=\s*(?:"(?:[^"\\]|\\(?s:.))*"|<[^<>]*>|\{[^{}]*\}|\([^()]*\)|[\w+/=.-][^;"<>{}()]*)\s*;([\s}]|\z)`)
	recoveryKeyTagged   = regexp.MustCompile(`^(</key>\s*)<(?:\w+/>|\w+>[^<>]*</\w+>)`)
	recoveryKeyUnknown  = regexp.MustCompile(`^("?)(?s:.*)`)

	// A value with nothing in it is no key; the words for nothing are those of
	// Foundation. The word empty is there for texts that were scrubbed before.
	recoveryKeyNothing = regexp.MustCompile(`^("?)\s*=\s*(?:"(?:empty|<null>|\(null\))?"|<\s*(?:null\s*)?>|\(\s*(?:null\s*)?\)|\{\s*(?:length\s*=\s*0\s*,\s*bytes\s*=\s*0x\s*)?\})\s*;([\s}]|\z)`)
	taggedNothing      = regexp.MustCompile(`^(</key>\s*)<(?:(?:data|string|array|dict)\s*/>|data>\s*</data>|string>(?:\s*|empty)</string>|array>\s*</array>|dict>\s*</dict>)`)
)

// scrub drops what must never be seen outside a tool's own process, as soon as
// the tool has ended: nobody else gets the bytes. That there was a value remains.
func scrub(c Command, r Result) Result {
	if c.Tool == Mdmclient && slices.Contains(c.Args, "QuerySecurityInfo") {
		r.Stdout = dropKeys(r.Stdout)
		r.Stderr = dropKeys(r.Stderr)
	}
	return r
}

// dropKeys puts a word in the place of every value that holds a recovery key, and
// another where the value has nothing in it, so that the difference remains.
// Where the form is not known, or the value was cut off, the rest goes with it.
func dropKeys(out []byte) []byte {
	at := recoveryKeyName.FindIndex(out)
	if at == nil {
		return out
	}
	kept := make([]byte, 0, len(out))
	for ; at != nil; at = recoveryKeyName.FindIndex(out) {
		kept = append(kept, out[:at[1]]...)
		kept, out = dropValue(kept, out[at[1]:])
	}
	return append(kept, out...)
}

// dropValue adds what stands in the place of the value at the beginning of out,
// and returns what is left behind the value.
func dropValue(kept, out []byte) (after, rest []byte) {
	for _, value := range []struct {
		form    *regexp.Regexp
		instead string
	}{
		{recoveryKeyNothing, `$1 = "empty";$2`},
		{taggedNothing, `$1<string>empty</string>`},
		{recoveryKeyAssigned, `$1 = "dropped";$2`},
		{recoveryKeyTagged, `$1<string>dropped</string>`},
	} {
		if m := value.form.FindSubmatchIndex(out); m != nil {
			return value.form.Expand(kept, []byte(value.instead), out, m), out[m[1]:]
		}
	}
	m := recoveryKeyUnknown.FindSubmatchIndex(out)
	return recoveryKeyUnknown.Expand(kept, []byte(`$1 = "dropped";`), out, m), nil
}
