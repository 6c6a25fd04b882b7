package macsim

import (
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// Questions are the commands that a recording of a Mac consists of: everything
// that can be asked without changing anything, in the words of the agent, whose
// recordings are matched by their command lines.
func Questions(m *state.Mac) []run.Command {
	questions := []run.Command{
		{Tool: run.SwVers},
		{Tool: run.Ioreg, Args: []string{"-rd1", "-c", "IOPlatformExpertDevice"}},
		{Tool: run.Uname, Args: []string{"-m"}},
		{Tool: run.Profiles, Args: []string{"status", "-type", "bootstraptoken"}},
		{Tool: run.Profiles, Args: []string{"status", "-type", "enrollment"}},
		{Tool: run.Diskutil, Args: []string{"apfs", "listcryptousers", "-plist", "/"}},
		{Tool: run.Fdesetup, Args: []string{"status"}},
		{Tool: run.Fdesetup, Args: []string{"list"}},
		{Tool: run.Dscl, Args: strings.Fields("-plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName")},
		{Tool: run.Dscl, Args: strings.Fields("-plist . -read /Groups/admin GroupMembership GroupMembers")},
		{Tool: run.Mdmclient, Args: []string{"QueryDeviceInformation"}},
		{Tool: run.Scutil, Stdin: "show State:/Users/ConsoleUser"},
	}
	for _, a := range m.People() {
		questions = append(questions, run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", a.Name}})
	}
	return questions
}
