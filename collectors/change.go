package collectors

import (
	"reflect"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// A Change is a set of things that were not as they had been.
type Change uint8

// What can change between two checks.
const (
	EnrollmentChange Change = 1 << iota // the enrolment, the server, or the Bootstrap Token
	VolumeChange                        // FileVault, or who can unlock the volume
	AccountsChange                      // who is there, who is an administrator, who is at the Mac
	NetworkChange                       // how far the MDM server can be reached
)

// a basis is the latest answer to each question on which other answers depend.
// Older answers would overrule what is known now.
type basis struct {
	enrolled, approved, supported, escrowed, token evidence.Obs[bool]
	server                                         evidence.Obs[string]

	fileVault evidence.Obs[evidence.FileVaultState]
	crypto    evidence.Obs[[]string]
	unlockers evidence.Obs[[]string]

	accounts evidence.Obs[[]string]
	admins   evidence.Obs[evidence.AdminGroup]
	console  evidence.Obs[evidence.ConsoleUser]

	reach evidence.Obs[evidence.Reach]
}

func basisOf(s evidence.Snapshot) basis {
	users := s.CryptoUsers.Value
	return basis{
		enrolled: s.EnrolledMDM, approved: s.UserApproved, supported: s.BootstrapSupported, escrowed: s.BootstrapEscrowed, server: s.MDMServer,
		token: evidence.Is(s.CryptoUsers.Meta(), slices.ContainsFunc(users, func(u evidence.CryptoUser) bool {
			return u.Type == evidence.BootstrapTokenUser
		})),
		fileVault: s.FileVault,
		crypto: named(s.CryptoUsers, func(u evidence.CryptoUser) string {
			return string(u.Type) + " " + strings.ToUpper(u.UUID)
		}),
		unlockers: named(s.FileVaultUsers, func(u evidence.FileVaultUser) string { return u.UUID }),
		accounts:  named(s.Directory, func(a evidence.DirectoryAccount) string { return a.Name + " " + a.GUID }),
		admins:    s.AdminGroup, console: s.ConsoleUser,
		reach: s.Network.MDM,
	}
}

// named observes the names of things, in an order that says nothing.
func named[T any](o evidence.Obs[[]T], name func(T) string) evidence.Obs[[]string] {
	var names []string
	for _, v := range o.Value {
		names = append(names, name(v))
	}
	slices.Sort(names)
	return evidence.Is(o.Meta(), names)
}

// changes says what is not as it was.
func (b basis) changes(is basis) Change {
	var c Change
	if differs(b.enrolled, is.enrolled) || differs(b.approved, is.approved) || differs(b.supported, is.supported) ||
		differs(b.escrowed, is.escrowed) || differs(b.server, is.server) || differs(b.token, is.token) {
		c |= EnrollmentChange
	}
	if differs(b.fileVault, is.fileVault) || differs(b.crypto, is.crypto) || differs(b.unlockers, is.unlockers) {
		c |= VolumeChange
	}
	if differs(b.accounts, is.accounts) || differs(b.admins, is.admins) || differs(b.console, is.console) {
		c |= AccountsChange
	}
	if differs(b.reach, is.reach) {
		c |= NetworkChange
	}
	return c
}

// updated is the basis with what was answered this time. What was not stays as
// it was, so that a tool that fails in between hides no change.
func (b basis) updated(is basis) basis {
	return basis{
		enrolled: latest(b.enrolled, is.enrolled), approved: latest(b.approved, is.approved), supported: latest(b.supported, is.supported),
		escrowed: latest(b.escrowed, is.escrowed), token: latest(b.token, is.token), server: latest(b.server, is.server),
		fileVault: latest(b.fileVault, is.fileVault), crypto: latest(b.crypto, is.crypto), unlockers: latest(b.unlockers, is.unlockers),
		accounts: latest(b.accounts, is.accounts), admins: latest(b.admins, is.admins), console: latest(b.console, is.console),
		reach: latest(b.reach, is.reach),
	}
}

// differs compares two answers. A tool that failed is no change.
func differs[T any](was, is evidence.Obs[T]) bool {
	return was.Answered() && is.Answered() && (was.State != is.State || !reflect.DeepEqual(was.Value, is.Value))
}

func latest[T any](was, is evidence.Obs[T]) evidence.Obs[T] {
	if is.Answered() {
		return is
	}
	return was
}
