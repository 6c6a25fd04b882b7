package parse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
)

// FileVaultStatus is what fdesetup status says: nil is what it does not say.
type FileVaultStatus struct {
	FileVault    *evidence.FileVaultState `json:"filevault"`
	Percent      *float64                 `json:"percent"`
	Deferred     bool                     `json:"deferred"`
	DeferredUser *string                  `json:"deferred_user"`
}

// FdesetupStatus reads fdesetup status. The first line may go on after "On" or
// "Off" ("…, but needs to be restarted to finish."); further lines are optional.
func FdesetupStatus(out []byte) (FileVaultStatus, error) {
	all, err := lines(out)
	if err != nil {
		return FileVaultStatus{}, err
	}
	var p statusLines
	for _, line := range all {
		if err := p.line(line); err != nil {
			return FileVaultStatus{}, err
		}
	}
	if !p.state.said && !p.progress.said && !p.deferred {
		return FileVaultStatus{}, unreadable("no line about FileVault")
	}
	status := FileVaultStatus{p.state.pointer(), p.percent.pointer(), p.deferred, p.user.pointer()}
	if p.progress.said {
		status.FileVault = p.progress.pointer()
	}
	return status, nil
}

// statusLines collects what the lines of fdesetup status say.
type statusLines struct {
	state, progress once[evidence.FileVaultState]
	percent         once[float64]
	user            once[string]
	deferred        bool
}

var (
	running = pattern.Lazy(`^(En|De)cryption in progress: Percent completed = (\d{1,3}(?:\.\d+)?)$`)
	// The name may hold an apostrophe; a user is not named on every release (13.2.1).
	pending = pattern.Lazy(`^Deferred enablement appears to be active(?: for user '(.+)')?\.$`)
)

func (p *statusLines) line(line string) error {
	if m := running.FindStringSubmatch(line); m != nil {
		return p.inProgress(m[1], m[2])
	}
	if m := pending.FindStringSubmatch(line); m != nil {
		p.deferred = true
		if m[1] == "" {
			return nil
		}
		return p.user.say("the deferred user", m[1])
	}
	switch {
	case strings.HasPrefix(line, "FileVault is On.") || strings.HasPrefix(line, "FileVault is On,"):
		return p.state.say("FileVault", evidence.FileVaultOn)
	case strings.HasPrefix(line, "FileVault is Off.") || strings.HasPrefix(line, "FileVault is Off,"):
		return p.state.say("FileVault", evidence.FileVaultOff)
	case begins(line, "FileVault is ", "Encryption in progress", "Decryption in progress", "Deferred enablement"):
		return unreadable("the line %s", clip(line)) // it matters, and this version does not know it
	}
	return nil
}

func begins(line string, with ...string) bool {
	return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(line, w) })
}

func (p *statusLines) inProgress(direction, number string) error {
	percent, err := strconv.ParseFloat(number, 64)
	if err != nil || percent > 100 {
		return unreadable("%s percent completed", number)
	}
	state := evidence.FileVaultEncrypting
	if direction == "De" {
		state = evidence.FileVaultDecrypting
	}
	if err := p.progress.say("the progress", state); err != nil {
		return err
	}
	return p.percent.say("the progress", percent)
}

// FileVaultList is what fdesetup list says. The personal recovery key, which
// old releases list as a user, is not one of Users.
type FileVaultList struct {
	Users            []evidence.FileVaultUser `json:"users"`
	PersonalRecovery bool                     `json:"personal_recovery"`
	Error            *string                  `json:"error"` // "filevault_off" or nil
}

// FileVaultOff is the error of fdesetup list where there is nothing to list.
const FileVaultOff = "filevault_off"

// FdesetupList reads fdesetup list: "name,UUID" a line. A name of "(null)" or
// none at all is a user whose record is gone.
func FdesetupList(out []byte) (FileVaultList, error) {
	all, err := lines(out)
	if err != nil {
		return FileVaultList{}, err
	}
	list := FileVaultList{Users: []evidence.FileVaultUser{}}
	for _, line := range all {
		if line == "" || logPrefix.MatchString(line) {
			continue
		}
		if line == "Error: FileVault is Off." {
			off := FileVaultOff
			list.Error = &off
			continue
		}
		if err := list.add(line); err != nil {
			return FileVaultList{}, err
		}
	}
	if (list.Error != nil) == (len(list.Users) > 0 || list.PersonalRecovery) {
		return FileVaultList{}, unreadable("it holds neither users nor an error, or both")
	}
	return list, nil
}

func (l *FileVaultList) add(line string) error {
	name, uuid := "", line
	if i := strings.LastIndexByte(line, ','); i >= 0 {
		name, uuid = line[:i], strings.TrimSpace(line[i+1:])
	}
	if !looksLikeUUID(uuid) {
		return unreadable("the line %s", clip(line))
	}
	if name == "(null)" {
		name = ""
	}
	if strings.EqualFold(uuid, evidence.PersonalRecoveryUUID) {
		l.PersonalRecovery = true
		return nil
	}
	l.Users = append(l.Users, evidence.FileVaultUser{Name: name, UUID: uuid})
	return nil
}

// looksLikeUUID accepts any five groups of letters and digits: published
// outputs mask theirs with letters that are not hexadecimal, one a digit short.
func looksLikeUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(groups) != 5 || len(s) < 30 || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
