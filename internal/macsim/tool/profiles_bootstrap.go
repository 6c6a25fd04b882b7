package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// bootstrapToken is what profiles does with the Bootstrap Token. documented: the
// verbs.
func bootstrapToken(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch o.verb {
	case "status":
		return bootstrapStatus(m, c, o)
	case "install", "remove", "validate":
		return changeBootstrap(m, c, o)
	}
	return notSimulated(c)
}

// bootstrapStatus is the Mac's own belief; it does not ask the server.
//
// observed (10.15 to 26): the two lines; observed (10.15.6, 11.2.3): one line
// alone where the server does not support it. X10: the word before "server". U2:
// what is said of a Mac that is not enrolled; U3: whether it needs root.
func bootstrapStatus(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch {
	case o.signedIn():
		return notSimulated(c)
	case m.Switches.StatusNeedsRoot && !c.isRoot():
		return unpublished(c, 1, "without root")
	case m.Enrollment.MDM == state.NotEnrolled:
		return unpublished(c, 1, "on a Mac that is not enrolled")
	case !m.BootstrapSupported():
		return printed("profiles: Bootstrap Token supported on server: NO")
	}
	return printed(
		"profiles: Bootstrap Token supported on server: YES",
		"profiles: Bootstrap Token escrowed "+either(m.Switches.EscrowedOnWording, "on", "to")+" server: "+either(m.Bootstrap.Escrowed, "YES", "NO"),
	)
}

// changeBootstrap installs, removes or validates the Bootstrap Token, with an
// administrator's name and password from the arguments or the terminal.
// observed: the number of the error.
func changeBootstrap(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch {
	case !c.isRoot():
		return unpublished(c, 1, "without root")
	case len(o.password) > 512:
		return unpublished(c, 1, "with error -69581: the password is longer than 512 bytes")
	}
	if err := o.complete(c); err != nil {
		return notAsked(c, 1, err)
	}
	why, err := m.Do(c.At, o.event())
	if err != nil {
		return own(err.Error())
	}
	return bootstrapReply(m, c, o.verb, why)
}

// complete asks on the terminal for what is missing. observed: both prompts, and
// that a password of more than 128 bytes is refused there.
func (o *profilesOptions) complete(c *Call) (err error) {
	if !o.hasUser {
		if o.user, err = c.ask("Enter the admin user name:", false); err != nil {
			return err
		}
	}
	if !o.hasPassword {
		o.password, err = c.ask("Enter the password for user '"+o.user+"':", true)
	}
	return err
}

func (o *profilesOptions) event() state.Event {
	switch o.verb {
	case "install":
		return &state.InstallBootstrap{User: o.user, Password: &o.password}
	case "remove":
		return &state.RemoveBootstrap{User: o.user, Password: &o.password}
	default:
		return &state.ValidateBootstrap{User: o.user, Password: &o.password}
	}
}

// bootstrapReply finds the words for what came of it. community: all of them;
// inferred: streams and exit codes other than 0. U1: what a standard user, or an
// administrator without a token, is told.
func bootstrapReply(m *state.Mac, c *Call, verb string, why state.Refusal) Reply {
	switch why {
	case state.NotRefused:
		return bootstrapDone(m, c, verb)
	case state.UnknownAccount, state.WrongPassword:
		return refused(1, "Unable to authenticate user information.")
	case state.BlankPassword:
		return refused(1, "Error: Password is required.")
	case state.NotSupported:
		return refused(1, "Bootstrap Token functionality is not supported on the server.")
	case state.TokenStale:
		return refused(1, "Unable to verify token (err = -69594).")
	case state.ServerUnreachable, state.ServerRefused:
		return notSent(m, c, verb, why)
	default:
		return unpublished(c, 1, "here ("+string(why)+")")
	}
}

// notSent is the end where the server did not take the token, or did not give
// it. community: a token that was made without being escrowed.
func notSent(m *state.Mac, c *Call, verb string, why state.Refusal) Reply {
	if verb != "install" {
		return unpublished(c, 1, "here ("+string(why)+")")
	}
	r := printed(created(m)...)
	r.Exit = 1
	return r
}

func bootstrapDone(m *state.Mac, c *Call, verb string) Reply {
	switch verb {
	case "install":
		return printed(append(created(m), "profiles: Bootstrap Token escrowed")...)
	case "validate":
		return printed("profiles: Bootstrap Token validated.")
	default:
		return wordless(c, "removes the Bootstrap Token")
	}
}

// created is what profiles says before the server has answered. community:
// four lines in all in the days of 10.15, two since.
func created(m *state.Mac) []string {
	if m.OS.AtLeast(11) {
		return []string{"profiles: Bootstrap Token created"}
	}
	return []string{
		"profiles: Create Bootstrap Token created",
		"profiles: Bootstrap Token created",
		"profiles: Bootstrap Token escrowing to server...",
	}
}
