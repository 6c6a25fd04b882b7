package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// WriteHistory tells what changed on this Mac, the newest first, by days.
func WriteHistory(out io.Writer, s Screen, h wire.History, now time.Time) error {
	p := &page{Screen: s, out: out, names: namesIn(h)}
	if len(h.Changes) == 0 {
		p.paragraph(0, "", plain, nothingChanged(h, now))
		return p.err
	}
	day := ""
	for _, c := range h.Changes {
		at := c.At.In(now.Location())
		if is := at.Format("Monday, 2 January 2006"); is != day {
			if day != "" {
				p.line("")
			}
			day = is
			p.line("%s", p.paint(bold, day))
		}
		p.paragraph(2, at.Format("15:04")+"  ", changeStyle(c), Sentence(c))
	}
	return p.err
}

func namesIn(h wire.History) wire.Names {
	var words []string
	for _, c := range h.Changes {
		words = append(words, c.Name, c.Subject)
	}
	return wire.NamesAmong(words)
}

func nothingChanged(h wire.History, now time.Time) string {
	if h.Last.IsZero() {
		return "Nothing is remembered of this Mac: no daemon has checked it yet."
	}
	return "Nothing has changed in that time, as far as is remembered. The last check was " + ago(now, h.Last) + "."
}

func changeStyle(c health.Change) style {
	switch c.Kind {
	case health.FindingRaised, health.TokenLost, health.HolderGone, health.OwnerLost, health.ServerForgot, health.DriftSuspected:
		return yellow
	case health.FindingCleared, health.TokenGained, health.DriftCleared:
		return green
	case health.EnrollmentChanged, health.SupportChanged, health.EscrowChanged, health.FileVaultChanged, health.KeySealedAnew,
		health.SystemChanged, health.AdminGained, health.AdminLost, health.PasswordSetAnew:
	}
	return dim
}

// Sentence says in words what changed. A kind that this version does not know is
// told by its name.
func Sentence(c health.Change) string {
	switch c.Kind {
	case health.FindingRaised, health.FindingCleared:
		return findingSentence(c)
	case health.EnrollmentChanged:
		return enrollmentSentence(c)
	case health.SupportChanged:
		return onOff(c, "The server began to support the Bootstrap Token.", "The server no longer supports the Bootstrap Token.")
	case health.EscrowChanged:
		return onOff(c, "The Bootstrap Token was escrowed.", "The Bootstrap Token is no longer escrowed.")
	case health.ServerForgot:
		return "The Mac can no longer fetch its Bootstrap Token from the server, in the same enrolment."
	case health.FileVaultChanged:
		return onOff(c, "FileVault was turned on.", "FileVault was turned off.")
	case health.KeySealedAnew:
		return "A new FileVault recovery key was sealed for the server."
	case health.SystemChanged:
		return fmt.Sprintf("macOS went from %s to %s.", c.Was, c.Is)
	case health.TokenGained, health.TokenLost, health.HolderGone, health.AdminGained, health.AdminLost, health.OwnerLost,
		health.PasswordSetAnew, health.DriftSuspected, health.DriftCleared:
		return accountSentence(c)
	}
	return strings.ReplaceAll(string(c.Kind), "_", " ") + "."
}

func onOff(c health.Change, on, off string) string {
	if c.Is == health.Yes.String() {
		return on
	}
	return off
}

func accountSentence(c health.Change) string {
	words := map[health.ChangeKind]string{
		health.TokenGained:     "got a Secure Token.",
		health.TokenLost:       "lost the Secure Token.",
		health.HolderGone:      "held a Secure Token, and the account is gone.",
		health.AdminGained:     "became an admin.",
		health.AdminLost:       "is no longer an admin.",
		health.OwnerLost:       "no longer owns the volume.",
		health.PasswordSetAnew: "has a new password.",
		health.DriftSuspected:  "has a password that was set without a login since: the token may open with the former one.",
		health.DriftCleared:    "logged in with the new password: the token opens with it.",
	}
	return whose(c) + " " + words[c.Kind]
}

func whose(c health.Change) string {
	if c.Name != "" {
		return c.Name
	}
	return c.Subject
}

func enrollmentSentence(c health.Change) string {
	switch {
	case c.Is == health.No.String():
		return "The Mac left its management server."
	case c.Was == health.No.String():
		return "The Mac enrolled with a management server."
	}
	return fmt.Sprintf("The enrolment changed: it was %s, it is %s.", c.Was, c.Is)
}

// findingSentence gives the title of a condition that this version knows.
func findingSentence(c health.Change) string {
	title := ""
	if rule, known := health.RuleOf(c.Code); known {
		title = ": " + rule.Title
	}
	about := ""
	if c.Subject != health.DeviceSubject {
		about = ", " + whose(c)
	}
	if c.Kind == health.FindingCleared {
		return fmt.Sprintf("Gone (%s%s)%s.", c.Code, about, title)
	}
	return fmt.Sprintf("Found, %s (%s%s)%s.", c.Is, c.Code, about, title)
}
