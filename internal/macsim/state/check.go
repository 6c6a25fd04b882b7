package state

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
)

// check says everything that is wrong, each with its key.
func (m *Mac) check() error {
	return errors.Join(
		m.OS.check(),
		m.checkHardware(),
		m.Enrollment.check(),
		m.FileVault.check(),
		m.checkPhase(),
		m.checkGroups(),
		m.checkFaults(),
		m.checkFiles(),
		m.checkProxy(),
		m.Power.check(),
		m.checkAccounts(),
		m.checkCryptoUsers(),
		m.checkConsole(),
		m.checkText(),
	)
}

func (o OS) check() error {
	if _, err := numbers(o.Version); err != nil {
		return fmt.Errorf("os.version: %w", err)
	}
	if !o.AtLeast(10, 13) {
		return fmt.Errorf("os.version: %s has no Secure Tokens; 10.13 is the first", o.Version)
	}
	if !isBuild(o.Build) {
		return fmt.Errorf("os.build: %q is not a build such as 24G231", o.Build)
	}
	return nil
}

// isBuild accepts digits, a capital letter, digits, and perhaps a small letter.
func isBuild(s string) bool {
	const digits = "0123456789"
	rest := strings.TrimLeft(s, digits)
	if len(rest) == len(s) || rest == "" || rest[0] < 'A' || rest[0] > 'Z' {
		return false
	}
	tail := strings.TrimLeft(rest[1:], digits)
	return len(tail) < len(rest)-1 && (tail == "" || len(tail) == 1 && tail[0] >= 'a' && tail[0] <= 'z')
}

func (m *Mac) checkHardware() error {
	var errs []error
	if !slices.Contains([]Chip{AppleSilicon, T2, Intel}, m.Chip) {
		errs = append(errs, fmt.Errorf("chip: %q is none of apple_silicon, t2, intel", m.Chip))
	}
	if m.Chip == AppleSilicon && !m.OS.AtLeast(11) {
		errs = append(errs, fmt.Errorf("chip: apple_silicon needs macOS 11, this is %s", m.OS.Version))
	}
	if m.Model == "" {
		errs = append(errs, errors.New("model: missing"))
	}
	if m.Serial == "" {
		errs = append(errs, errors.New("serial: missing"))
	}
	return errors.Join(append(errs, checkUUID("hardware_uuid", m.HardwareUUID))...)
}

func (e Enrollment) check() error {
	switch {
	case !slices.Contains([]MDM{NotEnrolled, Unapproved, UserApproved}, e.MDM):
		return fmt.Errorf("enrollment.mdm: %q is none of none, unapproved, user_approved", e.MDM)
	case e.MDM == NotEnrolled && (e.DEP || e.Server != ""):
		return errors.New("enrollment: dep and server need an mdm that is not none")
	}
	return nil
}

func (f FileVault) check() error {
	switch {
	case !slices.Contains([]Encryption{Off, On, Encrypting, Decrypting}, f.State):
		return fmt.Errorf("filevault.state: %q is none of off, on, encrypting, decrypting", f.State)
	case f.Percent < 0 || f.Percent > 100:
		return fmt.Errorf("filevault.percent: %d is not between 0 and 100", f.Percent)
	case f.Percent > 0 && (f.State == Off || f.State == On):
		return fmt.Errorf("filevault.percent: nothing is in progress while the state is %s", f.State)
	}
	return nil
}

func (m *Mac) checkAccounts() error {
	var errs []error
	taken := claims{}
	for _, a := range m.Accounts {
		key := fmt.Sprintf("accounts: %q", a.Name)
		errs = append(errs, a.check(key),
			taken.claim(key, "uid", fmt.Sprint(a.UID)),
			taken.claim(key, "guid", a.GUID))
		for _, name := range a.Names() {
			errs = append(errs, taken.claim(key, "name", strings.ToLower(name))) // inferred: names ignore case
		}
	}
	for _, name := range m.Absent {
		if !isSystemAccount(name) {
			errs = append(errs, fmt.Errorf("absent: %q is not a system account", name))
		}
	}
	return errors.Join(errs...)
}

func (a Account) check(key string) error {
	switch {
	case a.Name == "":
		return errors.New("accounts: one has no name")
	case !slices.Contains([]Kind{Local, Mobile, Network, Service, Role, Sharing, System}, a.Kind):
		return fmt.Errorf("%s: kind: %q is none of local, mobile, network, service, role, sharing, system", key, a.Kind)
	case (a.Kind == Mobile || a.Kind == Network) != (a.OriginalNode != ""):
		return fmt.Errorf("%s: original_node: a mobile or network account has one, no other does", key)
	case a.UID == 0 && a.Name != "root":
		return fmt.Errorf("%s: uid: missing", key)
	case !slices.Contains([]Status{"", Enabled, Disabled}, a.Token.Status):
		return fmt.Errorf("%s: token.status: %q is none of enabled, disabled", key, a.Token.Status)
	}
	return checkUUID(key+": guid", a.GUID)
}

func (m *Mac) checkCryptoUsers() error {
	taken := claims{
		"uuid " + m.BootstrapUUID():         "bootstrap.local",
		"uuid " + institutionalRecoveryUUID: "filevault.institutional",
		"uuid " + PersonalRecoveryUUID:      "filevault.recovery_key",
		"uuid " + iCloudRecoveryUUID:        "filevault.icloud",
		"uuid " + iCloudKeyUUID:             "filevault.icloud",
	}
	for _, a := range m.Accounts {
		taken["uuid "+a.GUID] = fmt.Sprintf("account %q", a.Name)
	}
	var errs []error
	for _, u := range m.OrphanCryptoUsers {
		key := "orphan_crypto_users"
		if !u.Type.known() {
			errs = append(errs, fmt.Errorf("%s: type: %q is not known", key, u.Type))
		}
		errs = append(errs, checkUUID(key+": uuid", u.UUID), taken.claim(key, "uuid", u.UUID))
	}
	return errors.Join(errs...)
}

func (m *Mac) checkConsole() error {
	if slices.Contains(m.Console.Background, m.Console.User) {
		return fmt.Errorf("console: %q is both on the screen and behind it", m.Console.User)
	}
	for _, name := range append([]string{m.Console.User}, m.Console.Background...) {
		if _, ok := m.Account(name); name != "" && !ok {
			return fmt.Errorf("console: there is no account %q", name)
		}
	}
	if c := m.Console; c.EarlyBoot && (c.User != "" || c.TopLevelName != "" || len(c.Background) > 0) {
		return errors.New("console: early_boot means that nobody is known yet")
	}
	return nil
}

func (m *Mac) checkPhase() error {
	var errs []error
	if !slices.Contains([]Phase{SetupAssistant, Locked, Running, Wiped}, m.Phase) {
		errs = append(errs, fmt.Errorf("phase: %q is none of setup_assistant, locked, running, wiped", m.Phase))
	}
	if !slices.Contains([]FileSystem{APFS, HFS}, m.FileSystem) {
		errs = append(errs, fmt.Errorf("file_system: %q is none of apfs, hfs", m.FileSystem))
	}
	if !slices.Contains([]BootSecurity{FullSecurity, ReducedSecurity, NoSecurity}, m.Security.Boot) {
		errs = append(errs, fmt.Errorf("security.boot: %q is none of full, reduced, permissive", m.Security.Boot))
	}
	if !slices.Contains([]Capability{NoCapability, ByOption, ByProfile}, m.Enrollment.Capability) {
		errs = append(errs, fmt.Errorf("enrollment.capability: %q is none of option, profile", m.Enrollment.Capability))
	}
	return errors.Join(errs...)
}

func (m *Mac) checkGroups() error {
	var errs []error
	taken := claims{}
	for _, g := range m.Groups {
		key := fmt.Sprintf("groups: %q", g.Name)
		if g.Name == "" {
			errs = append(errs, errors.New("groups: one has no name"))
		}
		errs = append(errs, checkUUID(key+": guid", g.GUID), taken.claim(key, "name", g.Name), taken.claim(key, "gid", fmt.Sprint(g.GID)))
	}
	return errors.Join(errs...)
}

func (m *Mac) checkFaults() error {
	var errs []error
	for _, f := range m.Faults {
		errs = append(errs, f.check())
	}
	return errors.Join(errs...)
}

// checkFiles wants whole paths, and none where the simulator keeps its own.
func (m *Mac) checkFiles() error {
	var errs []error
	for _, f := range m.Files {
		switch {
		case !path.IsAbs(f.Path) || path.Clean(f.Path) != f.Path || f.Path == "/":
			errs = append(errs, fmt.Errorf("files: %q is not the whole path of a file", f.Path))
		case strings.HasPrefix(f.Path+"/", "/private/var/db/macsim/"):
			errs = append(errs, fmt.Errorf("files: %q belongs to the simulator", f.Path))
		case f.Folder && (f.Content != "" || f.Denied):
			errs = append(errs, fmt.Errorf("files: %q is a folder, which has no content and is not opened", f.Path))
		case f.Denied && f.Mode != 0:
			errs = append(errs, fmt.Errorf("files: %q is denied, whatever its mode", f.Path))
		}
	}
	return errors.Join(errs...)
}

// checkProxy wants one way alone: with two, the Mac would have to try them.
func (m *Mac) checkProxy() error {
	p := m.Proxy
	switch {
	case p.Host != "" && p.Script != "":
		return errors.New("proxy: host and script: give one of them")
	case (p.Host != "") != (p.Port != 0) || p.Port < 0 || p.Port > 65535:
		return fmt.Errorf("proxy: host %q and port %d: one is missing or no port", p.Host, p.Port)
	case p.Refuses && p.Host == "":
		return errors.New("proxy: refuses: there is no host")
	}
	return nil
}

func (f Fault) check() error {
	key := fmt.Sprintf("faults: %q", f.Tool)
	kinds := []FaultKind{
		Hangs, Floods, Truncated, Denied, Missing, WrongExit, ChangedWording,
		PromptsTwice, Dies, DiesBefore, Lies, Slow, Stale,
	}
	switch {
	case f.Tool == "":
		return errors.New("faults: one names no tool")
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("%s: kind: %q is none of %v", key, f.Kind, kinds)
	case f.Kind == ChangedWording && f.Old == "":
		return fmt.Errorf("%s: old: missing: the text that is printed otherwise", key)
	case f.Kind == Slow && f.Takes <= 0:
		return fmt.Errorf("%s: takes: missing: how long, such as 11s", key)
	case (f.Kind == Denied || f.Kind == Missing) && (len(f.Args) > 0 || f.Left > 0):
		return fmt.Errorf("%s: a tool that is %s is so for all calls", key, f.Kind)
	case f.Bytes < 0 || f.Left < 0:
		return fmt.Errorf("%s: bytes and calls_left are not negative", key)
	}
	return nil
}

// claims remembers who has what, so that the second one is refused.
type claims map[string]string

func (c claims) claim(who, what, value string) error {
	id := what + " " + value
	if first, ok := c[id]; ok {
		return fmt.Errorf("%s: %s is taken by %s", who, id, first)
	}
	c[id] = who
	return nil
}

// checkUUID wants capital letters, as the tools print it.
func checkUUID(key, s string) error {
	for i, c := range s {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (c == '-') || !hyphen && !strings.ContainsRune("0123456789ABCDEF", c) {
			return fmt.Errorf("%s: %q is not a UUID in capital letters", key, s)
		}
	}
	if len(s) != 36 {
		return fmt.Errorf("%s: %q is not a UUID in capital letters", key, s)
	}
	return nil
}

// checkText refuses control characters: a tool would print what nobody wrote.
func (m *Mac) checkText() error {
	texts := [][2]string{
		{"os.product", m.OS.Product},
		{"os.extra", m.OS.Extra},
		{"model", m.Model},
		{"board", m.Board},
		{"serial", m.Serial},
		{"volume", m.Volume},
		{"enrollment.server", m.Enrollment.Server},
		{"filevault.deferred_user", m.FileVault.DeferredUser},
		{"console.top_level_name", m.Console.TopLevelName},
		{"eacs_preflight", m.EACSPreflight},
		{"proxy", m.Proxy.Host + m.Proxy.Script + strings.Join(m.Proxy.Exceptions, " ")},
	}
	for _, a := range m.Accounts {
		key := fmt.Sprintf("accounts: %q: ", a.Name)
		texts = append(texts,
			[2]string{key + "name", strings.Join(a.Names(), " ")},
			[2]string{key + "real_name", a.RealName},
			[2]string{key + "home", strings.Join(append([]string{a.Home}, a.OtherHomes...), " ")},
			[2]string{key + "shell", a.Shell},
			[2]string{key + "original_node", a.OriginalNode},
			[2]string{key + "password", a.Password + a.Token.Password + a.Directory + a.Keychain},
		)
	}
	for _, text := range texts {
		if strings.ContainsFunc(text[1], unicode.IsControl) {
			return fmt.Errorf("%s: a control character in it", text[0])
		}
	}
	return nil
}
