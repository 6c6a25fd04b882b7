package redact

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/run"
)

// removed stands where something was. No tool prints it, so no parser takes it
// for an answer.
const removed = "REDACTED"

// unreadable stands for an output that could not be understood, and so not be
// redacted either. It is as unreadable to the parsers as what it stands for.
func unreadable(out []byte) []byte {
	return fmt.Appendf(nil, "%s: %d bytes that could not be read\n", removed, len(out))
}

// readable returns text as the parsers see it: whatever ends its lines, they end
// in a newline. What holds NUL bytes is no text.
func readable(out []byte) (text string, ok bool) {
	if bytes.IndexByte(out, 0) >= 0 {
		return "", false
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(out)), true
}

var (
	block = pattern.Lazy(`(?s)-----BEGIN [^-\n]{1,64}-----.*?-----END [^-\n]{1,64}-----`)
	// A block that was cut off goes as far as it looks like one.
	brokenBlock = pattern.Lazy(`-----BEGIN [^-\n]{1,64}-----(?:\s*[A-Za-z0-9+/=]{16,})*\s*(?:[A-Za-z0-9+/=]+\s*$)?`)
	// documented: six groups of four. A UUID has no more than five that look so.
	recoveryKey   = pattern.Lazy(`(?i)[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5,}`)
	authorization = pattern.Lazy(`(?i)\b(authorization:)[^\n]*`)
	bearer        = pattern.Lazy(`(?i)\b(bearer)[ \t]+[\w.~+/=-]+`)
	webToken      = pattern.Lazy(`\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*`)
	spelledOut    = pattern.Lazy(`(?im)((?:password|passphrase|hint)"?[ \t]*[:=])[ \t]*\S[^\n]*?(;?)[ \t]*$`)
	// An AuthenticationAuthority in text: tags, each with what belongs to it.
	authority = pattern.Lazy(`;(Kerberosv5|Kerberosv5Cert|ShadowHash|LocalCachedUser|NetLogon|PubkeyHash|tokenidentity|basic|LocalWindowsHash|SecureHash);\S*`)
	realm     = pattern.Lazy(`LKDC:SHA1\.[0-9A-Fa-f]+`)
	address   = pattern.Lazy(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)
	blob      = pattern.Lazy(`[A-Za-z0-9+/=_-]{65,}`)
)

// scrub takes out of a text what is secret by its looks, wherever it stands.
func scrub(text string) string {
	text = block.ReplaceAllString(text, removed)
	text = brokenBlock.ReplaceAllString(text, removed)
	text = recoveryKey.ReplaceAllString(text, removed)
	text = authorization.ReplaceAllString(text, "$1 "+removed)
	text = bearer.ReplaceAllString(text, "$1 "+removed)
	text = webToken.ReplaceAllString(text, removed)
	text = spelledOut.ReplaceAllString(text, "$1 "+removed+"$2")
	text = authority.ReplaceAllString(text, ";$1;")
	text = realm.ReplaceAllString(text, removed)
	return outsideAddresses(text)
}

// outsideAddresses takes out long runs of letters and digits, and treats addresses
// by their parts: the slashes in them are no part of a run.
func outsideAddresses(text string) string {
	var b strings.Builder
	at := 0
	for _, place := range address.FindAllStringIndex(text, -1) {
		b.WriteString(blob.ReplaceAllString(text[at:place[0]], removed))
		b.WriteString(scrubAddress(text[place[0]:place[1]]))
		at = place[1]
	}
	b.WriteString(blob.ReplaceAllString(text[at:], removed))
	return b.String()
}

// hostAndPort is the part of an address that says where it leads. Anything else,
// such as a password that holds a slash, makes the address no address.
var hostAndPort = pattern.Lazy(`^(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:@\\]+)(?::\d{0,5})?$`)

// scrubAddress keeps scheme, host, port and path of an address.
func scrubAddress(s string) string {
	scheme, rest, _ := strings.Cut(s, "://")
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	host, inside, slash := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if !hostAndPort.MatchString(host) {
		return removed
	}
	if !slash {
		return scheme + "://" + host
	}
	segments := strings.Split(inside, "/")
	for i, segment := range segments {
		segments[i] = blob.ReplaceAllString(segment, removed)
	}
	return scheme + "://" + host + "/" + strings.Join(segments, "/")
}

// describedData is binary data as Foundation describes it: since 10.15 its length
// and its two ends, before it all of it. documented.
var describedData = pattern.Lazy(`\{length = \d+, bytes = 0x[^}\n]*\}|<[0-9a-f]{2}[0-9a-f ]*>`)

// withoutData takes the bytes out of a described dictionary. That there was a
// value remains.
func withoutData(text string) string {
	return describedData.ReplaceAllString(string(run.WithoutRecoveryKeys([]byte(text))), `"`+removed+`"`)
}
