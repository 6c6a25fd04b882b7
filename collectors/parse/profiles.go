package parse

import (
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

// BootstrapStatus is what profiles status -type bootstraptoken says: nil is
// what the output does not say. A server without support prints only the first
// of its two lines (seen on 10.15.6 and 11.2.3).
type BootstrapStatus struct {
	Supported *bool `json:"supported"`
	Escrowed  *bool `json:"escrowed"`
}

const unsupportedByServer = "Bootstrap Token functionality is not supported on the server."

var (
	supportedLine = pattern.Lazy(`^(?:profiles: )?Bootstrap Token (?:is )?supported on server:\s*(YES|NO)$`)
	escrowedLine  = pattern.Lazy(`^(?:profiles: )?Bootstrap Token (?:is )?escrowed (?:to|on) server:\s*(YES|NO)$`)
)

// ProfilesStatusBootstrapToken reads profiles status -type bootstraptoken. The
// tool prints "escrowed to server"; FileWave's article prints "on".
func ProfilesStatusBootstrapToken(out []byte) (BootstrapStatus, error) {
	all, err := lines(out)
	if err != nil {
		return BootstrapStatus{}, err
	}
	var supported, escrowed once[bool]
	for _, line := range all {
		if m := supportedLine.FindStringSubmatch(line); m != nil {
			err = supported.say("the server's support", m[1] == "YES")
		} else if m := escrowedLine.FindStringSubmatch(line); m != nil {
			err = escrowed.say("the escrow", m[1] == "YES")
		} else if strings.TrimPrefix(line, "profiles: ") == unsupportedByServer {
			err = supported.say("the server's support", false)
		}
		if err != nil {
			return BootstrapStatus{}, err
		}
	}
	if !supported.said && !escrowed.said {
		return BootstrapStatus{}, unreadable("no line about the Bootstrap Token")
	}
	return BootstrapStatus{supported.pointer(), escrowed.pointer()}, nil
}

// Enrollment is what profiles status -type enrollment says. UserApproved is nil
// where the Mac is not enrolled, Server where no line names it (before 10.15).
type Enrollment struct {
	DEP          *bool   `json:"dep"`
	MDM          *bool   `json:"mdm"`
	UserApproved *bool   `json:"user_approved"`
	Server       *string `json:"server"`
}

// ProfilesStatusEnrollment reads profiles status -type enrollment.
func ProfilesStatusEnrollment(out []byte) (Enrollment, error) {
	all, err := lines(out)
	if err != nil {
		return Enrollment{}, err
	}
	var dep, mdm, approved once[bool]
	var server once[string]
	for _, line := range all {
		switch name, value := colon(line); name {
		case "Enrolled via DEP":
			err = sayYesNo(&dep, name, value)
		case "MDM enrollment":
			err = sayEnrolled(&mdm, &approved, value)
		case "MDM server":
			const longest = 4 << 10
			if len(value) > longest {
				return Enrollment{}, unreadable("a server's address of %d bytes", len(value))
			}
			err = server.say("the server", value)
		}
		if err != nil {
			return Enrollment{}, err
		}
	}
	if !dep.said && !mdm.said {
		return Enrollment{}, unreadable("no line about the enrolment")
	}
	return Enrollment{dep.pointer(), mdm.pointer(), approved.pointer(), server.pointer()}, nil
}

func sayYesNo(to *once[bool], name, value string) error {
	if value != "Yes" && value != "No" {
		return unreadable("%s is %s", name, clip(value))
	}
	return to.say(name, value == "Yes")
}

// sayEnrolled reads "No", "Yes" or "Yes (User Approved)".
func sayEnrolled(mdm, approved *once[bool], value string) error {
	const approval = " (User Approved)"
	word, isApproved := strings.CutSuffix(value, approval)
	if err := sayYesNo(mdm, "MDM enrollment", word); err != nil {
		return err
	}
	if word == "No" {
		return nil
	}
	return approved.say("the approval", isApproved)
}

// colon splits "Name: value"; name is empty where there is no colon.
func colon(line string) (name, value string) {
	name, value, found := strings.Cut(line, ":")
	if !found {
		return "", ""
	}
	return name, strings.TrimSpace(value)
}

// An Outcome is what a tool that changes something claims to have done.
type Outcome struct {
	Outcome string `json:"outcome"`
}

// What profiles install and validate claim. OutcomeUnknown is text of the tool
// that says neither: a prompt, a message that nobody has seen yet.
const (
	Escrowed            = "escrowed"
	CreatedNotEscrowed  = "created_not_escrowed"
	AuthFailed          = "auth_failed"
	PasswordRequired    = "password_required"
	UnrecognizedType    = "unrecognized_type"
	UnsupportedByServer = "unsupported_by_server"
	Valid               = "valid"
	Stale               = "stale"
	OutcomeUnknown      = "unknown"
)

// ProfilesInstallBootstrapToken reads profiles install -type bootstraptoken.
// Only a last line "escrowed" is success: "created" alone means that the local
// token is new and the server does not have it.
func ProfilesInstallBootstrapToken(out []byte) (Outcome, error) {
	text, err := profilesLines(out)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case text.last == "Bootstrap Token escrowed":
		return Outcome{Escrowed}, nil
	case text.has("Unable to authenticate user information."):
		return Outcome{AuthFailed}, nil
	case text.has("Password is required."):
		return Outcome{PasswordRequired}, nil
	case text.has("The profile type option was not recognized."):
		return Outcome{UnrecognizedType}, nil
	case text.has(unsupportedByServer):
		return Outcome{UnsupportedByServer}, nil
	case text.has("Bootstrap Token created") && !text.speaksOf("Bootstrap Token escrowed"):
		return Outcome{CreatedNotEscrowed}, nil
	}
	return text.unknown()
}

// ProfilesValidateBootstrapToken reads profiles validate -type bootstraptoken.
func ProfilesValidateBootstrapToken(out []byte) (Outcome, error) {
	text, err := profilesLines(out)
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case text.has("Unable to verify token (err = -69594)."):
		return Outcome{Stale}, nil
	case text.has("Unable to authenticate user information."):
		return Outcome{AuthFailed}, nil
	case text.last == "Bootstrap Token validated.":
		return Outcome{Valid}, nil
	}
	return text.unknown()
}

// profilesText is the output of profiles without the word that begins its lines.
type profilesText struct {
	lines      map[string]bool
	last       string
	recognised bool // a line is certainly from this tool
}

func (t profilesText) has(line string) bool { return t.lines[line] }

// speaksOf says whether a line begins so.
func (t profilesText) speaksOf(words string) bool {
	for line := range t.lines {
		if strings.HasPrefix(line, words) {
			return true
		}
	}
	return false
}

func (t profilesText) unknown() (Outcome, error) {
	if !t.recognised {
		return Outcome{}, unreadable("no line of it is known")
	}
	return Outcome{OutcomeUnknown}, nil
}

func profilesLines(out []byte) (profilesText, error) {
	all, err := lines(out)
	if err != nil {
		return profilesText{}, err
	}
	text := profilesText{lines: map[string]bool{}}
	for _, line := range all {
		rest, own := cutAny(line, "profiles: ", "Error: ")
		if own || strings.HasPrefix(line, "Enter the ") || strings.HasPrefix(line, "Unable to ") {
			text.recognised = true
		}
		if rest != "" {
			text.lines[rest], text.last = true, rest
		}
	}
	return text, nil
}

func cutAny(s string, prefixes ...string) (rest string, found bool) {
	for _, p := range prefixes {
		if after, ok := strings.CutPrefix(s, p); ok {
			s, found = after, true
		}
	}
	return s, found
}
