package view

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// Page is everything that one screen shows.
type Page struct {
	Report wire.Report
	Daemon *wire.DaemonStatus // nil where this program checked by itself
	Note   string             // why it did, if a daemon was expected
	Now    time.Time
}

// Write shows the page.
func Write(out io.Writer, s Screen, v Page) error {
	p := &page{Screen: s, out: out, names: wire.NamesOf(v.Report)}
	p.verdict(v)
	p.findings(v.Report)
	p.forecasts(v.Report)
	p.gaps(v.Report)
	p.accounts(v.Report)
	p.device(v.Report)
	p.delivery(v)
	return p.err
}

func (p *page) verdict(v Page) {
	r := v.Report
	p.line("%s  %s", p.paint(verdictStyle(r.Verdict), strings.ToUpper(r.Verdict.String())), p.paint(bold, headline(r)))
	p.holdRestart(r)
	about := []string{r.Device.Name, r.Device.Serial, r.Device.Model}
	if r.Device.OS.Version != "" {
		about = append(about, "macOS "+r.Device.OS.Version)
	}
	about = slices.DeleteFunc(about, func(s string) bool { return s == "" })
	p.paragraph(0, "", plain, strings.Join(append(about, checked(v)), " · "))
	if v.Note != "" {
		p.paragraph(0, "", plain, v.Note)
	}
	if v.Daemon != nil && v.Daemon.Stretched != "" {
		p.paragraph(0, "", plain, rarer(v.Daemon.Stretched))
	}
}

// rarer says why the daemon checks more rarely than it was set to.
func rarer(why string) string {
	if why == "low_battery" {
		return "The daemon checks more rarely while the battery is low."
	}
	return "The daemon checks more rarely at present."
}

func checked(v Page) string {
	by := ""
	if v.Daemon != nil {
		by = " by the daemon"
	}
	return "checked " + ago(v.Now, v.Report.ObservedAt) + by
}

func verdictStyle(v health.Verdict) style {
	switch v {
	case health.VerdictOK:
		return green
	case health.VerdictDegraded:
		return yellow
	case health.VerdictCritical:
		return red
	case health.VerdictUnknown:
	}
	return purple
}

// gaps tells what could not be found out, and so the reason for every
// "unknown": first the essential facts, without which no Mac is called well.
func (p *page) gaps(r wire.Report) {
	var lines []string
	for _, name := range r.Gaps {
		lines = append(lines, gap(name, r.Facts[name])+"; without it there is no verdict")
	}
	lines = append(lines, otherGaps(r)...)
	if len(lines) == 0 {
		return
	}
	p.heading("Could not find out")
	for _, l := range lines {
		p.paragraph(2, "", plain, l)
	}
	p.paragraph(2, "", plain, "What can be done about it says `sudo tokenward doctor`.")
}

// otherGaps are what else is not known, one line for each source: one tool that
// hangs can hide a dozen facts.
func otherGaps(r wire.Report) (lines []string) {
	var sources []string
	facts := map[string][]string{}
	for _, name := range factNames(r) {
		f := r.Facts[name]
		failed := f.Status == "failed" || f.Status == "denied"
		if !failed || slices.Contains(r.Gaps, name) || pointless(r, name) {
			continue
		}
		source := f.Source + "\x00" + describe(f)
		if facts[source] == nil {
			sources = append(sources, source)
		}
		facts[source] = append(facts[source], name)
	}
	for _, source := range sources {
		names := facts[source]
		lines = append(lines, gap(few(names), r.Facts[names[0]]))
	}
	return lines
}

func gap(name string, f wire.Fact) string {
	if f.Source == "" {
		return name + ": " + describe(f)
	}
	return fmt.Sprintf("%s — %s: %s", name, f.Source, describe(f))
}

// pointless: without an enrolment there is no Bootstrap Token to ask about.
func pointless(r wire.Report, name string) bool {
	return strings.HasPrefix(name, "bootstrap.") && yesNo(r, "enrollment.mdm") == "no"
}

func factNames(r wire.Report) []string {
	names := make([]string, 0, len(r.Facts))
	for name := range r.Facts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// describe says in words why a fact is not known.
func describe(f wire.Fact) string {
	switch f.Status + " " + f.Reason {
	case "failed timeout":
		return "it did not answer in time and was stopped"
	case "failed missing":
		return "it is not on this Mac"
	case "failed unreadable":
		return "it printed something that this version cannot read"
	case "failed exit":
		return "it ended with an error"
	case "failed orphans":
		return "it left a process behind and was stopped"
	case "denied ":
		return "not allowed: run this as root, and check Full Disk Access"
	case "not_observed ":
		return "not asked"
	case "absent ":
		return "it does not say"
	}
	return f.Status + " " + f.Reason
}

// ago says how long something was before now.
func ago(now, then time.Time) string {
	switch d := now.Sub(then); {
	case then.IsZero():
		return "never"
	case d < 5*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}
