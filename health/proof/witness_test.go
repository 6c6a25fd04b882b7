package proof

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// witness is what the collectors observe on a simulated Mac whose tools all answer:
// made from the state alone, without a tool, an output or a parser between, so that
// thousands of states can be judged in a second. TestWitness holds it against the
// collectors. It must not use what no tool tells: passwords, and what the server
// keeps, beyond what the Mac finds out when it asks for it.
func witness(m *state.Mac) evidence.Snapshot {
	s := evidence.Snapshot{
		TakenAt:   m.Clock,
		OSVersion: seen(m.OS.Version), OSBuild: seen(m.OS.Build), OSExtra: given(m.OS.Extra),
		Serial: seen(m.Serial), HardwareUUID: seen(m.HardwareUUID), Model: seen(m.Model), Arch: seen(arch(m)),
		ConsoleUser: consoleUser(m),
		EnrolledDEP: seen(m.Enrollment.DEP), EnrolledMDM: seen(m.Enrollment.MDM != state.NotEnrolled),
		UserApproved: where(m.Enrollment.MDM != state.NotEnrolled, evidence.Absent, m.Enrollment.MDM == state.UserApproved),
		MDMServer:    given(m.Enrollment.Server),
		CryptoUsers:  seen(cryptoUsers(m)),
		Directory:    seen(directory(m)), AdminGroup: seen(adminGroup(m)), Groups: seen(groups(m)),
		TokenStatus: tokenStatus(m), Passwords: seen(passwords(m)), Logins: where(!m.Booted.IsZero(), evidence.NotObserved, logins(m)),
		Policy: seen(m.Policy != state.Policy{}), ADDomain: given(m.Directory.Domain), Peers: seen(peers(m)),
		FDA: seen(!m.Security.DiskAccessDenied || !m.OS.AtLeast(10, 14)),
	}
	s.PlatformSSO = where(m.OS.AtLeast(13), evidence.Unsupported, slices.ContainsFunc(m.Accounts, func(a state.Account) bool { return a.SSO }))
	if !m.OS.AtLeast(10, 15) {
		s.MDMServer = evidence.Obs[string]{State: evidence.Absent}
	}
	if !m.OS.AtLeast(10, 13, 4) {
		s.EnrolledDEP, s.EnrolledMDM, s.UserApproved = failed[bool](), failed[bool](), failed[bool]()
		s.MDMServer = failed[string]()
	}
	if m.FileSystem == state.HFS {
		s.CryptoUsers = failed[[]evidence.CryptoUser]()
	}
	witnessMachine(m, &s)
	witnessBootstrap(m, &s)
	witnessFileVault(m, &s)
	witnessManaged(m, &s)
	witnessSecurity(m, &s)
	witnessNetwork(m, &s)
	return s
}

func seen[T any](v T) evidence.Obs[T] { return evidence.Obs[T]{State: evidence.Observed, Value: v} }

// where is a value, or the state of an observation that has none.
func where[T any](is bool, otherwise evidence.State, v T) evidence.Obs[T] {
	if !is {
		return evidence.Obs[T]{State: otherwise}
	}
	return seen(v)
}

// given is a text, and an empty one is none.
func given(text string) evidence.Obs[string] { return where(text != "", evidence.Absent, text) }

// failed is a tool that ended with an error.
func failed[T any]() evidence.Obs[T] {
	return evidence.Obs[T]{State: evidence.Failed, Reason: evidence.Exit}
}

func arch(m *state.Mac) string {
	if m.Chip == state.AppleSilicon {
		return "arm64"
	}
	return "x86_64"
}

func consoleUser(m *state.Mac) evidence.Obs[evidence.ConsoleUser] {
	name := m.Console.User
	a, ok := m.Account(name)
	if !ok || m.Console.EarlyBoot {
		return evidence.Obs[evidence.ConsoleUser]{State: evidence.Absent}
	}
	return seen(evidence.ConsoleUser{Name: name, UID: a.UID})
}

func witnessMachine(m *state.Mac, s *evidence.Snapshot) {
	apple := m.Chip == state.AppleSilicon
	s.Machine = evidence.Machine{
		AppleSilicon: where(apple, evidence.Absent, true), Virtual: where(m.OS.AtLeast(11), evidence.Absent, m.Virtual),
		BootedAt: where(!m.Booted.IsZero(), evidence.Absent, m.Booted.Truncate(time.Second)), FileSystem: seen(string(m.FileSystem)), SIP: seen(evidence.SIPEnabled),
	}
	if m.Security.SIPDisabled {
		s.Machine.SIP = seen(evidence.SIPDisabled)
	}
	modes := map[state.BootSecurity]evidence.StartupMode{
		state.FullSecurity: evidence.FullSecurity, state.ReducedSecurity: evidence.ReducedSecurity, state.NoSecurity: evidence.PermissiveSecurity,
	}
	s.Startup = evidence.Startup{
		Mode:             where(apple, evidence.Unsupported, modes[m.Security.Boot]),
		UserMDM:          where(apple, evidence.Unsupported, m.Security.MDMAllowed && !m.Enrollment.DEP),
		DEPMDM:           where(apple, evidence.Unsupported, m.Security.MDMAllowed && m.Enrollment.DEP),
		FirmwarePassword: where(!apple, evidence.Unsupported, m.Security.Firmware != ""),
	}
}

// witnessBootstrap is the Mac's own belief, and what became of its attempt to get
// the token from the server. Nobody has published what an unenrolled Mac says.
func witnessBootstrap(m *state.Mac, s *evidence.Snapshot) {
	if m.Enrollment.MDM == state.NotEnrolled || !m.OS.AtLeast(10, 15) {
		s.BootstrapSupported, s.BootstrapEscrowed = failed[bool](), failed[bool]()
	} else {
		s.BootstrapSupported = seen(m.BootstrapSupported())
		s.BootstrapEscrowed = where(m.BootstrapSupported(), evidence.Absent, m.Bootstrap.Escrowed)
	}
	s.EACSPreflight = given(m.Preflight())
}

func cryptoUsers(m *state.Mac) []evidence.CryptoUser {
	types := map[state.CryptoType]evidence.CryptoUserType{
		state.LocalOpenDirectory: evidence.LocalUser, state.PersonalRecovery: evidence.PersonalRecoveryUser, state.MDMRecovery: evidence.BootstrapTokenUser,
		state.InstitutionalRecovery: evidence.InstitutionalRecovery, state.InstitutionalRecoveryKey: evidence.InstitutionalRecoveryKey,
		state.ICloudRecovery: evidence.ICloudRecovery, state.ICloud: evidence.ICloudRecoveryKey, state.Disk: evidence.DiskUser,
	}
	users := []evidence.CryptoUser{}
	for _, u := range m.CryptoUsers() {
		seen := evidence.CryptoUser{UUID: u.UUID, Type: types[u.Type]}
		if m.OS.AtLeast(11) {
			seen.VolumeOwner = new(u.VolumeOwner)
		}
		users = append(users, seen)
	}
	return users
}

// encryption is the state of FileVault in the words of fdesetup.
func encryption(m *state.Mac) evidence.FileVaultState {
	return evidence.FileVaultState(m.FileVault.State)
}

func witnessFileVault(m *state.Mac, s *evidence.Snapshot) {
	f := m.FileVault
	busy := f.State == state.Encrypting || f.State == state.Decrypting
	s.FileVault, s.FileVaultPercent = seen(encryption(m)), where(busy, evidence.Absent, float64(f.Percent))
	s.FileVaultDeferred, s.FileVaultDeferredUser = seen(f.Deferred || f.DeferredUser != ""), given(f.DeferredUser)
	s.FileVaultUsers = unlockers(m)
	deferral := evidence.Deferral{Profile: true, ShowKey: true, Users: []string{}}
	if f.DeferredUser != "" {
		deferral.Users = []string{f.DeferredUser}
	}
	_, sealedAt, sealed := m.SealedKey()
	s.RecoveryKeys = evidence.RecoveryKeys{
		Personal: seen(f.RecoveryKey.Generation > 0), Institutional: seen(f.Institutional),
		Deferral: where(f.Deferred, evidence.Absent, deferral),
		Sealed:   where(sealed, evidence.Absent, sealedAt.UTC().Truncate(time.Second)), SealedEmpty: where(sealed, evidence.Absent, false),
		EscrowProfile: where(f.EscrowProfile, evidence.Absent, true),
	}
	if file, there := fileAt(m, "/private/var/db/FileVaultPRK.dat"); there {
		s.RecoveryKeys.Sealed, s.RecoveryKeys.SealedEmpty = seen(file.Modified.UTC().Truncate(time.Second)), seen(file.Content == "")
	}
}

// unlockers is fdesetup list. An empty list is not one that anybody has seen.
func unlockers(m *state.Mac) evidence.Obs[[]evidence.FileVaultUser] {
	if m.FileVault.State == state.Off && !m.Switches.FileVaultListsHoldersOff {
		return evidence.Obs[[]evidence.FileVaultUser]{State: evidence.Absent}
	}
	users := []evidence.FileVaultUser{}
	for _, a := range m.Accounts {
		if a.FileVault {
			users = append(users, evidence.FileVaultUser{Name: a.Name, UUID: a.GUID})
		}
	}
	for _, u := range m.OrphanCryptoUsers {
		if u.Type == state.LocalOpenDirectory {
			users = append(users, evidence.FileVaultUser{UUID: u.UUID})
		}
	}
	key := m.FileVault.RecoveryKey.Generation > 0 && !m.OS.AtLeast(10, 14)
	if len(users) == 0 && !key {
		return evidence.Obs[[]evidence.FileVaultUser]{State: evidence.Failed, Reason: evidence.Unreadable}
	}
	return seen(users)
}

func directory(m *state.Mac) []evidence.DirectoryAccount {
	records := []evidence.DirectoryAccount{}
	for i := range m.Accounts {
		if a := &m.Accounts[i]; a.Kind != state.Network {
			records = append(records, record(a))
		}
	}
	return sorted(records, func(r evidence.DirectoryAccount) string { return r.Name })
}

func record(a *state.Account) evidence.DirectoryAccount {
	made := a.Kind == state.Local || a.Kind == state.Service || a.Kind == state.Role
	return evidence.DirectoryAccount{
		Name: a.Name, OtherNames: a.OtherNames, RealName: a.RealName, GUID: a.GUID, UID: a.UID, UIDKnown: true,
		Home: a.Home, Shell: a.Shell, Hidden: a.Hidden, OriginalNode: a.OriginalNode,
		TokenTag: a.Token.Tag, DisabledTag: a.DisabledTag, Mobile: a.Kind == state.Mobile, DisabledUser: a.Disabled,
		PasswordKnown: a.Kind != state.System && (!made || a.Password != state.NoPassword),
	}
}

func sorted[T any](all []T, name func(T) string) []T {
	slices.SortFunc(all, func(a, b T) int { return strings.Compare(name(a), name(b)) })
	return all
}

func adminGroup(m *state.Mac) evidence.AdminGroup {
	g, _ := m.Group(state.AdminGroup)
	names, guids := m.Members(g)
	return evidence.AdminGroup{Names: names, GUIDs: guids}
}

func groups(m *state.Mac) []evidence.Group {
	all := []evidence.Group{}
	for i := range m.Groups {
		g := &m.Groups[i]
		names, guids := m.Members(g)
		if len(names)+len(guids)+len(g.Nested) > 0 {
			all = append(all, evidence.Group{Names: append([]string{g.Name}, g.OtherNames...), GUID: g.GUID, Users: names, GUIDs: guids, Nested: g.Nested})
		}
	}
	return sorted(all, func(g evidence.Group) string { return g.Names[0] })
}

func tokenStatus(m *state.Mac) map[string]evidence.Obs[evidence.TokenStatus] {
	all := map[string]evidence.Obs[evidence.TokenStatus]{}
	for _, a := range m.Accounts {
		if a.Kind != state.Network {
			all[a.Name] = seen(evidence.TokenStatus(a.Token.Says()))
		}
	}
	return all
}

func passwords(m *state.Mac) []evidence.PasswordRecord {
	all := []evidence.PasswordRecord{}
	for _, a := range m.Accounts {
		if a.Kind == state.Network || a.Set.Created.IsZero() && a.Set.Password.IsZero() {
			continue
		}
		p := evidence.PasswordRecord{Name: a.Name, Created: noted(a.Set.Created), Set: noted(a.Set.Password)}
		if !a.Set.Password.IsZero() {
			p.Failed, p.LastFailed = a.Failed, noted(a.Set.LastFailure)
		}
		all = append(all, p)
	}
	return sorted(all, func(p evidence.PasswordRecord) string { return p.Name })
}

// noted is a time as the directory keeps it, to the microsecond.
func noted(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// logins is the history to the minute, the newest first, of the year before. It
// begins with the first login or start, or with that year.
func logins(m *state.Mac) evidence.Logins {
	since, recent := m.Booted, m.Sessions
	if n := len(m.Sessions); n > 0 && m.Sessions[n-1].In.Before(since) {
		since = m.Sessions[n-1].In
	}
	year := m.Clock.AddDate(-1, 0, 0)
	if old := slices.IndexFunc(recent, func(s state.Session) bool { return s.In.Before(year) }); old >= 0 {
		recent = recent[:old]
	}
	if since = since.Truncate(time.Second); since.Before(year) {
		since = year
	}
	all := evidence.Logins{}
	if m.OS.AtLeast(13) { // before that no year is printed
		all.Since = since.UTC()
	}
	place := map[string]int{}
	for _, s := range recent {
		at, listed := place[s.User]
		switch {
		case s.Line != "console":
		case listed:
			all.Window[at].Count++
		default:
			open := s.Out.IsZero() && !s.In.Before(m.Booted)
			place[s.User] = len(all.Window)
			all.Window = append(all.Window, evidence.Login{User: s.User, At: s.In.UTC().Truncate(time.Minute), Open: open, Count: 1})
		}
	}
	for _, s := range recent {
		if _, window := place[s.User]; !window && !slices.Contains(all.Other, s.User) {
			all.Other = append(all.Other, s.User)
		}
	}
	slices.Sort(all.Other)
	return all
}

// witnessManaged is DeviceInformation.
func witnessManaged(m *state.Mac, s *evidence.Snapshot) {
	var admins []evidence.ManagedAdmin
	for _, a := range m.Accounts {
		if a.Managed {
			admins = append(admins, evidence.ManagedAdmin{GUID: a.GUID, Name: a.Name})
		}
	}
	enrolled := m.Enrollment.MDM != state.NotEnrolled && !m.Switches.AllowBootstrapOption
	s.Managed = evidence.Managed{
		Supervised: seen(m.Supervised()), AwaitingConfiguration: seen(m.Enrollment.Awaiting),
		BootstrapOption: where(enrolled, evidence.Absent, m.BootstrapSupported()), ActivationLock: seen(m.Security.ActivationLock),
		Admins: where(len(admins) > 0, evidence.Absent, admins),
	}
}

// witnessSecurity is SecurityInfo.
func witnessSecurity(m *state.Mac, s *evidence.Snapshot) {
	apple, f := m.Chip == state.AppleSilicon, m.FileVault
	allowed := m.Enrollment.DEP || m.Enrollment.BootstrapAuthAllowed
	s.Security = evidence.Security{
		SecureBoot:         where(m.OS.AtLeast(10, 15), evidence.Absent, secureBoot(m)),
		MDMControl:         where(apple && m.Security.Boot == state.ReducedSecurity, evidence.Absent, m.Security.MDMAllowed),
		BootstrapForAuth:   where(m.OS.AtLeast(11), evidence.Absent, authWord(m, allowed)),
		BootstrapForUpdate: where(m.OS.AtLeast(11), evidence.Absent, apple && allowed),
		BootstrapForKexts:  where(m.OS.AtLeast(11), evidence.Absent, apple && allowed),
		RecoveryLock:       where(m.OS.AtLeast(11, 5) && apple, evidence.Absent, m.Security.RecoveryLock != ""),
		FirmwarePassword:   where(!apple, evidence.Absent, m.Security.Firmware != ""),
		DEP:                seen(m.Enrollment.DEP), UserApproved: seen(m.Enrollment.MDM == state.UserApproved), UserEnrollment: seen(m.Enrollment.BYOD),
		RecoveryKey: seen(f.RecoveryKey.Generation > 0), InstitutionalKey: seen(f.Institutional),
		KeySealed: seen(f.EscrowProfile && f.RecoveryKey.Generation > 0 && f.RecoveryKey.Escrowed == f.RecoveryKey.Generation),
	}
}

func secureBoot(m *state.Mac) string {
	switch {
	case m.Chip == state.Intel:
		return "not supported"
	case m.Security.Boot == state.ReducedSecurity:
		return "medium"
	case m.Security.Boot == state.NoSecurity:
		return "off"
	}
	return "full"
}

// authWord is one of the three documented words, or the number that X13 has in
// their place.
func authWord(m *state.Mac, allowed bool) string {
	switch {
	case m.Chip != state.AppleSilicon:
		return "not supported"
	case m.Switches.BootstrapAuthBoolean && allowed:
		return "1"
	case m.Switches.BootstrapAuthBoolean:
		return "0"
	case allowed:
		return "allowed"
	}
	return "disallowed"
}

// witnessNetwork follows the way to the server.
func witnessNetwork(m *state.Mac, s *evidence.Snapshot) {
	p := evidence.Proxy{Kind: evidence.NoProxy}
	switch {
	case m.Offline:
	case m.Proxy.Script != "":
		p.Kind = evidence.AutomaticProxy
	case m.Proxy.Host != "":
		p = evidence.Proxy{Kind: evidence.ManualProxy, Host: m.Proxy.Host, Port: m.Proxy.Port}
	}
	s.Network.Proxy = seen(p)
	server, err := url.Parse(m.Enrollment.Server)
	switch {
	case s.MDMServer.State == evidence.Absent:
		s.Network.MDM.State = evidence.Absent
	case s.MDMServer.State != evidence.Observed:
	case err != nil || p.Kind == evidence.AutomaticProxy || server.Scheme != "https" || server.Hostname() == "":
		s.Network.MDM.State = evidence.Unsupported
	default:
		s.Network.MDM = seen(reach(m, p.Kind == evidence.ManualProxy))
	}
}

func reach(m *state.Mac, proxied bool) evidence.Reach {
	switch {
	case m.Offline:
		return evidence.Unreachable
	case proxied && (m.Proxy.Refuses || m.Server.Down):
		return evidence.ProxyRefused
	case m.Server.Down:
		return evidence.Refused
	}
	return evidence.Reached
}

func fileAt(m *state.Mac, path string) (state.File, bool) {
	i := slices.IndexFunc(m.Files, func(f state.File) bool { return f.Path == path })
	if i < 0 {
		return state.File{}, false
	}
	return m.Files[i], true
}

// peers are the tools that the scenarios install.
func peers(m *state.Mac) []string {
	found := []string{}
	for _, p := range [][2]string{
		{"Bootstrap Buddy", "Bootstrap Buddy.bundle"},
		{"Crypt", "Crypt.bundle"},
		{"Escrow Buddy", "Escrow Buddy.bundle"},
		{"Jamf Connect", "Jamf Connect.app"},
		{"SAP Privileges", "Privileges.app"},
		{"XCreds", "XCreds.app"},
	} {
		if slices.ContainsFunc(m.Files, func(f state.File) bool { return strings.Contains(f.Path+"/", "/"+p[1]+"/") }) {
			found = append(found, p[0])
		}
	}
	return found
}
