package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
)

// functions are what the templates may call.
func functions() template.FuncMap {
	return template.FuncMap{
		"answer": answer, "severity": severity, "words": words, "stamp": stamp, "rfc3339": rfc3339,
		"dash": dash, "mark": mark, "plural": plural, "spans": spans, "list": list, "day": day,
	}
}

// mark stands before a verdict, so that colour is not the only sign.
func mark(v health.Verdict) string {
	switch v {
	case health.VerdictCritical:
		return "■"
	case health.VerdictDegraded:
		return "▲"
	case health.VerdictOK:
		return "●"
	case health.VerdictUnknown:
	}
	return "?"
}

// answer is the word for a Tri, which is the class for its colour, too.
func answer(t health.Tri) string { return t.String() }

// severity keeps a word that a later agent may use, but only a known one
// becomes the name of a class.
func severity(s string) string {
	switch s {
	case "critical", "high", "medium", "low", "info":
		return s
	}
	return "other"
}

// words turns the words of the schema, which have underscores, into English.
func words(s string) string { return dash(strings.ReplaceAll(s, "_", " ")) }

// dash shows that nothing is known where a text is empty.
func dash(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// stamp is a time for a person, in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2 Jan 2006, 15:04:05 UTC")
}

// day is a day for a person, in UTC.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// list names several.
func list(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// rfc3339 is a time for a program.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago says how long before now a time was.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}
