package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// authorised says whether credentials were given, or a dialog was asked for.
func (o *accountOptions) authorised() bool { return o.has("-adminUser") || o.says("interactive") }

// askPasswords asks for every password that was given as "-". community: the
// administrator's comes first, also through a pipe. observed (10.14): "User
// password:", there after the first lines of the log; nobody has published the
// other prompts.
func (o *accountOptions) askPasswords(m *state.Mac, c *Call) error {
	for _, p := range []struct{ flag, prompt string }{
		{"-adminPassword", "macsim: the administrator's password:"},
		{"-oldPassword", "macsim: the old password:"},
		{"-newPassword", "macsim: the new password:"},
		{"-password", "User password:"},
	} {
		if o.values[p.flag] != "-" {
			continue
		}
		answer, err := askAccountPassword(m, c, p.prompt)
		if err != nil {
			return err
		}
		o.values[p.flag] = answer
	}
	return nil
}

// askAccountPassword asks on a terminal or takes a line of a pipe. community: a
// terminal gives 128 bytes at most, a pipe 1022.
func askAccountPassword(m *state.Mac, c *Call, prompt string) (string, error) {
	answer, err := c.Input.Ask(Question{Prompt: prompt, Hidden: true, Pipe: !m.Switches.PipeIsNoTerminal, Limit: 128})
	if err == nil && len(answer) > 1022 {
		return "", ErrTooLong
	}
	return answer, err
}

// authorise finds out who authorises the call: the administrator who is named,
// or, where a dialog is asked for, who is logged in on the screen and types the
// own password. It is not ok where nobody answers the dialog.
func (o *accountOptions) authorise(m *state.Mac) bool {
	switch {
	case o.has("-adminUser"):
		password := o.values["-adminPassword"]
		o.granter, o.granterPassword = o.values["-adminUser"], &password
	case o.says("interactive"):
		if m.Console.User == "" || !agrees(m) {
			return false
		}
		o.granter = m.Console.User
	}
	return true
}

// authenticate checks the administrator's credentials for a verb whose event
// does not.
func (o *accountOptions) authenticate(m *state.Mac, c *Call) (state.Refusal, error) {
	if !o.authorised() {
		return state.NotRefused, nil
	}
	why, err := m.Do(c.At, &state.Authenticate{User: o.granter, Password: o.granterPassword})
	switch {
	case why == state.UnknownAccount:
		return state.GranterUnknown, err
	case why == state.WrongPassword:
		return state.GranterPassword, err
	case why == state.NotRefused && err == nil && !administers(m, o.granter):
		return state.GranterNotAdmin, nil
	}
	return why, err
}

// administers says whether there is such an account, and it is an administrator.
func administers(m *state.Mac, name string) bool {
	a, ok := m.Account(name)
	return ok && m.IsAdmin(a)
}
