//go:build linux

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// deed is what one text comes to: commands with what is typed into them, and what
// people do, in order.
type deed struct {
	who   *person
	acts  []*act
	reset state.RecoveryReset // while the Mac is in recoveryOS
}

// act is a command, or something else that somebody does.
type act struct {
	line    string
	answers []typed
	do      func() error
	former  bool // the former password is typed when it is asked for
}

// sentence is one that may stand in a text, and what it means to somebody who
// knows no more than its words. In the pattern NAME is an account, and COMMAND what
// stands between backquotes or on a line of its own.
type sentence struct {
	pattern string
	means   func(d *deed, said []string) error
}

func (d *deed) then(do func() error) error {
	d.acts = append(d.acts, &act{do: do})
	return nil
}

func (d *deed) latest() *act {
	if len(d.acts) == 0 {
		d.acts = append(d.acts, &act{do: func() error { return nil }})
	}
	return d.acts[len(d.acts)-1]
}

func runs(d *deed, said []string) error {
	d.acts = append(d.acts, &act{line: said[0]})
	return nil
}

func nothing(*deed, []string) error { return nil }

// types adds passwords of people, in that order, to the latest command.
func types(d *deed, said []string) error {
	for _, of := range said {
		secret, err := d.who.password(of)
		if err != nil {
			return err
		}
		d.latest().answers = append(d.latest().answers, secret)
	}
	return nil
}

func typesName(d *deed, said []string) error {
	d.latest().answers = append(d.latest().answers, typed{text: said[0], of: said[0], name: true})
	return nil
}

// typesNew makes up a password for whom the latest command names, once it is asked
// for, and not before the present one was typed.
func (d *deed) typesNew(of string) error {
	d.latest().answers = append(d.latest().answers, typed{text: d.who.invents(of)})
	return nil
}

func (d *deed) typesKey() error {
	m, err := d.who.mac()
	if err != nil || !d.who.key {
		return fmt.Errorf("there is no recovery key to type (%w)", err)
	}
	d.latest().answers = append(d.latest().answers, typed{text: m.RecoveryKeyText()})
	return nil
}

// understand takes a text apart into sayings. A sentence that is none of them is
// refused: nobody could do it, or it says something else than it did.
func (p *person) understand(text string, sayings []sentence) (*deed, error) {
	names, err := p.names()
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	account := "'?(" + strings.Join(names, "|") + ")'?"
	d := &deed{who: p}
	for rest := strings.TrimSpace(text); rest != ""; {
		i := slices.IndexFunc(sayings, func(s sentence) bool { return s.at(account).MatchString(rest) })
		if i < 0 {
			return nil, fmt.Errorf("nobody knows what to do with %q", rest)
		}
		found := sayings[i].at(account).FindStringSubmatch(rest)
		if err := sayings[i].means(d, found[1:]); err != nil {
			return nil, fmt.Errorf("%q: %w", found[0], err)
		}
		rest = strings.TrimSpace(rest[len(found[0]):])
	}
	return d, nil
}

func (s sentence) at(account string) *regexp.Regexp {
	pattern := strings.NewReplacer("NAME", account, "COMMAND", "`([^`]+)`[.,:]?", "SHOWN", "`([^`]+)`").Replace(s.pattern)
	return regexp.MustCompile(`^` + pattern + `(?:\s+|$)`)
}

// done does it all.
func (d *deed) done() error {
	for _, a := range d.acts {
		var err error
		if a.line != "" {
			err = d.who.types(a.line, a.answers)
		} else {
			err = a.do()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.line, err)
		}
	}
	return nil
}

// does does what a text says.
func (p *person) does(text string) error {
	d, err := p.understand(text, slices.Concat(recoverySayings(), terminalSayings(), promptSayings(), windowSayings(), consoleSayings()))
	if err != nil {
		return err
	}
	return d.done()
}

func terminalSayings() []sentence {
	return []sentence{
		{`At the Mac, run COMMAND(?:, then ask for the plan again\.|then ask for the plan again\.)?`, runs},
		{`The Mac then asks its server for the Bootstrap Token\.`, nothing},
		{`Make sure that the Mac is on the network\.`, online},
		{`(?:Run|Then run) COMMAND`, runs},
		{`Tell NAME what happens, and make the account an administrator for a few minutes: COMMAND`, func(d *deed, said []string) error { return runs(d, said[1:]) }},
		{`Take the administrator rights back now, whatever came of the step before: COMMAND`, runs},
		{`From another computer in the same network run ` + "`ssh [^@]*@MAC`" + `, and type the password of NAME when it asks\.`, func(d *deed, said []string) error {
			secret, err := d.who.password(said[0])
			if err != nil {
				return err
			}
			return d.then(func() error {
				return d.who.happens(&state.Unlock{User: said[0], Password: &secret.text, SSH: true})
			})
		}},
		{`The connection ends while the Mac starts\.`, nothing},
	}
}

func promptSayings() []sentence {
	both := func(d *deed, said []string) error {
		if err := typesName(d, said[:1]); err != nil {
			return err
		}
		return types(d, said[1:])
	}
	return []sentence{
		{`When it asks for the admin user name, type “NAME”\.`, typesName},
		{`When it asks for the password, type that user's password\.`, func(d *deed, _ []string) error { return types(d, []string{d.latest().answers[0].of}) }},
		{`It asks for the password of NAME first, and then for that of NAME\.`, types},
		{`It asks for the password of NAME first, and then for the new one of NAME\.`, func(d *deed, said []string) error {
			if err := types(d, said[:1]); err != nil {
				return err
			}
			return d.typesNew(said[1])
		}},
		{`It asks for the new password\.`, func(d *deed, _ []string) error { return d.typesNew(afterFlag(d.latest().line, "-resetPasswordFor")) }},
		{`It asks for the name and password of somebody who unlocks the disk: type “NAME”, and the recovery key as the password\.`, func(d *deed, said []string) error {
			if err := typesName(d, said); err != nil {
				return err
			}
			return d.typesKey()
		}},
		{`It asks for the name and password of somebody who unlocks the disk: type “NAME”, and the password of NAME\.`, both},
		{`Then it asks for the password of NAME\.`, types},
	}
}

// afterFlag is the word behind a flag of a command.
func afterFlag(line, flag string) string {
	words := strings.Fields(line)
	i := slices.Index(words, flag)
	if i < 0 || i+1 == len(words) {
		return ""
	}
	return strings.Trim(words[i+1], "'")
}

func windowSayings() []sentence {
	login := func(d *deed, said []string) error {
		a := &act{}
		a.do = func() error { return d.who.logsIn(said[0], a.former) }
		d.acts = append(d.acts, a)
		return nil
	}
	former := func(d *deed, _ []string) error {
		d.latest().former = true
		return nil
	}
	return []sentence{
		{`If the Mac waits at the FileVault window, a colleague unlocks it there first\.`, func(d *deed, _ []string) error { return d.then(d.who.somebodyUnlocks) }},
		{`Whoever is logged in logs out(?: without a restart)?\.`, func(d *deed, _ []string) error { return d.then(d.who.logsOut) }},
		{`NAME (?:logs NAME out|logs out), without a restart\.`, func(d *deed, _ []string) error { return d.then(d.who.logsOut) }},
		{`NAME logs in at the login window, with (?:the password of that account|the present password|the new password)\.`, login},
		{`When the Mac asks for the former password, NAME types it\.`, former},
		{`If the Mac asks for the former password and NAME knows it, NAME types it\.`, former},
		{`Unlocking a locked screen is no login\.`, nothing},
		{`NAME types the former password at the FileVault window\.`, func(d *deed, said []string) error {
			return d.then(func() error { return d.who.unlocks(said[0], d.who.former[said[0]]) })
		}},
		{`NAME types the own password at the FileVault window\.`, func(d *deed, said []string) error {
			return d.then(func() error { return d.who.unlocks(said[0], d.who.knows[said[0]]) })
		}},
		{`NAME types the password of NAME at the FileVault window, in the field of NAME\.`, func(d *deed, said []string) error {
			return d.then(func() error { return d.who.unlocks(said[2], d.who.knows[said[1]]) })
		}},
		{`NAME changes the password at the Mac: System Settings, Users & Groups, Change Password\.`, changes},
		{`It asks for the present one first\.`, nothing},
		{`As soon as NAME can log in at this Mac, NAME changes the password: System Settings, Users & Groups, Change Password\.`, changes},
		{`Then NAME logs out and in once more\.`, again},
	}
}

func changes(d *deed, said []string) error {
	return d.then(func() error { return d.who.changes(said[0]) })
}

func again(d *deed, said []string) error {
	return d.then(func() error { return d.who.logsInAnew(said[0]) })
}

func online(d *deed, _ []string) error {
	return d.then(func() error {
		m, err := d.who.mac()
		if err == nil && m.Offline {
			return d.who.happens(&state.Connect{Network: true})
		}
		return err
	})
}

func recoverySayings() []sentence {
	return []sentence{
		{`Start the Mac in recoveryOS and open Terminal there\.`, func(d *deed, _ []string) error {
			d.reset = state.RecoveryReset{}
			return nil
		}},
		{`Unlock the disk with the recovery key when it is asked for\.`, func(d *deed, _ []string) error {
			if !d.who.key {
				return fmt.Errorf("there is no recovery key")
			}
			d.reset.Key = "right"
			return nil
		}},
		{`Unlock the disk as NAME when a password is asked for\.`, func(d *deed, said []string) error {
			secret, err := d.who.password(said[0])
			d.reset.Unlocker, d.reset.UnlockPassword = said[0], &secret.text
			return err
		}},
		{`Unlock the disk as NAME, with the former password\.`, func(d *deed, said []string) error {
			old := d.who.former[said[0]]
			d.reset.Unlocker, d.reset.UnlockPassword = said[0], &old
			return nil
		}},
		{"Run `resetpassword`, choose NAME, and set a new password" + `\.`, func(d *deed, said []string) error {
			reset := d.reset
			reset.User, reset.New = said[0], d.who.invents(said[0])
			return d.then(func() error { return d.who.happens(&reset) })
		}},
		{`Restart, and have NAME log in with it\.`, func(d *deed, said []string) error {
			return d.then(func() error { return d.who.restartsAndLogsIn(said[0]) })
		}},
	}
}

func consoleSayings() []sentence {
	return []sentence{
		{`In the server's console, reset the password of NAME\.`, func(d *deed, said []string) error {
			d.who.former[said[0]] = d.who.knows[said[0]]
			return d.then(func() error {
				return d.who.happens(&state.ResetPassword{User: said[0], New: d.who.invents(said[0]), By: state.ByAgent})
			})
		}},
		{`The user must be at the Mac, ready for the next step\.`, nothing},
		{`In the server's console, switch the Bootstrap Token on, and push the enrolment profile to this Mac again\.`, func(d *deed, _ []string) error {
			return d.then(func() error {
				return d.who.happens(&state.UpdateProfile{Capability: state.ByProfile})
			})
		}},
		{`The profile must name com\.apple\.mdm\.bootstraptoken in its ServerCapabilities\.`, nothing},
	}
}
