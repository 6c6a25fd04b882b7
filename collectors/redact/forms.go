package redact

import (
	"path"
	"strings"

	"github.com/tokenward/tokenward/internal/run"
)

// A form is how one command line answers.
type form struct {
	command string // the words of the command line, the first without its folder
	stdin   string
	// list writes a property list anew from what is known of it; nil where the tool
	// prints none. The book is nil where names stay.
	list func(b *book, out []byte) ([]byte, bool)
	// text replaces the names in the lines of the tool, given without their ends.
	text func(b *book, lines []string) []string
	// secretly takes out of the text what is secret by its place in it; nil where
	// nothing is.
	secretly func(text string) string
	// refused is what the tool's parser does not read although it could be read;
	// nil where there is nothing but lines that are too long.
	refused func(out []byte) bool
}

// forms are the command lines that are asked, in the order in which their answers
// are searched for names: the directory comes first, so that its first account is
// the first person, and tools that cut names off come after those that do not.
func forms() []form {
	return []form{
		{command: "dscl -plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName", list: users, text: directoryText},
		{command: "dscl -plist . -readall /Users RecordName accountPolicyData", list: users, text: directoryText},
		{command: "dscl -plist . -read /Groups/admin GroupMembership GroupMembers", list: group, text: directoryText},
		{command: "dscl -plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups", list: groups, text: directoryText},
		{command: "scutil", stdin: "show State:/Users/ConsoleUser", text: scutilText},
		{command: "diskutil apfs listcryptousers -plist /", list: cryptoUsers, text: cryptoUsersText},
		{command: "fdesetup status", text: fileVaultText},
		{command: "fdesetup list", text: fileVaultListText},
		{command: "fdesetup list -extended", text: fileVaultTableText},
		{command: "fdesetup haspersonalrecoverykey", text: fileVaultText},
		{command: "fdesetup hasinstitutionalrecoverykey", text: fileVaultText},
		{command: "fdesetup showdeferralinfo", text: dictionaryText, secretly: withoutData, refused: noDictionary},
		{command: "sysadminctl -secureTokenStatus", text: tokenStatusText},
		{command: "profiles status -type enrollment", text: profilesText, refused: noEnrollment},
		{command: "profiles status -type bootstraptoken", text: profilesText},
		{command: "ioreg -rd1 -c IOPlatformExpertDevice", text: machineText},
		{command: "mdmclient QueryDeviceInformation", text: dictionaryText, secretly: withoutData, refused: noDictionary},
		{command: "mdmclient QuerySecurityInfo", text: dictionaryText, secretly: withoutData, refused: noDictionary},
		{command: "dsconfigad -show", text: activeDirectoryText},
		{command: "scutil --proxy", text: scutilText},
		{command: "app-sso platform -s", text: signOnText, secretly: withoutValues},
		{command: "pwpolicy -getaccountpolicies", list: policies, text: policyText, refused: endless},
		{command: "last -1000", text: loginsText},
		{command: "diskutil info -plist /", list: volume, text: directoryText},
		{command: "bputil -e", text: startupText},
		{command: "sw_vers", text: versionText},
		{command: "uname -m", text: machineKindText},
		{command: "sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64", text: kernelText},
		{command: "csrutil status", text: integrityText},
		{command: "firmwarepasswd -check", text: firmwareText},
	}
}

const tokenStatus = "sysadminctl -secureTokenStatus"

// formOf returns how the command answers, and whether that is known.
func formOf(c run.Recorded) (form, bool) {
	at := place(c)
	all := forms()
	if at == len(all) {
		return form{}, false
	}
	return all[at], true
}

// place is where the command stands in the order of forms; behind the last where
// it is not known.
func place(c run.Recorded) int {
	line := wordsOf(c)
	if _, ok := accountAsked(c); ok {
		line = tokenStatus
	}
	for i, f := range forms() {
		if f.command == line && f.stdin == strings.TrimSuffix(c.Stdin, "\n") {
			return i
		}
	}
	return len(forms())
}

// accountAsked is the name in the one command line that holds one.
func accountAsked(c run.Recorded) (name string, ok bool) {
	if len(c.Argv) != 3 || wordsOf(run.Recorded{Argv: c.Argv[:2]}) != tokenStatus || c.Stdin != "" {
		return "", false
	}
	return c.Argv[2], true
}

// wordsOf is the command line as an admin types it; empty for what is no tool.
func wordsOf(c run.Recorded) string {
	if len(c.Argv) == 0 {
		return ""
	}
	if _, ok := run.ByPath(c.Argv[0]); !ok {
		return ""
	}
	return strings.Join(append([]string{path.Base(c.Argv[0])}, c.Argv[1:]...), " ")
}

// secrets is level one: a property list is written anew, text is scrubbed.
func (f form) secrets(out []byte) []byte {
	return f.output(nil, out, func(text string) string {
		if f.secretly != nil {
			text = f.secretly(text)
		}
		return scrub(text)
	})
}

// names is level two, of an output that went through level one.
func (f form) names(b *book, out []byte) []byte {
	return f.output(b, out, func(text string) string {
		return strings.Join(f.text(b, strings.Split(text, "\n")), "\n")
	})
}

// output divides an output into its text and its property list. A tool may print
// lines before the list; what stands behind it nobody reads.
func (f form) output(b *book, out []byte, text func(string) string) []byte {
	if strings.TrimSpace(string(out)) == "" {
		return out
	}
	if f.refused != nil && f.refused(out) || f.list == nil && endless(out) {
		return unreadable(out)
	}
	start := len(out)
	if f.list != nil {
		start = listStart(out)
	}
	var head []byte
	if start > 0 {
		lines, ok := readable(out[:start])
		if !ok {
			return unreadable(out)
		}
		head = []byte(text(lines))
		if endless(out[:start]) {
			head = unreadable(out[:start])
		}
	}
	if start == len(out) {
		return head
	}
	list, ok := f.list(b, out[start:])
	if !ok {
		list = unreadable(out[start:])
	}
	return append(head, list...)
}
