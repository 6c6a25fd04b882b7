package redact

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
	"github.com/tokenward/tokenward/internal/run"
)

// placeholder is a line that may hold a name. No tool prints it, so a parser skips
// it or finds it as unreadable as what it stands for.
const placeholder = "[" + removed + "]"

// A line is one kind of line of a tool: how it is known, and what becomes of it.
// The match is given with its groups.
type line struct {
	is     *pattern.Pattern
	become func(b *book, match []string) string
}

// kept is a line that is passed on: none of its words is a name.
func kept(_ *book, match []string) string { return match[0] }

// logged is how NSLog begins a line. Some messages lack the date.
var logged = pattern.Lazy(`^((?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ )?)(\w+)(\[\d+:[0-9a-fx]+\] ?)`)

// cutLogged divides a line into what NSLog put before it and the rest. An account
// can be called as such a beginning looks: what names no tool is replaced.
func cutLogged(text string) (prefix, rest string) {
	m := logged.FindStringSubmatch(text)
	if m == nil {
		return "", text
	}
	program := "tool"
	if slices.ContainsFunc(run.Tools(), func(t run.Tool) bool { return path.Base(t.Path()) == m[2] }) {
		program = m[2]
	}
	return m[1] + program + m[3], text[len(m[0]):]
}

// each treats every line as the first kind that it is of. A line of no kind is not
// passed on: full names hold line breaks.
func each(b *book, lines []string, kinds []line) []string {
	out := make([]string, len(lines))
	for i, text := range lines {
		text = strings.TrimRight(text, " \t")
		if text == "" {
			continue
		}
		prefix, rest := cutLogged(text)
		out[i] = prefix + ofKind(b, rest, kinds)
	}
	return out
}

func ofKind(b *book, text string, kinds []line) string {
	for _, k := range kinds {
		if match := k.is.FindStringSubmatch(text); match != nil {
			return k.become(b, match)
		}
	}
	return placeholder
}

var (
	directoryError = pattern.Lazy(`^(?:<dscl_cmd> DS Error: -\d+ \(eDS\w+\)|No such key: \w+|error: -\d+|.*\bDS Error: -\d+ \(eDS\w+\))$`)
	diskError      = pattern.Lazy(`^(Error: -\d+)(?:: .*)?$`)
)

func directoryText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{directoryError, func(_ *book, m []string) string { return errorNumber.FindString(m[0]) }},
		{diskError, func(_ *book, m []string) string { return m[1] }},
	})
}

var errorNumber = pattern.Lazy(`(?:DS Error: -\d+ \(eDS\w+\)|No such key:|error: -\d+)`)

var (
	cryptoHeader = pattern.Lazy(`^(Cryptographic users?|No cryptographic users)( for )?(\S+)?( \(\d+ found\))?$`)
	cryptoVolume = pattern.Lazy(`^disk\d{1,4}(?:s\d{1,4}){0,3}$`)
	cryptoTree   = pattern.Lazy(`^([| ]*)(?:(\+-- )(\S+))?$`)
	cryptoType   = pattern.Lazy(`^([| ]*Type: +)(.*)$`)
	cryptoIs     = pattern.Lazy(`^(?:Local Open Directory(?: User)?|Personal(?: Recovery (?:User|Key))?|(?:Institutional|iCloud) Recovery User|MDM Bootstrap Token External Key|(?:Institutional|iCloud) Recovery External Key|Disk User)$`)
	cryptoOwner  = pattern.Lazy(`^([| ]*Volume Owner: +)(.*)$`)
	ownerIs      = pattern.Lazy(`^(?:Yes|No)$`)
)

// only passes on what a line begins with, and what follows if it is one of these.
func only(these *pattern.Pattern) func(*book, []string) string {
	return func(_ *book, m []string) string {
		if these.MatchString(m[2]) {
			return m[0]
		}
		return m[1] + placeholder
	}
}

func cryptoUsersText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{cryptoHeader, func(b *book, m []string) string {
			if m[3] != "" && !cryptoVolume.MatchString(m[3]) {
				m[3] = b.word(m[3])
			}
			return m[1] + m[2] + m[3] + m[4]
		}},
		{cryptoTree, func(b *book, m []string) string { return m[1] + m[2] + b.identifier(m[3]) }},
		{cryptoType, only(cryptoIs)},
		{cryptoOwner, only(ownerIs)},
		{diskError, func(_ *book, m []string) string { return m[1] }},
	})
}

var (
	fileVaultState = pattern.Lazy(`^(FileVault (?:is (?:On|Off)[.,]|master keychain ))(.*)$`)
	fileVaultOther = pattern.Lazy(`^(?:FileVault is |(?:En|De)cryption in progress|Deferred enablement)`)
	// observed (10.15 to 13): what follows the state.
	fileVaultMore  = pattern.Lazy(`^(?: but (?:needs to be restarted to finish|will be (?:en|dis)abled after the next restart)\.|appears to be installed\.)?$`)
	progress       = pattern.Lazy(`^(?:En|De)cryption in progress: Percent completed = [\d.]+$`)
	deferredFor    = pattern.Lazy(`^(Deferred enablement appears to be active)(?: for user '(.+)')?\.$`)
	yesOrNo        = pattern.Lazy(`^(?:true|false)$`)
	fileVaultError = pattern.Lazy(`^(?:Error: FileVault is (?:On|Off)\.|Not found\.)$`)
)

func fileVaultText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{progress, kept},
		{yesOrNo, kept},
		{fileVaultError, kept},
		{fileVaultState, func(_ *book, m []string) string {
			if fileVaultMore.MatchString(m[2]) {
				return m[0]
			}
			return m[1] + placeholder
		}},
		{deferredFor, func(b *book, m []string) string {
			if m[2] == "" {
				return m[0]
			}
			return m[1] + " for user '" + b.person(m[2]) + "'."
		}},
		{fileVaultOther, func(_ *book, m []string) string { return m[0] + " " + placeholder }}, // as unreadable as it was
	})
}

var nameAndUUID = pattern.Lazy(`^(?:(.*)(,[ \t]*))?([0-9A-Za-z]+(?:-[0-9A-Za-z]+){4})$`)

func fileVaultListText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{fileVaultError, kept},
		{nameAndUUID, func(b *book, m []string) string { return b.person(m[1]) + m[2] + b.uuids(m[3]) }},
	})
}

var (
	tokenIs     = pattern.Lazy(`^(Secure token is (?:ENABLED|DISABLED) for user )(.*)$`)
	unknownUser = pattern.Lazy(`^(Unknown user )(.*)$`)
	toolError   = pattern.Lazy(`^### Error:-\d+`)
)

// tokenStatusText is about an account that the command line names; the answer
// calls it by its full name since macOS 11 or so.
func tokenStatusText(b *book, lines []string) []string {
	name := func(b *book, m []string) string { return m[1] + b.named(m[2]) }
	return each(b, lines, []line{
		{tokenIs, name},
		{unknownUser, name},
		{toolError, func(_ *book, m []string) string { return m[0] + " " + placeholder }},
	})
}

var (
	bootstrapState = pattern.Lazy(`^(?:profiles: )?Bootstrap Token (?:(?:(?:is )?supported on|(?:is )?escrowed (?:to|on)) server:\s*(?:YES|NO)|functionality is not supported on the server\.)$`)
	enrolled       = pattern.Lazy(`^((?:Enrolled via DEP|MDM enrollment):)(\s*(?:Yes|No)(?: \(User Approved\))?)?(.*)$`)
	server         = pattern.Lazy(`^(MDM server:\s*)(.*)$`)
)

func profilesText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{bootstrapState, kept},
		{enrolled, func(_ *book, m []string) string {
			if m[3] != "" {
				return m[1] + " " + placeholder
			}
			return m[0]
		}},
		{server, func(b *book, m []string) string { return m[1] + b.address(m[2]) }},
	})
}

var (
	machineNode   = pattern.Lazy(`^\W*\+-o \w+ +<class [\w, ()]*>$`)
	bracket       = pattern.Lazy(`^[\s|]*[{}]$`)
	machineString = pattern.Lazy(`^(\W*"(IOPlatformSerialNumber|IOPlatformUUID|model)" = <?")([^"]*)(">?)$`)
	machineOther  = pattern.Lazy(`^(\W*"[\w-]+" = ).*$`)
)

// machineText keeps the model. The serial number stands there in more than one
// form.
func machineText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{machineNode, kept},
		{bracket, kept},
		{machineString, func(b *book, m []string) string {
			switch m[2] {
			case "IOPlatformSerialNumber":
				m[3] = b.serial(m[3])
			case "IOPlatformUUID":
				m[3] = b.identifier(m[3])
			case "model":
				if !modelName.MatchString(m[3]) {
					m[3] = b.word(m[3])
				}
			}
			return m[1] + m[3] + m[4]
		}},
		{machineOther, func(_ *book, m []string) string { return m[1] + removed }},
	})
}

func (b *book) serial(s string) string {
	if s == "" {
		return ""
	}
	return b.alias(serialKind, s, numbered("SERIAL%04d"))
}

var (
	adHost     = pattern.Lazy(`^(\s*Active Directory (?:Forest|Domain)\s+= )(.+)$`)
	adComputer = pattern.Lazy(`^(\s*Computer Account\s+= )(.+)$`)
	// community: the settings, and what they are set to.
	adSetting = pattern.Lazy(`^(\s*(?:Create mobile account at login|Require confirmation|Force home to startup disk|Mount home as sharepoint|Use Windows UNC path for home|` +
		`Network protocol to be used|Default user Shell|Mapping UID to attribute|Mapping user GID to attribute|Mapping group GID to attribute|Generate Kerberos authority|` +
		`Preferred Domain controller|Allowed admin groups|Authentication from any domain|Packet signing|Packet encryption|Restrict Dynamic DNS updates|Namespace mode)\s*= )(.*)$`)
	adInterval = pattern.Lazy(`^\s*Password change interval\s*= \d{1,3}$`)
	adChoice   = pattern.Lazy(`^(?:Enabled|Disabled|not set|Not set|allow|disable|require|domain|forest|smb|afp|/bin/(?:bash|csh|ksh|sh|tcsh|zsh))$`)
	hostName   = pattern.Lazy(`^[\w.-]+$`)
	adHeading  = pattern.Lazy(`^(?:Advanced Options - (?:User Experience|Mappings|Administrative)|You are bound to Active Directory:)$`)
)

func activeDirectoryText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{adHost, func(b *book, m []string) string {
			if !hostName.MatchString(m[2]) {
				return m[1] + placeholder
			}
			return m[1] + b.host(m[2])
		}},
		{adComputer, func(b *book, m []string) string { return m[1] + b.alias(computerKind, m[2], numbered("computer-%d$")) }},
		{adSetting, func(b *book, m []string) string {
			if adChoice.MatchString(m[2]) {
				return m[0]
			}
			return m[1] + b.word(m[2])
		}},
		{adInterval, kept},
		{adHeading, kept},
	})
}

var (
	signOnHeading = pattern.Lazy(`^(?:(?:Device Configuration|Login Configuration|User Configuration|SSO Tokens|Received):|\s*\(null\)|Time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})$`)
	signOnBrace   = pattern.Lazy(`^(?:[{}]|\s*\{\s*\})$`)
	signOnField   = pattern.Lazy(`^(  ")([A-Za-z]\w{0,60})(" : "` + removed + `",?)$`)
	// community (15.5): fields of the configurations.
	signOnKnown = pattern.Lazy(`^(?:accountDisplayName|createUserLoginTypes|extensionIdentifier|kerberosStatus|loginType|registrationCompleted|tokenToUserMapping|version|` + removed + `)$`)
)

// signOnText keeps whether single sign-on with the platform is set up.
func signOnText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{signOnHeading, kept},
		{signOnBrace, kept},
		{signOnField, func(b *book, m []string) string {
			if !signOnKnown.MatchString(m[2]) {
				m[2] = strings.ReplaceAll(b.word(m[2]), "-", "") // a name of this form again
			}
			return m[1] + m[2] + m[3]
		}},
	})
}

// withoutValues empties the objects of a configuration, whose values are addresses,
// names, certificates and keys. That there is one remains.
func withoutValues(text string) string {
	var out strings.Builder
	for text != "" {
		line, rest, ended := strings.Cut(text, "\n")
		if !strings.HasPrefix(strings.TrimSpace(line), "{") {
			out.WriteString(line)
			if ended {
				out.WriteString("\n")
			}
			text = rest
			continue
		}
		var object map[string]json.RawMessage
		d := json.NewDecoder(strings.NewReader(text))
		if err := d.Decode(&object); err != nil {
			return out.String() + removed + "\n"
		}
		out.WriteString(emptied(object))
		text = text[d.InputOffset():]
	}
	return out.String()
}

var objectKey = pattern.Lazy(`^[A-Za-z]\w{0,60}$`)

func emptied(object map[string]json.RawMessage) string {
	var fields []string
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !objectKey.MatchString(key) {
			key = removed
		}
		fields = append(fields, fmt.Sprintf("  %q : %q", key, removed))
	}
	return "{\n" + strings.Join(slices.Compact(fields), ",\n") + "\n}"
}

var policyHeading = pattern.Lazy(`^Getting global account policies$`)

func policyText(b *book, lines []string) []string {
	return each(b, lines, []line{{policyHeading, kept}})
}
