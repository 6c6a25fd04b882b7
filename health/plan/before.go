package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
)

// before decides what needs no search: a Mac of which too little is known, a goal
// that is none here, and what no step can reach.
func (b *board) before() (*Plan, bool) {
	switch {
	case b.m.APFS == health.No && b.aboutTokens():
		return b.closed("The startup volume is not APFS, and Secure Tokens exist on no other.", "ST_HFS"), true
	case len(b.m.Gaps) > 0:
		return b.unknown(), true
	case b.unspeakable():
		return b.closed(untypable), true
	case b.aboutUser() && b.target == nobody && b.goal.Kind == RemoveUser:
		return &Plan{Goal: b.goal, Outcome: Reached}, true
	case b.aboutUser() && b.target == nobody:
		return b.closed("No account of this Mac has the name "+quoted(b.goal.User)+".", "ST_UNKNOWN_USER"), true
	}
	if reason, code := b.impossible(); reason != "" {
		return b.closed(reason, code), true
	}
	if missing := b.undecided(); len(missing) > 0 {
		return b.unknown(missing...), true
	}
	return nil, false
}

func quoted(name string) string {
	return "“" + name + "”"
}

func (b *board) aboutTokens() bool {
	return b.goal.Kind != RemoveUser && b.goal.Kind != ResetPassword && b.goal.Kind != Reenrol
}

func (b *board) aboutUser() bool {
	switch b.goal.Kind {
	case TokenFor, RepairFor, ResetPassword, RemoveUser, UnlockFor:
		return true
	case TokensForAll, Escrow, ValidEscrow, FileVaultOn, SafeToWipe, Update, NoLockOut, Reenrol:
	}
	return false
}

// unknown asks for evidence.
func (b *board) unknown(missing ...string) *Plan {
	p := &Plan{Goal: b.goal, Outcome: NotKnown, Blocked: &Blocked{}, Steps: []Step{b.observe()}}
	for _, fact := range b.m.Gaps {
		p.Blocked.Missing = append(p.Blocked.Missing, string(fact))
	}
	p.Blocked.Missing = append(p.Blocked.Missing, missing...)
	p.Blocked.Reasons = []string{"Too little is known of this Mac. A plan that is made on a guess can lock somebody out."}
	return p
}

func (b *board) closed(reason string, codes ...health.Code) *Plan {
	codes = slices.DeleteFunc(codes, func(code health.Code) bool { return code == "" })
	return &Plan{Goal: b.goal, Outcome: NoWay, Blocked: &Blocked{Because: codes, Reasons: []string{reason}}}
}

// impossible is what no step changes.
func (b *board) impossible() (string, health.Code) {
	m := b.m
	switch kind := b.goal.Kind; {
	case kind == FileVaultOn && m.FileVault.On == health.No && m.FileVault.Busy == health.Yes:
		return "The disk is being decrypted. FileVault can be turned on when that is done.", ""
	case (kind == Escrow || kind == ValidEscrow) && m.OS.AtLeast(10, 15) == health.No:
		return "Before macOS 10.15 there is no Bootstrap Token. Update macOS first.", "BT_PROFILES_TOO_OLD"
	case kind == Update && m.AppleSilicon == health.Yes && m.OS.AtLeast(11, 2) == health.No:
		return "Before macOS 11.2 an update of a Mac with Apple silicon asks a person. Update macOS first.", "UPDATE_WILL_PROMPT"
	case kind == SafeToWipe:
		return b.neverWipes()
	case b.aboutUser() && kind != RemoveUser:
		return b.neverHolds(b.people[b.target])
	}
	return "", ""
}

// neverWipes: documented: "Erase All Content and Settings" came with macOS 12 for
// Apple silicon and the T2, and the Mac says itself what stands in its way.
func (b *board) neverWipes() (string, health.Code) {
	m, p := b.m, b.m.Bootstrap.Preflight
	switch {
	case m.OS.AtLeast(12, 0) == health.No:
		return "Before macOS 12 an erase removes the system as well. Update macOS first.", ""
	case m.Chip == health.Intel:
		return "This Mac has neither Apple silicon nor a T2 chip, so an erase removes the system as well.", ""
	case p == "" || p == "success" || strings.HasPrefix(p, "Unable to get Bootstrap Token"), p == "not supported" && m.Enrolled == health.No:
		return "", ""
	}
	return fmt.Sprintf("The Mac refuses to be erased by the server and says %s.", quoted(p)), ""
}

// neverHolds: an account that nobody can log in to gets no token that is of use.
func (b *board) neverHolds(a *health.Account) (string, health.Code) {
	switch {
	case a.Kind == health.KindNetwork:
		return a.Name + " is a network account, which never gets a Secure Token. Make it a mobile account.", "ST_NETWORK_ACCOUNT"
	case a.Kind == health.KindGuest || a.Kind == health.KindSharing:
		return a.Name + " is no account that anybody logs in to.", ""
	case a.CanLogIn == health.No:
		return a.Name + " is closed. Open the account first.", ""
	}
	return "", ""
}
