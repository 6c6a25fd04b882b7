package conform

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Facts are what a Mac says of itself before anything is checked: they decide
// which cases apply. They are read leniently, since their form is checked by the
// cases.
type Facts struct {
	Version, Build string
	Chip           state.Chip
	Root           bool // whether the program is run by root
	Simulated      bool

	FileVault   bool
	Encrypting  bool // or decrypting
	Enrolled    bool
	ADE         bool
	Approved    bool // by the user, as an automated enrolment is by itself
	APFS        bool
	Server      string
	Supported   bool // the server keeps Bootstrap Tokens
	Escrowed    bool
	Console     string // who is on the screen
	People      []Record
	Admins      []string // names in the group admin
	CryptoUsers []CryptoUser

	Serial, HardwareUUID string
}

// Record is an account as the directory has it.
type Record struct {
	Name, RealName, GUID string
	OtherNames           []string
	UID                  int
	Authority            []string // the values of AuthenticationAuthority
	Node                 string   // of the directory that a mobile account comes from
	Home                 string
}

// Holds says whether the record has the tag of a Secure Token.
func (r *Record) Holds() bool { return slices.Contains(r.Authority, ";SecureToken;") }

// CryptoUser is a cryptographic user of the startup volume.
type CryptoUser struct {
	UUID, Type string
	Owner      *bool // nil: nothing is said of it
}

// Survey asks the Mac who it is.
func Survey(ctx context.Context, t Target, simulated bool) (Facts, error) {
	f := Facts{Simulated: simulated}
	s := surveyor{ctx: ctx, target: t}
	f.Version = s.line("sw_vers -productVersion")
	f.Build = s.line("sw_vers -buildVersion")
	if s.err != nil {
		return f, fmt.Errorf("survey: %w", s.err)
	}
	f.Root = s.line("id -u") == "0"
	f.Chip = s.chip(&f)
	fileVault := s.text("fdesetup status")
	f.FileVault = strings.HasPrefix(fileVault, "FileVault is On.")
	f.Encrypting = strings.Contains(fileVault, "in progress")
	s.enrolment(&f)
	f.Console = s.line("stat -f%Su /dev/console")
	s.identity(&f)
	s.people(&f)
	volume, _ := readPlist(s.text("diskutil info -plist /"))
	if d, ok := volume.(map[string]any); ok {
		f.APFS = d["FilesystemType"] == "apfs"
	}
	f.CryptoUsers = readCryptoUsers(s.text("diskutil apfs listcryptousers -plist /"))
	if len(f.People) == 0 {
		return f, errors.New("survey: no account of a person was found on this Mac")
	}
	return f, nil
}

// surveyor asks, and keeps the first error.
type surveyor struct {
	ctx    context.Context //nolint:containedctx // lives for one survey
	target Target
	err    error
}

func (s *surveyor) text(line string) string {
	step := ask(line)
	out, err := s.target.Run(s.ctx, Command{Path: step.Argv[0], Args: step.Argv[1:], Limit: step.Limit})
	if err == nil && ownWords(out) {
		err = errors.New(strings.TrimSpace(out.Stderr))
	}
	if err != nil && s.err == nil {
		s.err = err
	}
	return out.Stdout
}

func (s *surveyor) line(line string) string { return strings.TrimSpace(s.text(line)) }

// chip asks the kernel, and of an Intel Mac its security report, where a Mac with
// a T2 has a level of secure boot.
func (s *surveyor) chip(f *Facts) state.Chip {
	if s.line("sysctl -n hw.optional.arm64") == "1" {
		return state.AppleSilicon
	}
	if f.Root && atLeast(f.Version, "10.15") {
		level := regexp.MustCompile(`SecureBootLevel = "?([a-z ]+)`).FindStringSubmatch(s.text("mdmclient QuerySecurityInfo"))
		if level != nil && level[1] != "not supported" {
			return state.T2
		}
	}
	return state.Intel
}

func (s *surveyor) enrolment(f *Facts) {
	if atLeast(f.Version, "10.13.4") {
		text := s.text("profiles status -type enrollment")
		f.ADE = strings.Contains(text, "Enrolled via DEP: Yes")
		f.Enrolled = strings.Contains(text, "MDM enrollment: Yes")
		f.Approved = strings.Contains(text, "(User Approved)")
		f.Server = between(text, "MDM server: ", "\n")
	}
	token := s.text("profiles status -type bootstraptoken")
	f.Supported = regexp.MustCompile(`supported on server:\s*YES`).MatchString(token)
	f.Escrowed = regexp.MustCompile(`escrowed (to|on) server:\s*YES`).MatchString(token)
}

func (s *surveyor) identity(f *Facts) {
	text := s.text("ioreg -rd1 -c IOPlatformExpertDevice")
	f.Serial = between(text, `"IOPlatformSerialNumber" = "`, `"`)
	f.HardwareUUID = between(text, `"IOPlatformUUID" = "`, `"`)
}

func (s *surveyor) people(f *Facts) {
	users, _ := readPlist(s.text("dscl -plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory OriginalNodeName"))
	for _, d := range dicts(users) {
		if r := readRecord(d); r.Name != "" && (r.UID >= 500 || r.Holds()) {
			f.People = append(f.People, r)
		}
	}
	group, _ := readPlist(s.text("dscl -plist . -read /Groups/admin GroupMembership"))
	if d, ok := group.(map[string]any); ok {
		f.Admins = texts(d, "GroupMembership")
	}
}

func readRecord(d map[string]any) Record {
	r := Record{
		RealName: firstText(d, "RealName"), GUID: firstText(d, "GeneratedUID"), Authority: texts(d, "AuthenticationAuthority"),
		Node: firstText(d, "OriginalNodeName"), Home: firstText(d, "NFSHomeDirectory"),
	}
	r.UID, _ = strconv.Atoi(firstText(d, "UniqueID"))
	if names := texts(d, "RecordName"); len(names) > 0 {
		r.Name, r.OtherNames = names[0], names[1:]
	}
	return r
}

func readCryptoUsers(text string) []CryptoUser {
	value, _ := readPlist(text)
	root, _ := value.(map[string]any)
	var users []CryptoUser
	for _, d := range dicts(root["Users"]) {
		u := CryptoUser{}
		u.UUID, _ = d["APFSCryptoUserUUID"].(string)
		u.Type, _ = d["APFSCryptoUserType"].(string)
		if owner, said := d["VolumeOwner"].(bool); said {
			u.Owner = &owner
		}
		users = append(users, u)
	}
	return users
}

// Person finds an account by name.
func (f *Facts) Person(name string) (Record, bool) {
	i := slices.IndexFunc(f.People, func(r Record) bool { return r.Name == name })
	if i < 0 {
		return Record{}, false
	}
	return f.People[i], true
}

// holders are those with a Secure Token.
func (f *Facts) holders() []Record {
	return slices.DeleteFunc(slices.Clone(f.People), func(r Record) bool { return !r.Holds() })
}

// mobile is an account of a directory; empty where there is none.
func (f *Facts) mobile() string {
	i := slices.IndexFunc(f.People, func(r Record) bool { return r.Node != "" })
	if i < 0 {
		return ""
	}
	return f.People[i].Name
}

// hasCryptoUser says whether the volume has one of a type.
func (f *Facts) hasCryptoUser(kind string) bool {
	return slices.ContainsFunc(f.CryptoUsers, func(u CryptoUser) bool { return u.Type == kind })
}

// between is what stands behind one text and before another.
func between(text, before, after string) string {
	_, rest, found := strings.Cut(text, before)
	if !found {
		return ""
	}
	value, _, _ := strings.Cut(rest, after)
	return value
}
