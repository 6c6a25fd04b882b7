package redact

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
)

// book is who is who in one recording: a pseudonym for each name of each kind. A
// name that is met for the first time gets the next one.
type book struct {
	given  map[kind]map[string]string
	system map[string]bool // accounts that the directory says are on every Mac
}

// kind is what a name is the name of.
type kind string

const (
	personKind   kind = "person"
	fullNameKind kind = "full name"
	groupKind    kind = "group"
	uuidKind     kind = "UUID"
	hostKind     kind = "host"
	addressKind  kind = "address"
	computerKind kind = "computer"
	serialKind   kind = "serial number"
	wordKind     kind = "word" // whatever else a user or an admin may have chosen
)

func newBook() *book { return &book{given: map[kind]map[string]string{}, system: map[string]bool{}} }

// alias returns the pseudonym of a name, and makes it from its number if there is
// none yet.
func (b *book) alias(k kind, name string, pseudonym func(n int) string) string {
	if b.given[k] == nil {
		b.given[k] = map[string]string{}
	}
	is, ok := b.given[k][name]
	if !ok {
		is = pseudonym(len(b.given[k]) + 1)
		b.given[k][name] = is
	}
	return is
}

func numbered(format string) func(int) string {
	return func(n int) string { return fmt.Sprintf(format, n) }
}

// person returns the pseudonym of an account. All have the same length, so that
// none is the beginning of another: tools cut names off. A name that begins as those
// of services do is judged as such, and its pseudonym begins so, too.
func (b *book) person(name string) string {
	if name == "" || name == "(null)" || b.systemName(name) || name == removed {
		return name
	}
	if strings.HasPrefix(name, "_") {
		return b.alias(personKind, name, numbered("_person%04d"))
	}
	return b.alias(personKind, name, numbered("person%04d"))
}

// cutOff returns the pseudonym of an account whose name may be cut off: that of
// the one account whose name begins so.
func (b *book) cutOff(name string) string {
	const shortest = 8 // community: no tool cuts off more
	if _, known := b.given[personKind][name]; known || len(name) < shortest {
		return b.person(name)
	}
	whole := ""
	for known := range b.given[personKind] {
		if strings.HasPrefix(known, name) {
			if whole != "" {
				return b.person(name)
			}
			whole = known
		}
	}
	if whole == "" {
		whole = name
	}
	return b.person(whole)
}

// fullName returns the pseudonym of a person's name, which for an account's own is
// that of the account.
func (b *book) fullName(name, account string) string {
	if name == "" || name == removed {
		return name
	}
	return b.alias(fullNameKind, name, func(n int) string {
		if number, ok := strings.CutPrefix(strings.TrimPrefix(b.given[personKind][account], "_"), "person"); ok {
			return "Person " + number
		}
		return fmt.Sprintf("Person named %d", n)
	})
}

// named returns the pseudonym of what a tool calls an account: by the name of its
// person, or on old releases by its own.
func (b *book) named(name string) string {
	if _, known := b.given[personKind][name]; known || b.systemName(name) {
		return b.person(name)
	}
	return b.fullName(name, "")
}

// systemName is an account that is on every Mac, as the directory says or the list
// of those that stand where the directory could not be asked. A name that looks so
// is none: accounts of management tools begin with _, too.
func (b *book) systemName(name string) bool {
	switch name {
	case "root", "daemon", "nobody", "Guest", "loginwindow", "_mbsetupuser", "_windowserver", "_securityagent", "_spotlight", "_www", "_unknown":
		return true
	}
	return b.system[name] || builtIn.MatchString(name)
}

var (
	// observed (10.13 to 26): other names of root, nobody and some groups.
	builtIn = pattern.Lazy(`^(?:BUILTIN\\(?:Local System|Local Service|Network Service|Administrators|Users|Guests|Everyone|Backup Operators|Power Users|Nobody)|NT AUTHORITY\\(?:SYSTEM|Local Service|Network Service))$`)
	// observed (10.13 to 26): groups that macOS makes itself, with numbers of their own.
	systemGroup = pattern.Lazy(`^com\.apple\.(?:access_(?:afp|backup|disabled|ftp|loginwindow|mail|remote_ae|screensharing|sessionkey|smb|ssh)(?:-disabled)?|sharepoint\.group\.\d+|local\.ard_(?:admin|interact|manage|reports))$`)
)

const systemGroupPrefix = "ABCDEFAB-CDEF-ABCD-EFAB-CDEF" // followed by the gid in hexadecimal

// group returns the pseudonym of a group, unless it is one that is on every Mac.
func (b *book) group(name, uuid string) string {
	system := len(uuid) > len(systemGroupPrefix) && strings.EqualFold(uuid[:len(systemGroupPrefix)], systemGroupPrefix)
	if system || b.systemName(name) || systemGroup.MatchString(name) {
		return name
	}
	return b.alias(groupKind, name, numbered("group%04d"))
}

// uuid returns another UUID of the same form, unless it is the same on every Mac.
func (b *book) uuid(s string) string {
	upper := strings.ToUpper(s)
	if sameEverywhere(upper) {
		return s
	}
	is := b.alias(uuidKind, upper, func(n int) string {
		return fmt.Sprintf("00000000-0000-4000-8000-%012X", n)
	})
	if s != upper {
		return strings.ToLower(is)
	}
	return is
}

func sameEverywhere(upper string) bool {
	switch upper {
	case evidence.BootstrapTokenUUID, evidence.PersonalRecoveryUUID, evidence.InstitutionalRecoveryKeyUUID,
		evidence.InstitutionalRecoveryUUID, evidence.ICloudRecoveryUUID, evidence.ICloudRecoveryKeyUUID:
		return true
	}
	return evidence.IsSystemUUID(upper) || strings.HasPrefix(upper, systemGroupPrefix)
}

// fiveGroups finds what the parsers take for a UUID, in any text.
var fiveGroups = pattern.Lazy(`\b[0-9A-Za-z]{1,20}(?:-[0-9A-Za-z]{1,20}){4}\b`)

// uuids replaces the UUIDs in a text that is otherwise the tool's own.
func (b *book) uuids(text string) string {
	return fiveGroups.ReplaceAllStringFunc(text, func(s string) string {
		if len(s) < 30 || len(s) > 40 {
			return s
		}
		return b.uuid(s)
	})
}

func (b *book) host(name string) string {
	if name == "" {
		return ""
	}
	return b.alias(hostKind, name, numbered("host-%d.example"))
}

// address keeps of an address whether and how it can be reached: scheme and port.
// What is no address becomes another text that is none.
func (b *book) address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Hostname() == "" {
		return b.word(s)
	}
	port := ""
	if u.Port() != "" {
		port = ":" + u.Port()
	}
	return u.Scheme + "://" + b.host(u.Hostname()) + port + b.alias(addressKind, s, numbered("/%d"))
}

// word stands for what is neither known to be harmless nor of a known kind. Two
// words that differ remain different.
func (b *book) word(s string) string {
	if s == "" {
		return ""
	}
	return b.alias(wordKind, s, numbered("word-%d"))
}

// path replaces the parts of a path that are not the system's.
func (b *book) path(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		if _, known := b.given[personKind][part]; known {
			parts[i] = b.person(part)
		}
	}
	return strings.Join(parts, "/")
}

// home replaces what a home folder is called, and every folder on the way to it
// that is not the system's.
func (b *book) home(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		switch part {
		case "", "Users", "Shared", "Guest", "var", "private", "empty", "root", "dev", "null", "home", "Network", "Library", "System", "Volumes", "db", "usr", "opt":
			continue
		}
		if _, known := b.given[personKind][part]; known {
			parts[i] = b.person(part)
		} else if !b.systemName(part) {
			parts[i] = b.word(part)
		}
	}
	return strings.Join(parts, "/")
}

// node replaces the name of the directory in a directory node, such as
// /Active Directory/CORP/corp.example.com.
func (b *book) node(s string) string {
	parts := strings.Split(s, "/")
	for i, part := range parts {
		switch part {
		case "", "Active Directory", "All Domains", "LDAPv3", "Local", "Default", "BSD", "Search", "Contact":
		default:
			parts[i] = b.host(part)
		}
	}
	return strings.Join(parts, "/")
}
