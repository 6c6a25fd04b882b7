package conform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Redactor takes out of a text what tells whose Mac it was: names of accounts and
// people, GUIDs but for those that every Mac has, numbers of the device,
// addresses, directories and, should one ever get there, passwords. The same
// thing has the same stand-in throughout a report.
type Redactor struct {
	secrets []string
	serial  string
	host    string
	names   []pair
	guids   map[string]string
	rules   []rule
}

// rule is a shape and what stands in its place.
type rule struct {
	shape   *regexp.Regexp
	standIn string
}

var (
	guidShape = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	urlShape  = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>;]+`)
)

// pair is a text and what stands in its place.
type pair struct{ text, standIn string }

// NewRedactor returns one for a Mac and what was typed on it.
func NewRedactor(f *Facts, n *Names) *Redactor {
	r := &Redactor{serial: f.Serial, guids: map[string]string{}}
	for _, p := range shapes() {
		r.rules = append(r.rules, rule{regexp.MustCompile(p.text), p.standIn})
	}
	for _, secret := range []string{n.AdminPassword, n.TestPassword, n.NewPassword} {
		if len(secret) > 2 {
			r.secrets = append(r.secrets, secret)
		}
	}
	if _, rest, ok := strings.Cut(f.Server, "://"); ok {
		r.host, _, _ = strings.Cut(rest, "/")
	}
	for i, person := range f.People {
		if person.Name != TestAccount {
			r.addPerson(i+1, &person)
		}
	}
	slices.SortStableFunc(r.names, func(a, b pair) int { return len(b.text) - len(a.text) })
	return r
}

// addPerson notes all that somebody is called. Words that stand in Apple's own
// texts are not taken for parts of a name.
func (r *Redactor) addPerson(i int, p *Record) {
	user, full := fmt.Sprintf("user%d", i), fmt.Sprintf("Person %d", i)
	for _, name := range append([]string{p.Name}, p.OtherNames...) {
		r.addName(name, user)
	}
	if p.RealName != p.Name {
		r.addName(p.RealName, full)
	}
	for _, word := range strings.FieldsFunc(p.RealName, func(c rune) bool { return !unicode.IsLetter(c) }) {
		if utf8.RuneCountInString(word) >= 4 && !isOrdinary(word) {
			r.addName(word, full)
		}
	}
}

// addName notes a name as it is, and as property lists and old lists write it.
func (r *Redactor) addName(name, standIn string) {
	if name == "" {
		return
	}
	xml := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(name)
	for _, form := range []string{name, xml, strings.NewReplacer("'", "&#39;", `"`, "&#34;").Replace(xml), oldStyle(name)} {
		if !slices.Contains(r.names, pair{form, standIn}) {
			r.names = append(r.names, pair{form, standIn})
		}
	}
}

// oldStyle is a text as the lists of NeXT have it.
func oldStyle(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		if unit < 0x80 {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\U%04x`, unit)
		}
	}
	return b.String()
}

func isOrdinary(word string) bool {
	return slices.Contains(strings.Fields("account admin administrator admins agent boot bootstrap disabled directory enabled error group guest help "+
		"home local login macos management open recovery remote root secure server service setup shared status support system team test token unknown user users volume"),
		strings.ToLower(word))
}

// Redact returns the text without it.
func (r *Redactor) Redact(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, "PASSWORD")
	}
	if r.serial != "" {
		text = strings.ReplaceAll(text, r.serial, "SERIAL")
	}
	text = guidShape.ReplaceAllStringFunc(text, r.guid)
	text = urlShape.ReplaceAllStringFunc(text, address)
	if r.host != "" {
		text = strings.ReplaceAll(text, r.host, "HOST")
	}
	for _, rule := range r.rules {
		text = rule.shape.ReplaceAllString(text, rule.standIn)
	}
	for _, name := range r.names {
		text = replaceWord(text, name.text, name.standIn)
	}
	return text
}

// shapes are what can be told by its shape alone.
func shapes() []pair {
	return []pair{
		{`LKDC:SHA1\.[0-9A-Fa-f]+`, "LKDC:SHA1.HIDDEN"},
		{`/(Active Directory|LDAPv3)/[^:;"<\n]+`, "/$1/DIRECTORY"},
		{`(;Kerberosv5;;[^@;\n]*@)[^L;\n][^;\n]*;[^;\n]*;`, "${1}REALM;REALM;"},
		{`(;NetLogon;[^;\n]*;)[^;\s<]+`, "${1}DOMAIN"},
		{`[\w.+-]+@[\w-]+(\.[\w-]+)+`, "ADDRESS"},
		{`\b[A-Z0-9]{4}(-[A-Z0-9]{4}){5}\b`, "RECOVERY-KEY"},
		{`\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b`, "HARDWARE-ADDRESS"},
		{`\b\d{1,3}(\.\d{1,3}){3}\b`, "IP-ADDRESS"},
		{`\b(0x)?[0-9A-Fa-f]{16,}\b`, "HEX"},
	}
}

// guid stands in for a GUID, except for those that are the same on every Mac.
func (r *Redactor) guid(found string) string {
	key := strings.ToUpper(found)
	for _, known := range []string{"FFFFEEEE-DDDD-CCCC-BBBB-AAAA", "ABCDEFAB-CDEF-ABCD-EFAB-CDEF0000"} {
		if strings.HasPrefix(key, known) {
			return found
		}
	}
	if slices.Contains(wellKnown(), key) {
		return found
	}
	if r.guids[key] == "" {
		r.guids[key] = fmt.Sprintf("GUID%d", len(r.guids)+1)
	}
	return r.guids[key]
}

// wellKnown are the UUIDs of cryptographic users that every Mac has.
func wellKnown() []string {
	return []string{
		"EBC6C064-0000-11AA-AA11-00306543ECAC", "C064EBC6-0000-11AA-AA11-00306543ECAC", "64C0C6EB-0000-11AA-AA11-00306543ECAC",
		"2FA31400-BAFF-4DE7-AE2A-C3AA6E1FD340", "EC1C2AD9-B618-4ED6-BD8D-50F361C27507", "2457711A-523C-4604-B75A-F48A571D5036",
	}
}

// address keeps Apple's own, which stands in every property list.
func address(found string) string {
	if strings.HasPrefix(found, "http://www.apple.com/DTDs/") {
		return found
	}
	return "URL"
}

// replaceWord replaces a text, in capitals or not, wherever it is not a part of a
// longer word.
func replaceWord(text, word, standIn string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		end := i + len(word)
		if end <= len(text) && text[i]|0x20 == word[0]|0x20 && strings.EqualFold(text[i:end], word) && isEdge(text, i) && isEdge(text, end) {
			b.WriteString(standIn)
			i = end
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// isEdge says whether no word goes on across this place.
func isEdge(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	inWord := func(c rune) bool { return c != utf8.RuneError && (unicode.IsLetter(c) || unicode.IsDigit(c)) }
	return !inWord(before) || !inWord(after)
}
