package wire

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tokenward/tokenward/health"
)

// hidden are the names that must not stand in a text, and what stands there
// instead. A name is found as a word or some words, in any case of its letters, and
// in all the forms that a sentence or a command gives it; never as a part of
// another word.
type hidden struct {
	key    PrivacyKey
	names  map[string]bool
	texts  map[string]bool   // of all forms
	forms  map[string][]form // by their beginning, see beginning; the longest first
	common map[string]bool   // names that are words of the catalogue; nil until that is asked
	sorted bool
}

// form is one way in which a name stands in a text.
type form struct {
	text string
	name string
	kind string
}

func newHidden(key PrivacyKey) *hidden {
	return &hidden{key: key, names: map[string]bool{}, texts: map[string]bool{}, forms: map[string][]form{}}
}

// ours says whether a name is the same on every Mac: nobody is named by it.
func ours(name string) bool {
	switch name {
	case "", "root", "daemon", "nobody", "Guest", "_mbsetupuser", "loginwindow",
		"System Administrator", "System Services", "Unprivileged User", "Guest User", "Setup User":
		return true
	}
	return false
}

// name is what stands for a name that fills a field of its own.
func (h *hidden) name(kind, name string) string {
	if ours(name) {
		return name
	}
	return h.key.Pseudonym(kind, name)
}

// add hides a name, unless it is hidden already.
func (h *hidden) add(kind, name string) {
	if ours(name) || h.names[name] {
		return
	}
	h.names[name] = true
	for _, composed := range []string{name, norm.NFC.String(name), norm.NFD.String(name)} {
		for _, text := range []string{composed, health.Spoken(composed), ShownName(composed), health.ShellWord(composed), health.CommandWord(composed)} {
			h.insert(form{text: text, name: name, kind: kind})
		}
	}
}

func (h *hidden) insert(f form) {
	if h.texts[f.text] {
		return
	}
	begins := beginning(f.text)
	h.texts[f.text], h.sorted = true, false
	h.forms[begins] = append(h.forms[begins], f)
}

// text is a text without names. Where one of them is a word of the catalogue,
// instead stands for the whole.
func (h *hidden) text(text, instead string) string {
	without, names := h.replace(text)
	if slices.ContainsFunc(names, h.isCommon) {
		return instead
	}
	return without
}

// isCommon says whether a name is an ordinary word or some words of the texts of
// findings, such as admin.
func (h *hidden) isCommon(name string) bool {
	if h.common == nil {
		h.common = map[string]bool{}
		for _, r := range health.Rules() {
			for _, text := range []string{r.Title, r.Why, r.Consequence, r.NextStep, r.DoNot} {
				_, names := h.replace(text)
				for _, common := range names {
					h.common[common] = true
				}
			}
		}
	}
	return h.common[name]
}

// replace puts pseudonyms where names stand, and returns the names that it found.
func (h *hidden) replace(text string) (without string, names []string) {
	h.sort()
	var out strings.Builder
	for text != "" {
		begins := beginning(text)
		f, length := h.at(text, begins)
		if length > 0 {
			names = append(names, f.name)
			out.WriteString(h.key.Pseudonym(f.kind, f.name))
		} else {
			length = firstWord(text)
			out.WriteString(text[:length])
		}
		text = text[length:]
	}
	return out.String(), names
}

func (h *hidden) sort() {
	if h.sorted {
		return
	}
	for _, forms := range h.forms {
		slices.SortStableFunc(forms, func(a, b form) int { return cmp.Compare(len(b.text), len(a.text)) })
	}
	h.sorted = true
}

// at returns the longest name with which a text begins, and how long it is there;
// 0 where it begins with none.
func (h *hidden) at(text, begins string) (form, int) {
	for _, f := range h.forms[begins] {
		length := prefix(text, f.text)
		if length == 0 {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(f.text)
		next, _ := utf8.DecodeRuneInString(text[length:])
		if length == len(text) || !inWord(last) || !inWord(next) {
			return f, length
		}
	}
	return form{}, 0
}

// prefix is how much of the text the form takes, in any case of its letters; 0
// where the text does not begin with it.
func prefix(text, form string) int {
	length := 0
	for form != "" {
		want, size := utf8.DecodeRuneInString(form)
		got, taken := utf8.DecodeRuneInString(text[length:])
		if taken == 0 || folded(want) != folded(got) {
			return 0
		}
		form, length = form[size:], length+taken
	}
	return length
}

// firstWord is how long the word is with which a text begins; where it begins
// with none, how long that character is.
func firstWord(text string) int {
	first, size := utf8.DecodeRuneInString(text)
	if !inWord(first) {
		return size
	}
	if end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) }); end >= 0 {
		return end
	}
	return len(text)
}

// beginning is by what a form is looked up: its first word in folded letters.
func beginning(text string) string { return strings.Map(folded, text[:firstWord(text)]) }

func inWord(r rune) bool { return r == '_' || unicode.In(r, unicode.L, unicode.N, unicode.M) }

func folded(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }
