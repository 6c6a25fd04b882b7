package view

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// WriteOwn is the page of somebody who is no administrator here: how the Mac is,
// what to do and what to tell the help desk, and nobody's name.
func WriteOwn(out io.Writer, s Screen, o wire.Own, now time.Time) error {
	p := &page{Screen: s, out: out}
	p.line("%s  %s", p.paint(verdictStyle(o.Verdict), strings.ToUpper(o.Verdict.String())), p.paint(bold, ownHeadline(o)))
	p.hold(o)
	if o.Public != nil {
		p.paragraph(0, "", plain, "This Mac was checked "+ago(now, o.Public.CheckedAt)+".")
	}
	if o.Note != "" {
		p.paragraph(0, "", plain, o.Note)
	}
	p.ownAccount(o)
	p.helpDesk(o)
	if o.Admin == health.Yes {
		p.line("")
		p.paragraph(0, "", plain, "You are an admin of this Mac: `sudo tokenward status` shows the rest.")
	}
	return p.err
}

func ownHeadline(o wire.Own) string {
	switch o.Verdict {
	case health.VerdictOK:
		return "This Mac is in order"
	case health.VerdictDegraded:
		return "Something needs the help desk"
	case health.VerdictCritical:
		return "The help desk must look at this Mac"
	case health.VerdictUnknown:
	}
	return "It is not known whether this Mac is in order"
}

// hold says that the Mac shall stay on, where that is known to matter.
func (p *page) hold(o wire.Own) {
	if staysOn(o) {
		p.alarm("Do not restart or shut down this Mac before you have talked to the help desk: somebody may be locked out afterwards.")
	}
}

// staysOn: the daemon says so. When passwords were set, the Mac tells root alone.
func staysOn(o wire.Own) bool { return o.Public != nil && o.Public.HoldRestart == health.Yes }

func (p *page) ownAccount(o wire.Own) {
	p.heading("Your account")
	if !o.Known {
		p.paragraph(2, "", plain, "It is not in this Mac's own list of accounts, so the Mac cannot say more about it.")
		return
	}
	p.ownLine("Secure Token", map[string]string{
		"usable": "yes", "absent": "no: you cannot unlock the disk after a restart, if it is encrypted",
		"present_but_unusable": "yes, but it does not work",
	}[o.Token])
	p.ownLine("Starts this Mac", inWords(o.Unlocks, "yes: you can unlock the disk", "no, or the disk is not encrypted"))
	p.ownLine("Admin", inWords(o.Admin, "yes", "no"))
}

func (p *page) ownLine(label, text string) {
	p.paragraph(2, pad(label, 17), dim, cmp.Or(text, "only an admin can find out"))
}

// helpDesk is what to read out on the phone.
func (p *page) helpDesk(o wire.Own) {
	tell := tellHelpDesk(o)
	if tell == "" {
		return
	}
	p.heading("Tell the help desk")
	p.paragraph(2, "", plain, "“"+tell+"”")
	for _, f := range o.Findings {
		p.paragraph(2, "", plain, f.Title+". "+f.Consequence)
	}
}

func tellHelpDesk(o wire.Own) string {
	var parts []string
	if o.Verdict != health.VerdictOK {
		parts = append(parts, "Tokenward says "+o.Verdict.String()+" for my Mac.")
	}
	if staysOn(o) {
		parts = append(parts, "It says that the Mac must not be restarted.")
	}
	var codes []string
	for _, f := range o.Findings {
		codes = append(codes, f.Code)
	}
	if len(codes) > 0 {
		parts = append(parts, "About my account it says: "+strings.Join(codes, ", ")+".")
	}
	return strings.Join(parts, " ")
}

func inWords(is health.Tri, yes, no string) string {
	switch is {
	case health.Yes:
		return yes
	case health.No:
		return no
	case health.Unknown:
	}
	return ""
}
