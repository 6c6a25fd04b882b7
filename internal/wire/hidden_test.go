package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// said is what becomes of a summary on a Mac with these people; each pseudonym is
// shown as the name in brackets.
func said(tb testing.TB, summary string, people ...string) string {
	tb.Helper()
	key := privacyKey(tb, 1)
	r := wire.Report{Findings: []wire.Finding{{Code: "ST_PHANTOM", Subject: health.DeviceSubject, Summary: summary}}}
	got := r.Pseudonymous(wire.Privacy{Key: key, People: people}).Findings[0].Summary
	for _, name := range people {
		got = strings.ReplaceAll(got, key.Pseudonym(wire.UserPseudonym, name), "<"+name+">")
	}
	return got
}

func TestNamesInTexts(t *testing.T) {
	t.Parallel()
	rule, _ := health.RuleOf("ST_PHANTOM")
	catalogue := rule.Title + "."
	for _, tc := range []struct {
		name   string
		people []string
		text   string
		want   string
	}{
		{"none", nil, "lea is gone.", "lea is gone."},
		{"a word", []string{"lea"}, "lea is gone; ask lea, (lea) or lea's chief.", "<lea> is gone; ask <lea>, (<lea>) or <lea>'s chief."},
		{"a part of other words", []string{"lea"}, "Please release the cleaner, lea1, lea_2 and lëa.", "Please release the cleaner, lea1, lea_2 and lëa."},
		{"combined with a mark", []string{"Zoe"}, "Zoe\u0308 is not Zoe.", "Zoe\u0308 is not <Zoe>."},
		{"in capital letters", []string{"lea"}, "LEA and Lea", "<lea> and <lea>"},
		{"in a path", []string{"lea"}, "see /Users/lea/Desktop", "see /Users/<lea>/Desktop"},
		{"one in the other", []string{"lea", "lea rossi", "rossi"}, "lea rossi, lea and rossi", "<lea rossi>, <lea> and <rossi>"},
		{"joined by a hyphen", []string{"jean", "jean-luc"}, "jean-luc is not jean", "<jean-luc> is not <jean>"},
		{"quoted for a shell", []string{"van der berg"}, "Run `id 'van der berg'`.", "Run `id <van der berg>`."},
		{"an apostrophe, quoted", []string{"o'neil"}, `Run ` + "`id 'o'\\''neil'`" + `, o'neil.`, "Run `id <o'neil>`, <o'neil>."},
		{"not to be typed", []string{"a`b"}, "Run `id " + health.CommandWord("a`b") + "` for " + health.Spoken("a`b") + " or a'b", "Run `id <a`b>` for <a`b> or <a`b>"},
		{"not to be typed, and yet quoted", []string{"a`b"}, "Run " + health.ShellWord("a`b") + ".", "Run <a`b>."},
		{"of a regular expression", []string{"a.*", "(x|y)"}, "a.* and (x|y), not abc, x or y", "<a.*> and <(x|y)>, not abc, x or y"},
		{"of JSON", []string{`a"b\`}, `said a"b\ twice`, `said <a"b\> twice`},
		{"composed", []string{"Zo\u00eb"}, "Zoe\u0308 and Zo\u00eb", "<Zo\u00eb> and <Zo\u00eb>"},
		{"decomposed", []string{"Zoe\u0308"}, "Zoe\u0308 and Zo\u00eb", "<Zoe\u0308> and <Zoe\u0308>"},
		{"short", []string{"jo", "q"}, "jo, not joe, and q", "<jo>, not joe, and <q>"},
		{"Greek", []string{"Νίκος"}, "ΝΊΚΟΣ και Νίκος", "<Νίκος> και <Νίκος>"},
		{"an ordinary word", []string{"admin"}, "admin is no admin", catalogue},
		{"another ordinary word", []string{"in", "lea"}, "lea logs in", catalogue},
		{"an article", []string{"the"}, "the end", catalogue},
		{"an ordinary word that does not stand there", []string{"admin", "lea"}, "lea is gone", "<lea> is gone"},
		{"not UTF-8", []string{"l\xffa", "lea"}, "l\xffa \xfe lea", "<l\xffa> \xfe <lea>"},
		{"that looks like a pseudonym", []string{"user-3f9a"}, "user-3f9a", "<user-3f9a>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := said(t, tc.text, tc.people...); got != tc.want {
				t.Errorf("%q\nbecomes\n%q\nwant\n%q", tc.text, got, tc.want)
			}
		})
	}
}

// A reason that an admin wrote has no other words to stand for it, nor has a
// condition of a later version.
func TestTextsWithoutOtherWords(t *testing.T) {
	t.Parallel()
	r := wire.Report{Findings: []wire.Finding{
		{Code: "ST_PHANTOM", Subject: "admin", Muted: "lea wanted it"},
		{Code: "ST_PHANTOM", Subject: "admin", Muted: "admin wanted it"},
		{Code: "NEW", Subject: "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", NextStep: "admin logs in"},
	}}
	key := privacyKey(t, 1)
	got := r.Pseudonymous(wire.Privacy{Key: key, People: []string{"lea"}}).Findings
	if want := key.Pseudonym("user", "lea") + " wanted it"; got[0].Muted != want || got[0].Subject != key.Pseudonym("user", "admin") {
		t.Errorf("got %q of %s, want %q", got[0].Muted, got[0].Subject, want)
	}
	if got[1].Muted != wire.Unsaid || got[2].NextStep != wire.Unsaid || got[2].Subject != r.Findings[2].Subject {
		t.Errorf("got %+v", got)
	}
}

// Whatever a name is: where it stands by itself it does not stay, and a text in
// which nothing is like it does.
func FuzzNamesInTexts(f *testing.F) {
	f.Add("lea", "Ask ", " now.")
	f.Add("o'neil", "", "`")
	f.Add("in", "logs ", "")
	f.Add("a\u0308", "\xff", "\u0308")
	f.Fuzz(func(t *testing.T, name, before, after string) {
		if len(name) > 100 || len(before)+len(after) > 1000 || strings.TrimSpace(name) == "" || !utf8.ValidString(name) {
			return
		}
		key := privacyKey(t, 1)
		hide := func(text string) string {
			r := wire.Report{Findings: []wire.Finding{{Subject: health.DeviceSubject, Muted: text}}}
			return r.Pseudonymous(wire.Privacy{Key: key, People: []string{name}}).Findings[0].Muted
		}
		switch name { // what is the same on every Mac
		case "root", "daemon", "nobody", "Guest", "_mbsetupuser", "loginwindow":
			return
		}
		if got := hide(name); got != wire.Unsaid && got != key.Pseudonym("user", name) && strings.Contains(got, name) {
			t.Errorf("%q alone becomes %q", name, got)
		}
		text := before + " " + name + " " + after
		if got := hide(text); got == text {
			t.Errorf("%q stays in %q", name, text)
		}
		if fold := strings.ToLower(strings.ToUpper(before)); !strings.ContainsAny(fold, strings.ToLower(strings.ToUpper(name))+"'$?`") {
			if got := hide(before); utf8.ValidString(before) && got != before {
				t.Errorf("%q becomes %q, though %q is not in it", before, got, name)
			}
		}
	})
}
