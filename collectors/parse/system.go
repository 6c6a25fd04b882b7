package parse

import (
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

// OSVersion is what sw_vers says.
type OSVersion struct {
	Product string  `json:"product"`
	Version string  `json:"version"`
	Build   string  `json:"build"`
	Extra   *string `json:"extra"` // a Rapid Security Response, such as (a); nil without
}

var (
	buildNumber   = pattern.Lazy(`^\d{1,3}[A-Z]\d{1,7}[a-z]?$`)
	versionNumber = pattern.Lazy(`^\d+(\.\d+){0,3}$`)
	property      = pattern.Lazy(`^"(IOPlatformSerialNumber|IOPlatformUUID|model)" = <?"([^"]*)">?$`)
)

// SwVers reads sw_vers. The width of its columns differs between releases.
func SwVers(out []byte) (OSVersion, error) {
	all, err := lines(out)
	if err != nil {
		return OSVersion{}, err
	}
	values := map[string]*once[string]{"ProductName": {}, "ProductVersion": {}, "ProductVersionExtra": {}, "BuildVersion": {}}
	for _, line := range all {
		name, value := colon(line)
		if v, ok := values[name]; ok {
			if err := v.say(name, value); err != nil {
				return OSVersion{}, err
			}
		}
	}
	version := values["ProductVersion"].value
	if !versionNumber.MatchString(version) {
		return OSVersion{}, unreadable("the version is %s", clip(version))
	}
	if build := values["BuildVersion"]; build.said && !buildNumber.MatchString(build.value) {
		return OSVersion{}, unreadable("the build is %s", clip(build.value))
	}
	return OSVersion{values["ProductName"].value, version, values["BuildVersion"].value, values["ProductVersionExtra"].pointer()}, nil
}

// Platform is what ioreg says of the machine; nil is what it does not say.
type Platform struct {
	Serial *string `json:"serial"`
	UUID   *string `json:"uuid"`
	Model  *string `json:"model"`
}

// IoregPlatform reads ioreg -rd1 -c IOPlatformExpertDevice.
func IoregPlatform(out []byte) (Platform, error) {
	all, err := lines(out)
	if err != nil {
		return Platform{}, err
	}
	var serial, uuid, model once[string]
	for _, line := range all {
		m := property.FindStringSubmatch(strings.Trim(line, " |"))
		if m == nil {
			continue
		}
		to := &serial
		switch m[1] {
		case "IOPlatformUUID":
			to = &uuid
		case "model":
			to = &model
		}
		if err := to.say(m[1], m[2]); err != nil {
			return Platform{}, err
		}
	}
	if !serial.said && !uuid.said && !model.said {
		return Platform{}, unreadable("no property of the machine")
	}
	return Platform{serial.pointer(), uuid.pointer(), model.pointer()}, nil
}

// Machine reads uname -m.
func Machine(out []byte) (string, error) {
	word := strings.TrimSpace(string(out))
	if word != "arm64" && word != "x86_64" {
		return "", unreadable("the machine is %s", clip(word))
	}
	return word, nil
}

// ConsoleSession is who owns the console; nil at the login window.
type ConsoleSession struct {
	User *string `json:"user"`
	UID  *int    `json:"uid"`
}

// ScutilConsoleUser reads what scutil shows of State:/Users/ConsoleUser. The
// session that is on the console counts; the name at the top may be that of the
// user before.
func ScutilConsoleUser(out []byte) (ConsoleSession, error) {
	all, err := lines(out)
	if err != nil {
		return ConsoleSession{}, err
	}
	if strings.TrimSpace(all[0]) == "No such key" { // early after the start
		return ConsoleSession{}, nil
	}
	top, err := scutilDictionary(all)
	if err != nil {
		return ConsoleSession{}, err
	}
	sessions, err := consoleSessions(top)
	if err != nil {
		return ConsoleSession{}, err
	}
	if sessions == nil {
		return session(top.values["Name"], top.values["UID"])
	}
	return onConsole(sessions.children)
}

// consoleSessions is the list of sessions, nil where there is none. With any
// other key at the top, a full name could keep the sessions that follow it out of
// the list. observed (12): the four keys.
func consoleSessions(top *dictionary) (*dictionary, error) {
	for key := range top.values {
		if key != "GID" && key != "Name" && key != "UID" {
			return nil, unreadable("at the top stands %s", clip(key))
		}
	}
	var sessions *dictionary
	for _, c := range top.children {
		if c.key != "SessionInfo" || !c.array || len(c.values) > 0 {
			return nil, unreadable("at the top stands %s", clip(c.key))
		}
		sessions = c
	}
	return sessions, nil
}

// onConsole looks for the one session that is on the console.
func onConsole(sessions []*dictionary) (ConsoleSession, error) {
	var found *dictionary
	for _, s := range sessions {
		switch {
		case s.array:
			return ConsoleSession{}, unreadable("the session %s is a list", clip(s.key))
		case s.values["kCGSSessionOnConsoleKey"] != "TRUE":
		case found != nil:
			return ConsoleSession{}, unreadable("more than one session is on the console")
		default:
			found = s
		}
	}
	if found == nil {
		return ConsoleSession{}, nil
	}
	for _, s := range sessions {
		if s != found && s.sharesNumber(found) {
			return ConsoleSession{}, unreadable("the session on the console has the number of another")
		}
	}
	return consoleSession(found)
}

// sharesNumber says whether one of two sessions is made up: what a full name adds
// behind its own session ends with the number of that one, which stood before the
// name as well. observed (12): a session has its number in two places, and each
// session another.
func (d *dictionary) sharesNumber(with *dictionary) bool {
	const before, behind = "kCGSSessionAuditIDKey", "kSCSecuritySessionID"
	for _, number := range []string{d.values[before], d.values[behind]} {
		if number != "" && (number == with.values[before] || number == with.values[behind]) {
			return true
		}
	}
	return false
}

// consoleSession reads the session on the console. Until its login is done, that
// is the login window.
func consoleSession(s *dictionary) (ConsoleSession, error) {
	if done, known := s.values["kCGSessionLoginDoneKey"]; known && done != "TRUE" {
		return ConsoleSession{}, nil
	}
	return session(s.values["kCGSSessionUserNameKey"], s.values["kCGSSessionUserIDKey"])
}

func session(name, uid string) (ConsoleSession, error) {
	if name == "" || name == "loginwindow" {
		return ConsoleSession{}, nil
	}
	number, err := strconv.Atoi(uid)
	if err != nil {
		return ConsoleSession{}, unreadable("the user id is %s", clip(uid))
	}
	return ConsoleSession{&name, &number}, nil
}
