package conform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Need is something that a case cannot do without.
type Need string

// What the Mac must be.
const (
	Enrolled      Need = "a Mac that is enrolled"
	NotEnrolled   Need = "a Mac that is not enrolled"
	Approved      Need = "an enrolment that the user has approved"
	ByADE         Need = "an enrolment by Automated Device Enrollment"
	NotByADE      Need = "an enrolment by hand"
	Supported     Need = "a server that keeps Bootstrap Tokens"
	NotSupported  Need = "a server that keeps no Bootstrap Tokens"
	Escrowed      Need = "an escrowed Bootstrap Token"
	NotEscrowed   Need = "a Bootstrap Token that is not escrowed"
	FileVaultOn   Need = "FileVault on"
	FileVaultOff  Need = "FileVault off"
	InProgress    Need = "FileVault encrypting or decrypting"
	OnAPFS        Need = "a startup volume on APFS"
	CryptoUsers   Need = "cryptographic users on the volume"
	NoCryptoUsers Need = "no cryptographic user on the volume"
	AnyAdmin      Need = "a person who is an administrator"
	AnyHolder     Need = "somebody with a Secure Token"
	NoHolder      Need = "nobody with a Secure Token"
	SoleHolder    Need = "one user alone with a Secure Token"
	MobileAccount Need = "an account of a directory"
)

// What whoever asks must have.
const (
	Root       Need = "root"
	User       Need = "an account that is not root, to ask as"
	Admin      Need = "the name and password of an administrator"
	TokenAdmin Need = "the name and password of an administrator with a Secure Token"
	AtTheMac   Need = "somebody at the Mac"
	ServerHand Need = "somebody who can change the management server"
	RealMac    Need = "a real Mac: the simulator does not know the command"
)

// ofMac says whether the Mac meets the need; ok is false where that is not the
// Mac's matter.
func (n Need) ofMac(f *Facts) (met, ok bool) {
	switch n {
	case Enrolled:
		return f.Enrolled, true
	case NotEnrolled:
		return !f.Enrolled, true
	case Approved:
		return f.Approved, true
	case ByADE:
		return f.ADE, true
	case NotByADE:
		return f.Enrolled && !f.ADE, true
	case Supported:
		return f.Supported, true
	case NotSupported:
		return f.Enrolled && !f.Supported, true
	case Escrowed:
		return f.Escrowed, true
	case NotEscrowed:
		return !f.Escrowed, true
	case FileVaultOn:
		return f.FileVault && !f.Encrypting, true
	case FileVaultOff:
		return !f.FileVault && !f.Encrypting, true
	case InProgress:
		return f.Encrypting, true
	default:
		return n.ofUsers(f)
	}
}

func (n Need) ofUsers(f *Facts) (met, ok bool) {
	switch n {
	case OnAPFS:
		return f.APFS, true
	case CryptoUsers:
		return len(f.CryptoUsers) > 0, true
	case NoCryptoUsers:
		return len(f.CryptoUsers) == 0, true
	case AnyAdmin:
		return slices.ContainsFunc(f.People, func(r Record) bool { return slices.Contains(f.Admins, r.Name) }), true
	case AnyHolder:
		return len(f.holders()) > 0, true
	case NoHolder:
		return len(f.holders()) == 0, true
	case SoleHolder:
		return len(f.holders()) == 1, true
	case MobileAccount:
		return f.mobile() != "", true
	case RealMac:
		return !f.Simulated, true
	default:
		return true, false
	}
}

// ofAsker says whether whoever asks meets it.
func (n Need) ofAsker(f *Facts, names *Names) bool {
	switch n {
	case Root:
		return f.Root
	case User:
		return names.Asker != ""
	case Admin:
		return names.Admin != "" && slices.Contains(f.Admins, names.Admin)
	case TokenAdmin:
		r, ok := f.Person(names.Admin)
		return ok && r.Holds() && slices.Contains(f.Admins, names.Admin)
	default:
		return true
	}
}

// applies says whether the case can be put to this Mac by whoever asks. The
// finding is empty where it can.
func (c *Case) applies(f *Facts, names *Names) Finding {
	switch {
	case c.From != "" && !atLeast(f.Version, c.From):
		return notApplicable("it is about macOS %s and later", c.From)
	case c.Below != "" && atLeast(f.Version, c.Below):
		return notApplicable("it is about macOS before %s", c.Below)
	case len(c.Chips) > 0 && !slices.Contains(c.Chips, f.Chip):
		return notApplicable("it is about another chip than %s", f.Chip)
	}
	for _, n := range c.AllNeeds() {
		if met, ok := n.ofMac(f); ok && !met {
			return notApplicable("it needs %s", n)
		}
	}
	for _, n := range c.AllNeeds() {
		if !n.ofAsker(f, names) {
			return couldNotAsk("it needs %s", n)
		}
	}
	return Finding{}
}

// AllNeeds are also those of the test account. Root makes it; and where nobody
// holds a Secure Token it would get the first one, and could not be removed; nor
// could it as the only administrator.
func (c *Case) AllNeeds() []Need {
	needs := slices.Clone(c.Needs)
	if c.Account != NoAccount {
		needs = append(needs, Root)
	}
	if c.Account != NoAccount && !slices.Contains(needs, NoHolder) {
		needs = append(needs, AnyHolder)
	}
	if c.Account == Administrator || c.Account == HolderAdmin {
		needs = append(needs, AnyAdmin)
	}
	if (c.Account == Holder || c.Account == HolderAdmin) && !slices.Contains(needs, TokenAdmin) {
		needs = append(needs, TokenAdmin)
	}
	return needs
}

// atLeast compares versions number by number; what is missing counts as 0.
func atLeast(version, want string) bool {
	have, least := numbers(version), numbers(want)
	for len(have) < len(least) {
		have = append(have, 0)
	}
	return slices.Compare(have, least) >= 0
}

func numbers(version string) []int {
	var out []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		out = append(out, n)
	}
	return out
}

func notApplicable(format string, values ...any) Finding {
	return Finding{NotApplicable, fmt.Sprintf(format, values...)}
}

func couldNotAsk(format string, values ...any) Finding {
	return Finding{CouldNotAsk, fmt.Sprintf(format, values...)}
}

// Why says why a case cannot be put to this Mac; empty where it can.
func (s *Suite) Why(c *Case) string { return c.applies(&s.Facts, &s.Names).Says }
