package macsim

import (
	"context"
	"path"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// Record asks the Mac everything that a recording consists of. A tool that fails
// is part of the recording.
func Record(ctx context.Context, m *state.Mac, recorder *run.Recorder) {
	for _, question := range Questions(m) {
		_, _ = recorder.Run(ctx, question)
	}
	for _, f := range Files() {
		f.Ask(ctx, recorder)
	}
	if target, ok := Target(m); ok {
		recorder.Probe(ctx, target)
	}
}

// Questions are the commands that a recording of a Mac consists of: everything
// that can be asked without changing anything, in the words of the agent, whose
// recordings are matched by their command lines.
func Questions(m *state.Mac) []run.Command {
	questions := []run.Command{
		asked(run.SwVers, ""),
		asked(run.Ioreg, "-rd1 -c IOPlatformExpertDevice"),
		asked(run.Uname, "-m"),
		asked(run.Sysctl, "kern.boottime kern.hv_vmm_present hw.optional.arm64"),
		asked(run.Csrutil, "status"),
		asked(run.Profiles, "status -type bootstraptoken"),
		asked(run.Profiles, "status -type enrollment"),
		asked(run.Diskutil, "apfs listcryptousers -plist /"),
		asked(run.Diskutil, "info -plist /"),
		asked(run.Fdesetup, "status"),
		asked(run.Fdesetup, "list"),
		asked(run.Fdesetup, "list -extended"),
		asked(run.Fdesetup, "haspersonalrecoverykey"),
		asked(run.Fdesetup, "hasinstitutionalrecoverykey"),
		asked(run.Fdesetup, "showdeferralinfo"),
		asked(run.Dscl, "-plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName"),
		asked(run.Dscl, "-plist . -readall /Users RecordName accountPolicyData"),
		asked(run.Dscl, "-plist . -read /Groups/admin GroupMembership GroupMembers"),
		asked(run.Dscl, "-plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups"),
		asked(run.Pwpolicy, "-getaccountpolicies"),
		asked(run.Last, "-1000"),
		asked(run.Dsconfigad, "-show"),
		asked(run.Scutil, "--proxy"),
		asked(run.Mdmclient, "QueryDeviceInformation"),
		asked(run.Mdmclient, "QuerySecurityInfo"),
		{Tool: run.Scutil, Stdin: "show State:/Users/ConsoleUser"},
	}
	questions = append(questions, ofItsKind(m)...)
	for _, a := range m.People() {
		questions = append(questions, run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", a.Name}})
	}
	return questions
}

// ofItsKind are the questions that not every Mac knows.
func ofItsKind(m *state.Mac) []run.Command {
	var questions []run.Command
	if m.Chip == state.AppleSilicon {
		questions = append(questions, asked(run.Bputil, "-e"))
	} else {
		questions = append(questions, asked(run.Firmwarepasswd, "-check"))
	}
	if m.OS.AtLeast(13) {
		questions = append(questions, asked(run.AppSSO, "platform -s"))
	}
	return questions
}

// asked is a command as an admin would type it.
func asked(t run.Tool, line string) run.Command {
	return run.Command{Tool: t, Args: strings.Fields(line)}
}

// Looked is a file that a recording looks at.
type Looked struct {
	Path   string
	Opened bool // opening it is tried as well
}

// Ask looks at the file in the way that the recording does.
func (l Looked) Ask(ctx context.Context, files run.Files) run.File {
	if l.Opened {
		return files.Opens(ctx, l.Path)
	}
	return files.Look(ctx, l.Path)
}

// Files are those that a recording looks at, by the paths at which the agent
// looks: what the Mac made itself, and other tools that handle tokens.
func Files() []Looked {
	const plugins = "/Library/Security/SecurityAgentPlugins/"
	return []Looked{
		{Path: sealedKey},
		{Path: escrowSettings},
		{Path: privacyDatabase, Opened: true},
		{Path: plugins + "Bootstrap Buddy.bundle"},
		{Path: plugins + "Crypt.bundle"},
		{Path: plugins + "Escrow Buddy.bundle"},
		{Path: "/Applications/Jamf Connect.app"},
		{Path: plugins + "JamfConnectLogin.bundle"},
		{Path: "/Applications/Privileges.app"},
		{Path: "/Applications/XCreds.app"},
		{Path: plugins + "XCredsLoginPlugin.bundle"},
	}
}

// Target is what a recording tries to reach, the way the Mac would go: its
// management server. There is none where the Mac has no server, or where only a
// script knows the way.
func Target(m *state.Mac) (run.Target, bool) {
	server := managementServer(m)
	if server == nil || server.Scheme != "https" || m.Proxy.Script != "" {
		return run.Target{}, false
	}
	t := run.Target{Name: "mdm", Host: server.Hostname(), Port: 443}
	if port, err := strconv.Atoi(server.Port()); err == nil {
		t.Port = port
	}
	if m.Proxy.Host != "" && !m.Offline && !excepted(m.Proxy.Exceptions, t.Host) {
		t.ProxyHost, t.ProxyPort = m.Proxy.Host, m.Proxy.Port
	}
	return t, true
}

// excepted says whether a host is reached without the proxy.
func excepted(exceptions []string, host string) bool {
	for _, pattern := range exceptions {
		if match, err := path.Match(strings.ToLower(pattern), strings.ToLower(host)); err == nil && match {
			return true
		}
	}
	return false
}
