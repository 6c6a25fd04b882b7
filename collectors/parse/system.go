package parse

import (
	"regexp"
	"strconv"
	"strings"
)

// OSVersion is what sw_vers says.
type OSVersion struct {
	Product string  `json:"product"`
	Version string  `json:"version"`
	Build   string  `json:"build"`
	Extra   *string `json:"extra"` // a Rapid Security Response, such as (a); nil without
}

var (
	buildNumber   = regexp.MustCompile(`^\d{1,3}[A-Z]\d{1,7}[a-z]?$`)
	versionNumber = regexp.MustCompile(`^\d+(\.\d+){0,3}$`)
	property      = regexp.MustCompile(`^"(IOPlatformSerialNumber|IOPlatformUUID|model)" = <?"([^"]*)">?$`)
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
	sessions, ok := top.child("SessionInfo")
	if !ok {
		return session(top.values["Name"], top.values["UID"])
	}
	var onConsole []*dictionary
	for _, s := range sessions.children {
		if s.values["kCGSSessionOnConsoleKey"] == "TRUE" {
			onConsole = append(onConsole, s)
		}
	}
	switch len(onConsole) {
	case 0:
		return ConsoleSession{}, nil
	case 1:
		return consoleSession(onConsole[0])
	}
	return ConsoleSession{}, unreadable("%d sessions are on the console", len(onConsole))
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

// dictionary is one level of what scutil prints.
type dictionary struct {
	key      string
	values   map[string]string
	children []*dictionary
}

func (d *dictionary) child(key string) (*dictionary, bool) {
	for _, c := range d.children {
		if c.key == key {
			return c, true
		}
	}
	return nil, false
}

// blank makes sure that nothing stands after the end.
func blank(rest []string) error {
	if strings.TrimSpace(strings.Join(rest, "")) != "" {
		return unreadable("it goes on after its end")
	}
	return nil
}

// scutilDictionary reads "key : value" lines and nested "<dictionary> {". A key
// that stands twice in one level is unreadable: full names are printed raw.
func scutilDictionary(all []string) (*dictionary, error) {
	top := &dictionary{values: map[string]string{}}
	stack := []*dictionary{top}
	for n, line := range all {
		line = strings.TrimSpace(line)
		here := stack[len(stack)-1]
		key, value, pair := strings.Cut(line, " : ")
		switch {
		case line == "" || line == "<dictionary> {":
		case line == "}" && len(stack) > 1:
			stack = stack[:len(stack)-1]
		case line == "}":
			return top, blank(all[n+1:])
		case pair && (value == "<dictionary> {" || value == "<array> {"):
			inner := &dictionary{key: key, values: map[string]string{}}
			here.children = append(here.children, inner)
			stack = append(stack, inner)
		case pair:
			if _, twice := here.values[key]; twice {
				return nil, unreadable("%s stands twice", clip(key))
			}
			here.values[key] = value
		default:
			return nil, unreadable("the line %s", clip(line))
		}
	}
	return nil, unreadable("it ends too early")
}
