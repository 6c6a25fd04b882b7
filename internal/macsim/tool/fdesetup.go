package tool

import (
	"fmt"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The exit codes of fdesetup that are used here. documented: man fdesetup, but
// for 136.
const (
	fdeOff          = 1
	fdeAuthFailed   = 11
	fdeBadInput     = 15
	fdeAddFailed    = 17
	fdeNotDeferred  = 20
	fdeNotEnabled   = 23
	fdeAlreadyOn    = 24
	fdeNotRemoved   = 25
	fdeKeyUnchanged = 26
	fdeKeyRemains   = 27
	fdeNoSuchUser   = 30
	fdeUnsupported  = 34
	fdeNotDisabled  = 35
	fdeBlank        = 37
	fdeKeyRefused   = 136
)

// fdesetup answers about FileVault and changes it. Who but root asks for what
// root alone may do is told something that nobody has published.
func fdesetup(m *state.Mac, c *Call) Reply {
	if len(c.Args) == 0 {
		return notSimulated(c)
	}
	answer := fileVaultLook
	switch c.Args[0] {
	case "status", "isactive", "supportsauthrestart", "usingrecoverykey":
		return fileVaultForAll(m, c)
	case "list", "haspersonalrecoverykey", "hasinstitutionalrecoverykey", "showdeferralinfo":
	case "add", "remove", "sync", "changerecovery", "removerecovery", "validaterecovery", "enable", "disable":
		answer = fileVaultVerb
	default:
		return notSimulated(c)
	}
	if !c.isRoot() {
		return unpublished(c, fdeBadInput, "without root")
	}
	return answer(m, c)
}

// fileVaultForAll needs no root. documented: isactive, with its exit codes;
// observed: supportsauthrestart (26), usingrecoverykey on APFS (10.13, 10.14),
// whose exit code is documented.
func fileVaultForAll(m *state.Mac, c *Call) Reply {
	on := m.FileVault.State != state.Off
	switch {
	case c.is("status"):
		return printed(fileVaultStatus(&m.FileVault)...)
	case c.is("isactive") && on:
		return printed("true")
	case c.is("isactive"):
		return Reply{Exit: 1, Stdout: "false\n"}
	case c.is("supportsauthrestart"):
		return printed("true")
	case c.is("usingrecoverykey") && m.FileSystem == state.APFS:
		return refused(fdeUnsupported, "This command is not supported on APFS volumes.")
	}
	return notSimulated(c)
}

// fileVaultLook answers the questions of root. community: has…recoverykey prints
// true or false; inferred: exit code 0 for both, and that FileVault being off
// makes no difference to the answer.
func fileVaultLook(m *state.Mac, c *Call) Reply {
	switch {
	case c.is("list"):
		return fileVaultUsers(m)
	case c.is("list", "-extended"):
		return fileVaultTable(m)
	case c.is("haspersonalrecoverykey"):
		return printed(strconv.FormatBool(m.FileVault.RecoveryKey.Generation > 0))
	case c.is("hasinstitutionalrecoverykey"):
		return printed(strconv.FormatBool(m.FileVault.Institutional))
	case c.is("showdeferralinfo"):
		return deferralInfo(m)
	}
	return notSimulated(c)
}

// fileVaultStatus prints one line and perhaps more. observed (10.13 to 26): On,
// Off; community: all the others, of which the one about deferral names no user
// on 13.2.1; inferred: that "On." stands above the progress of decryption, the
// order, and that there is a keychain wherever there is an institutional key.
func fileVaultStatus(f *state.FileVault) []string {
	lines := []string{"FileVault is On."}
	switch f.State {
	case state.Off:
		lines[0] = "FileVault is Off."
	case state.Encrypting:
		lines = append(lines, fmt.Sprintf("Encryption in progress: Percent completed = %d", f.Percent))
	case state.Decrypting:
		lines = append(lines, fmt.Sprintf("Decryption in progress: Percent completed = %d", f.Percent))
	case state.On:
	}
	if f.Institutional {
		lines = append(lines, "FileVault master keychain appears to be installed.")
	}
	switch {
	case f.DeferredUser != "":
		lines = append(lines, fmt.Sprintf("Deferred enablement appears to be active for user '%s'.", f.DeferredUser))
	case f.Deferred:
		lines = append(lines, "Deferred enablement appears to be active.")
	}
	return lines
}

// deferralInfo prints the deferred enablement. observed (10.15.6): as a profile
// makes it, without users; community: the words where there is none; inferred:
// the user's place in it, and the exit code where there is none.
func deferralInfo(m *state.Mac) Reply {
	if !m.FileVault.Deferred {
		return Reply{Exit: fdeNotDeferred, Stdout: "Not found.\n"}
	}
	lines := []string{
		"{",
		"    Defer = 1;",
		`    OutputPath = "/var/db/ConfigurationProfiles/fdesetup.plist";`,
		`    ProfileUUID = "` + m.ProfileUUID() + `";`,
		"    ShowRecoveryKey = 1;",
		"    Usernames =     (",
	}
	if m.FileVault.DeferredUser != "" {
		lines = append(lines, "        "+quoted(m.FileVault.DeferredUser))
	}
	return printed(append(lines, "    );", "}")...)
}
