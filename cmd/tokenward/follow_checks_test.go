//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// makesSure does what stands before a step: what it wants is so, or the person sees
// to it.
func (p *person) makesSure(text string) error {
	d, err := p.understand(text, []sentence{
		{`The Mac is on the network, also at the login window\.`, online},
		{`NAME is at the Mac, and the Mac is on the network\.`, online},
		{`NAME agrees that somebody else sets the password\.`, nothing},
		{`The Bootstrap Token is proven\.`, nothing},
		{`The password of no administrator is known\.`, nothing},
		{`Somebody is there who can run the command as root all the same\.`, nothing},
		{`The command is run as root, by a script of the management server\.`, nothing},
		{`The console can reset the password of this account\.`, nothing},
		{`Apple's own command does so for the administrator alone whom the server had made\.`, nothing},
		{`The Mac was not restarted since the password was set\.`, nothing},
		{`NAME holds a token that works, so that one is left\.`, nothing},
	})
	if err != nil {
		return err
	}
	return d.done()
}

// looks does what stands behind Check, and says whether the Mac shows what it is to
// show. The error is of a text that nobody can follow.
func (p *person) looks(text string) (shown bool, err error) {
	l := &look{p: p, shown: true}
	d, err := p.understand(text, slices.Concat(l.commands(), l.windows(), l.earlier()))
	if err != nil {
		return false, err
	}
	if err := d.done(); err != nil {
		return false, err
	}
	return l.shown, nil
}

// look is one check.
type look struct {
	p     *person
	shown bool
	last  string // what the step itself printed
}

func (l *look) prints(d *deed, line string, parts ...string) error {
	return d.then(func() error {
		if err := l.p.types(line, nil); err != nil {
			return err
		}
		for _, part := range parts {
			l.shown = l.shown && strings.Contains(l.p.shown, part)
		}
		return nil
	})
}

func (l *look) commands() []sentence {
	return []sentence{
		{`COMMAND says ENABLED, and COMMAND lists ([^ ]+)\.`, func(d *deed, said []string) error {
			if err := l.prints(d, said[0], "Secure token is ENABLED for user"); err != nil {
				return err
			}
			return d.then(func() error {
				err := l.p.types(said[1], nil)
				_, entry, listed := strings.Cut(l.p.shown, "+-- "+said[2]+"\n")
				l.shown = l.shown && listed && strings.HasPrefix(strings.TrimLeft(entry, "| "), "Type: Local Open Directory User")
				return err
			})
		}},
		{`COMMAND says DISABLED\.`, func(d *deed, said []string) error { return l.prints(d, said[0], "Secure token is DISABLED for user") }},
		{`COMMAND says SHOWN\.`, func(d *deed, said []string) error { return l.prints(d, said[0], said[1]+"\n") }},
		{`COMMAND names NAME\.`, func(d *deed, said []string) error { return l.prints(d, said[0], said[1]+",") }},
		{`COMMAND answers (yes|no)\.`, func(d *deed, said []string) error { return l.prints(d, said[0], said[1]+" ") }},
		{`Done! alone proves nothing\.`, nothing},
	}
}

// earlier are checks of what the step itself printed.
func (l *look) earlier() []sentence {
	l.last = l.p.shown
	return []sentence{
		{`The last line is SHOWN, and COMMAND says SHOWN\.`, func(d *deed, said []string) error {
			l.shown = l.shown && strings.HasSuffix(l.last, said[0]+"\n")
			return l.prints(d, said[1], said[2]+"\n")
		}},
		{`It prints SHOWN\.?`, func(_ *deed, said []string) error {
			l.shown = l.shown && strings.Contains(l.last, said[0])
			return nil
		}},
		{`It says that nothing is to be done: the Mac could fetch its Bootstrap Token\.`, func(*deed, []string) error {
			l.shown = l.shown && strings.Contains(unwrapped(l.last), "Nothing is to be done")
			return nil
		}},
	}
}

func (l *look) windows() []sentence {
	on := func(d *deed, who string) error {
		return d.then(func() error {
			m, err := l.p.mac()
			l.shown = l.shown && m.Phase == state.Running && m.Console.User == who
			return err
		})
	}
	refused := func(d *deed, said []string) error {
		return d.then(func() error {
			old, known := l.p.former[said[0]]
			l.shown = l.shown && (!known || l.p.happens(&state.Authenticate{User: said[0], Password: &old}) != nil)
			return nil
		})
	}
	return []sentence{
		{`The login window appears\.`, func(d *deed, _ []string) error { return on(d, "") }},
		{`The desktop of NAME appears\.`, func(d *deed, said []string) error { return on(d, said[0]) }},
		{`The former password of NAME is refused\.`, refused},
		{`The user can log in with the new password\.`, func(d *deed, _ []string) error { return d.then(l.logsIn) }},
		{`If the former one still works, the Mac refused the reset\.`, nothing},
		{`The user can change the password of that account in System Settings\.`, func(d *deed, _ []string) error { return d.then(l.changes) }},
		{`A token that is still on a former password refuses that\.`, nothing},
		{`Afterwards the user logs out and in once more, so that the next check sees whose change it was\.`, func(d *deed, _ []string) error {
			return d.then(func() error {
				if !l.shown {
					return nil
				}
				return l.p.logsInAnew(l.p.subject)
			})
		}},
	}
}

func (l *look) logsIn() error {
	if err := l.p.logsIn(l.p.subject, false); err != nil {
		l.shown = false
	}
	return nil
}

func (l *look) changes() error {
	before := l.p.knows
	if err := l.p.changes(l.p.subject); err != nil {
		l.p.knows, l.shown = before, false
	}
	return nil
}

// answers says what the person knows.
func (p *person) answers(question string) (yes bool, err error) {
	said := func(is func(name string) bool) func(*deed, []string) error {
		return func(_ *deed, names []string) error {
			name := ""
			if len(names) > 0 {
				name = names[0]
			}
			yes = is(name)
			return nil
		}
	}
	knows := func(name string) bool { return p.knows[name] != "" }
	there := func(name string) bool { return knows(name) && !slices.Contains(p.absent, name) }
	remembers := func(name string) bool { return p.former[name] != "" }
	key := func(string) bool { return p.key }
	_, err = p.understand(question, []sentence{
		{`Can NAME, or somebody who knows the password of NAME, log in at the Mac\?`, said(there)},
		{`Can NAME come to the Mac, to log in with a password that is set anew\?`, said(func(name string) bool { return !slices.Contains(p.absent, name) })},
		{`Does somebody know the password of NAME\?`, said(knows)},
		{`Does NAME remember the (?:former password|password from before the reset)\?`, said(remembers)},
		{`Did NAME set the present password without help, knowing the former one\?`, said(func(name string) bool { return slices.Contains(p.own, name) })},
		{`Can NAME change the password of that account in System Settings\? A token that is still on a former password refuses that\.`, said(func(name string) bool {
			return knows(name) && p.changes(name) == nil
		})},
		{`Is the recovery key of FileVault at hand(?:, here or at the server)?\?(?: Look in the console, too\.)?`, said(key)},
		{`Can NAME, who can unlock the disk too, come to the Mac\?`, said(there)},
		{`Is it macOS 26 or later with Remote Login on, and do you know the password of NAME\?`, said(func(name string) bool {
			m, err := p.mac()
			return err == nil && m.OS.AtLeast(26) && knows(name)
		})},
		{`Can the password of NAME be told to NAME, and be changed afterwards\?`, said(func(name string) bool { return knows(name) && p.shares })},
		{"Was the type typed as one word, `bootstraptoken`" + `\? With a blank in it every Mac gives this answer\.`, said(func(string) bool { return !p.twoWords })},
		{`Is it macOS 10\.15 or later\? ` + "`sw_vers -productVersion`" + ` tells\.`, said(func(string) bool {
			return p.types("sw_vers -productVersion", nil) == nil && !strings.HasPrefix(p.shown, "10.1") || strings.HasPrefix(p.shown, "10.15")
		})},
	})
	if err != nil {
		return false, fmt.Errorf("a question that nobody understands: %w", err)
	}
	return yes, nil
}
