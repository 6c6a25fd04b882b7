package tool

import (
	"errors"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The words of profiles that stand for an answer. community.
const (
	typeNotRecognized = "Error: The profile type option was not recognized."
	notAuthenticated  = "Unable to authenticate user information."
	passwordRequired  = "Error: Password is required."
)

// profiles answers about the enrolment and the Bootstrap Token, and changes the
// latter.
func profiles(m *state.Mac, c *Call) Reply {
	o, ok := profilesArguments(c.Args)
	switch {
	case !ok:
		return notSimulated(c)
	case o.kind == "enrollment":
		return enrollment(m, c, o)
	case o.kind != "bootstraptoken":
		return refused(1, typeNotRecognized) // community; inferred: stream and exit code
	}
	switch o.verb {
	case "status":
		return bootstrapStatus(m, c)
	case "install", "remove", "validate":
		return changeBootstrap(m, c, o)
	}
	return notSimulated(c)
}

// profilesOptions are the arguments of profiles.
type profilesOptions struct {
	verb, kind     string
	user, password string
	hasPassword    bool
}

// profilesArguments reads a verb and its flags. documented: -type; community:
// -user and -password, also -pass, and the forms with an equals sign; and that a
// type in two words is not recognised, which is what an unknown type is.
func profilesArguments(args []string) (o profilesOptions, ok bool) {
	if len(args) == 0 {
		return o, false
	}
	o.verb = args[0]
	for rest := args[1:]; len(rest) > 0; {
		name, value, glued := strings.Cut(rest[0], "=")
		used := 1
		if !glued {
			if len(rest) < 2 {
				return o, o.kind != "" && !strings.HasPrefix(name, "-") && o.spoil()
			}
			value, used = rest[1], 2
		}
		switch name {
		case "-type":
			o.kind = value
		case "-user":
			o.user = value
		case "-password", "-pass":
			o.password, o.hasPassword = value, true
		default:
			return o, !strings.HasPrefix(name, "-") && o.spoil()
		}
		rest = rest[used:]
	}
	return o, o.kind != ""
}

// spoil makes the type one that nobody knows: it was given in several words.
func (o *profilesOptions) spoil() bool {
	o.kind += " "
	return true
}

// bootstrapStatus is the Mac's own belief; it does not ask the server.
//
// observed (10.15 to 26): the two lines; observed (10.15.6, 11.2.3): one line
// alone where the server does not support it; community: the refusal before
// 10.15, inferred: its stream and exit code. X10: the word before "server".
func bootstrapStatus(m *state.Mac, c *Call) Reply {
	switch {
	case !m.OS.AtLeast(10, 15):
		return refused(1, typeNotRecognized)
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
func changeBootstrap(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch {
	case !m.OS.AtLeast(10, 15):
		return refused(1, typeNotRecognized)
	case !c.isRoot():
		return unpublished(c, 1, "without root")
	case len(o.password) > 512:
		return unpublished(c, 1, "with error -69581: the password is longer than 512 bytes") // observed: the number
	}
	if err := o.complete(c); err != nil {
		return notAsked(c, err)
	}
	var event state.Event
	switch o.verb {
	case "install":
		event = &state.InstallBootstrap{User: o.user, Password: &o.password}
	case "remove":
		event = &state.RemoveBootstrap{User: o.user, Password: &o.password}
	default:
		event = &state.ValidateBootstrap{User: o.user, Password: &o.password}
	}
	why, err := m.Do(c.At, event)
	if err != nil {
		return own(err.Error())
	}
	return bootstrapReply(m, c, o, why)
}

// complete asks on the terminal for what is missing. observed: both prompts, and
// that a password of more than 128 bytes is refused there.
func (o *profilesOptions) complete(c *Call) (err error) {
	if o.user == "" {
		if o.user, err = c.ask("Enter the admin user name:", false); err != nil {
			return err
		}
	}
	if !o.hasPassword {
		o.password, err = c.ask("Enter the password for user '"+o.user+"':", true)
	}
	return err
}

// notAsked is the end of a tool that got no answer to its question.
func notAsked(c *Call, err error) Reply {
	if errors.Is(err, ErrTooLong) {
		return unpublished(c, 1, "with a password of more than 128 bytes at a prompt")
	}
	return unpublished(c, 1, "without a terminal")
}

// bootstrapReply finds the words for what came of it. community: all of them;
// inferred: streams and exit codes other than 0. What a standard user, or an
// administrator without a token, is told, nobody has published (U1).
func bootstrapReply(m *state.Mac, c *Call, o profilesOptions, why state.Refusal) Reply {
	switch why {
	case state.NotRefused:
		return bootstrapDone(m, c, o.verb)
	case state.UnknownAccount, state.WrongPassword:
		return refused(1, notAuthenticated)
	case state.BlankPassword:
		return refused(1, passwordRequired)
	case state.NotSupported:
		return refused(1, "Bootstrap Token functionality is not supported on the server.")
	case state.TokenStale:
		return refused(1, "Unable to verify token (err = -69594).")
	case state.ServerUnreachable, state.ServerRefused:
		if o.verb == "install" {
			r := printed(created(m)...)
			r.Exit = 1
			return r
		}
	}
	return unpublished(c, 1, "here ("+string(why)+")")
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

// enrollment answers about the enrolment, and asks the user to renew it.
func enrollment(m *state.Mac, c *Call, o profilesOptions) Reply {
	switch {
	case o.user != "" || o.hasPassword:
		return notSimulated(c)
	case o.verb == "status":
		return enrollmentStatus(m, c)
	case o.verb == "show":
		return showEnrollment(m, c)
	case o.verb == "renew":
		return renewEnrollment(m, c)
	}
	return notSimulated(c)
}

// enrollmentStatus needs no root. observed (15.7.9, 26.6.2): not enrolled;
// community (10.13.4, 10.15): enrolled, and the server's line since 10.15.
func enrollmentStatus(m *state.Mac, c *Call) Reply {
	if !m.OS.AtLeast(10, 13, 4) {
		return notSimulated(c) // no output of older systems is known
	}
	lines := []string{"Enrolled via DEP: " + either(m.Enrollment.DEP, "Yes", "No"), "MDM enrollment: " + mdmWords(m.Enrollment.MDM)}
	if m.Enrollment.Server != "" && m.OS.AtLeast(10, 15) {
		lines = append(lines, "MDM server: "+m.Enrollment.Server)
	}
	return printed(lines...)
}

func mdmWords(d state.MDM) string {
	switch d {
	case state.Unapproved:
		return "Yes"
	case state.UserApproved:
		return "Yes (User Approved)"
	default:
		return "No"
	}
}

// showEnrollment asks Apple, who limit it. observed (15.7.9, 26.6.2): without
// root, and on a Mac that Apple knows no server for; community: without a
// network. What Apple would answer about the organisation is not part of the
// state.
func showEnrollment(m *state.Mac, c *Call) Reply {
	switch {
	case !c.isRoot():
		return refused(1, "Must be running as root")
	case m.Offline:
		return Reply{Exit: 1, Stderr: "Bad response from apsd: Connection interrupted\n" +
			"Error fetching Device Enrollment configuration: We can't determine if this machine is DEP enabled.\n"}
	case !m.Enrollment.DEP:
		return refused(1, "Error fetching Device Enrollment configuration: Client is not DEP enabled.")
	}
	return notSimulated(c)
}

// renewEnrollment asks the person at the screen to enrol again. documented: man
// profiles; inferred: that it prints nothing, and that nothing happens while
// nobody answers.
func renewEnrollment(m *state.Mac, c *Call) Reply {
	switch {
	case !c.isRoot():
		return refused(1, "Must be running as root") // inferred from show
	case !m.Enrollment.DEP:
		return unpublished(c, 1, "on a Mac that was not enrolled automatically")
	case m.Console.User == "" || !agrees(m):
		return Reply{}
	}
	capability := m.Enrollment.Capability
	if _, err := m.Do(c.At, &state.Enroll{Way: state.ADE, Server: m.Enrollment.Server, Capability: &capability}); err != nil {
		return own(err.Error())
	}
	return Reply{}
}

// agrees takes the person's next answer: whether it is no refusal.
func agrees(m *state.Mac) bool {
	if len(m.Person.Answers) == 0 {
		return false
	}
	answer := m.Person.Answers[0]
	if len(m.Person.Answers) > 1 {
		m.Person.Answers = slices.Clone(m.Person.Answers[1:])
		m.Revision++
	}
	return !answer.Cancel && !answer.Quit && !answer.Away
}
