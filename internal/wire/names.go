package wire

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tokenward/tokenward/health"
)

// Names are those of accounts, and other words from a Mac, that stand in texts and
// that nobody can type or that would end a command early: the ones with backquotes,
// with control characters and with characters that cannot be seen. Whoever may choose
// a name must not choose what an admin types as root.
type Names []string

// Typeable says whether a name can stand in a command that a person copies.
func Typeable(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r == '`' || r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}

// ShownName is a name in a form that nobody takes for a command.
func ShownName(name string) string { return strings.ReplaceAll(name, "`", "'") }

// NamesOf are the untypeable names of a report.
func NamesOf(r Report) Names {
	words := []string{r.Device.Name}
	for _, a := range r.Accounts {
		words = append(words, a.Name, a.RealName, a.GUID)
	}
	for _, f := range r.Facts {
		if text, is := f.Value.(string); is {
			words = append(words, text)
		}
	}
	return NamesAmong(words)
}

// NamesOn are the untypeable names on a Mac.
func NamesOn(m health.Model) Names {
	var words []string
	for i := range m.Accounts {
		words = append(words, m.Accounts[i].Name, m.Accounts[i].RealName, m.Accounts[i].GUID)
	}
	return NamesAmong(words)
}

// NamesAmong are the untypeable ones of some words, the longest first, since one may
// be a part of another.
func NamesAmong(words []string) Names {
	words = slices.DeleteFunc(words, Typeable)
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return slices.Compact(words)
}

// Withheld stands where a command would name an account whose name cannot be typed.
const Withheld = "(no command is shown here: the name of that account cannot be typed)"

// Neutral returns a text in which only commands of this program stand between
// backquotes, and none that names one of these. Where such a command was, the text
// says so.
func (n Names) Neutral(text string) string {
	marked := n.mark(text)
	if marked == text {
		return text
	}
	parts := strings.Split(marked, "`")
	for i := 1; i < len(parts)-1; i += 2 {
		if strings.Contains(parts[i], mark) {
			parts[i] = Withheld
		} else {
			parts[i] = "`" + parts[i] + "`"
		}
	}
	return n.unmark(strings.Join(parts, ""))
}

// In says whether one of them stands in a text.
func (n Names) In(text string) bool { return n.mark(text) != text }

// mark stands before and after the number of a name that was taken out.
const mark = "\x00"

// mark takes the names out of a text, also as a shell would have to read them.
func (n Names) mark(text string) string {
	text = unmarked(text)
	for i, name := range n {
		name = unmarked(name)
		place := mark + strconv.Itoa(i) + mark
		text = strings.ReplaceAll(text, health.ShellWord(name), place)
		text = strings.ReplaceAll(text, name, place)
	}
	return text
}

// unmarked is a text in which nothing looks like a mark yet.
func unmarked(text string) string {
	return strings.ReplaceAll(text, mark, string(unicode.ReplacementChar))
}

// unmark puts them back, in a form that nobody takes for a command.
func (n Names) unmark(text string) string {
	for i, name := range n {
		text = strings.ReplaceAll(text, mark+strconv.Itoa(i)+mark, ShownName(unmarked(name)))
	}
	return text
}

// Finding is a finding with neutral texts.
func (n Names) Finding(f Finding) Finding {
	for _, text := range []*string{&f.Title, &f.Summary, &f.Consequence, &f.NextStep, &f.DoNot} {
		*text = n.Neutral(*text)
	}
	return f
}
