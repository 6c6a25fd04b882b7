package conform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const (
	listText  = "diskutil apfs listcryptousers /"
	listPlist = "diskutil apfs listcryptousers -plist /"
)

func silicon() []state.Chip { return []state.Chip{state.AppleSilicon} }

// cryptoUserCases are about the cryptographic users of the volume.
func cryptoUserCases() []Case {
	both := []Step{ask(listText), ask(listPlist)}
	some := []Need{CryptoUsers}
	return []Case{
		{
			ID: "crypto-users-header", Claim: "The list begins with the volume and the number of users, with \"user\" for one.",
			Known: "observed (10.13, 10.15.6, 26)", Needs: some,
			Steps: both, Check: header,
		},
		{
			ID: "crypto-users-none", Claim: "A volume without any has one line that says so.",
			Known: "community", Needs: []Need{OnAPFS, NoCryptoUsers},
			Steps: both, Check: prints(0, 0, `No cryptographic users for disk\S+\n`, ""),
		},
		{
			ID: "crypto-users-plist-keys", Claim: "For programs each user has a type and a UUID, and since 11 whether it owns the volume.",
			Known: "observed (11); inferred: also on Intel", Needs: some,
			Steps: both, Check: plistKeys,
		},
		{
			ID: "crypto-users-both-forms-agree", Claim: "Both forms list the same users in the same order.",
			Known: "inferred", Needs: some,
			Steps: both, Check: formsAgree,
		},
		{
			ID: "crypto-users-match-tags", Claim: "The Open Directory users of the volume are those with the tag in their record.",
			Known: "community", Question: "Do the volume's users and the tags in the records always agree?", Needs: some,
			Steps: both, Check: usersMatchTags,
		},
		{
			ID: "crypto-users-owner-lines", Claim: "Since 11 the text says of every user whether it owns the volume, and before of none.",
			Known: "observed (10.15.6, 11, 26); inferred: also on Intel", Needs: some,
			Steps: both, Check: ownerLines,
		},
		{
			ID: "crypto-users-holders-own", Claim: "Every token holder is a volume owner.",
			Known: "documented (Apple silicon)", From: "11", Chips: silicon(), Needs: some,
			Steps: both, Check: holdersOwn,
		},
		{
			ID: "crypto-users-not-owner-words", Claim: "Of a user that does not own the volume the text says \"Volume Owner: No\".",
			Known: "inferred", Question: "What does diskutil say of a user that does not own the volume?", From: "11", Needs: some,
			Steps: both, Check: notOwners,
		},
	}
}

// cryptoListCases are about asking for the list, and about rare users.
func cryptoListCases() []Case {
	both := []Step{ask(listText), ask(listPlist)}
	return []Case{
		{
			ID: "recovery-user-uuid", Claim: "The user of the personal recovery key has the same UUID on every Mac, and owns the volume.",
			Known: "observed (10.13 to 26)", Needs: []Need{CryptoUsers},
			Steps: both, Check: recoveryUser,
		},
		{
			ID: "crypto-users-aliases", Claim: "listUsers, listCryptoUsers and listcryptousers are one verb.",
			Known: "community", Needs: []Need{OnAPFS},
			Steps: []Step{ask("diskutil apfs listUsers /"), ask("diskutil apfs listCryptoUsers /")}, Check: asFirst(1),
		},
		{
			ID: "crypto-users-option-order", Claim: "-plist may stand before or after the volume.",
			Known: "community", Needs: []Need{OnAPFS},
			Steps: []Step{ask(listPlist), ask("diskutil apfs listcryptousers / -plist")}, Check: asFirst(1),
		},
		{
			ID: "crypto-users-without-root", Claim: "The list needs no root.",
			Known: "community", Needs: []Need{Root, User, OnAPFS},
			Steps: []Step{ask(listPlist), ask(listPlist).asUser()}, Check: asFirst(1),
		},
		{
			ID: "crypto-users-institutional-words", Claim: "An institutional recovery key is a \"Institutional Recovery User\".",
			Known: "inferred", Question: "What does diskutil call an institutional recovery key, in both forms?", Needs: []Need{CryptoUsers},
			Steps: both, Open: true, Check: institutional,
		},
		{
			ID: "crypto-users-hint", Claim: "Nothing is claimed about hints.",
			Known: "unknown", Question: "How does diskutil show a user's hint, in both forms?", Needs: []Need{CryptoUsers, RealMac},
			Steps: both, Open: true, Check: hint,
		},
	}
}

// blocks are the users in the form for people, by UUID.
func blocks(text string) []string {
	return regexp.MustCompile(`(?m)^\+-- ([0-9A-F-]{36})$`).FindAllString(text, -1)
}

func header(s *Seen) Finding {
	n := len(blocks(s.out(0).Stdout))
	want := fmt.Sprintf(`Cryptographic users for disk\S+ \(%d found\)\n.*`, n)
	if n == 1 {
		want = `Cryptographic user for disk\S+ \(1 found\)\n.*`
	}
	return shaped(s.out(0), 0, want, "")
}

func plistKeys(s *Seen) Finding {
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		switch {
		case u.UUID == "" || u.Type == "":
			return differs("a user lacks its type or its UUID")
		case (u.Owner != nil) != atLeast(s.Facts.Version, "11"):
			return differs("it says whether a user owns the volume: %v", u.Owner != nil)
		}
	}
	return shaped(s.out(1), 0, anything, "")
}

func formsAgree(s *Seen) Finding {
	var fromPlist []string
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		fromPlist = append(fromPlist, "+-- "+u.UUID)
	}
	return holdsIf(slices.Equal(blocks(s.out(0).Stdout), fromPlist), "the two forms list other users, or in another order")
}

func usersMatchTags(s *Seen) Finding {
	var users, tagged []string
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		if u.Type == "LocalOpenDirectory" {
			users = append(users, u.UUID)
		}
	}
	for _, r := range s.Facts.holders() {
		tagged = append(tagged, r.GUID)
	}
	slices.Sort(users)
	slices.Sort(tagged)
	return holdsIf(slices.Equal(users, tagged), "%d users are on the volume, %d records have the tag, and they are not the same", len(users), len(tagged))
}

func ownerLines(s *Seen) Finding {
	want := 0
	if atLeast(s.Facts.Version, "11") {
		want = len(blocks(s.out(0).Stdout))
	}
	got := len(regexp.MustCompile(`(?m)^[| ]   Volume Owner: (Yes|No)$`).FindAllString(s.out(0).Stdout, -1))
	return holdsIf(got == want, "there are %d lines about owners, and not %d", got, want)
}

func holdersOwn(s *Seen) Finding {
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		if u.Type == "LocalOpenDirectory" && (u.Owner == nil || !*u.Owner) {
			return differs("a token holder is no volume owner")
		}
	}
	return holds()
}

func notOwners(s *Seen) Finding {
	none := 0
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		if u.Owner != nil && !*u.Owner {
			none++
		}
	}
	if none == 0 {
		return notApplicable("every user owns the volume")
	}
	got := strings.Count(s.out(0).Stdout, "Volume Owner: No\n")
	return holdsIf(got == none, "%d users do not own the volume, and %d lines say No", none, got)
}

func recoveryUser(s *Seen) Finding {
	for _, u := range readCryptoUsers(s.out(1).Stdout) {
		if u.Type == "PersonalRecovery" {
			return holdsIf(u.UUID == state.PersonalRecoveryUUID && (u.Owner == nil || *u.Owner), "its UUID is another one, or it is no volume owner")
		}
	}
	return notApplicable("there is no personal recovery key")
}

func institutional(s *Seen) Finding {
	if !strings.Contains(s.out(0).Stdout, "C064EBC6-0000-11AA-AA11-00306543ECAC") {
		return notApplicable("there is no institutional recovery key")
	}
	return hasLine(0, `.*Type: Institutional Recovery User`, true)(s)
}

func hint(s *Seen) Finding {
	if !strings.Contains(s.out(0).Stdout, "Hint:") {
		return notApplicable("no user has a hint")
	}
	return holds()
}
