package conform

import (
	"slices"
	"strings"
)

// directoryCases are about the form of what dscl prints.
func directoryCases() []Case {
	return []Case{
		{
			ID: "dscl-missing-attribute", Claim: "An attribute that is not there is told on the error stream, with exit code 0.",
			Known: "community (sources differ about the stream)", Question: "On which stream does dscl print \"No such key\"?",
			Steps: []Step{ask("dscl . -read /Users/root NoSuchAttribute")}, Check: prints(0, 0, "", `No such key: NoSuchAttribute\n`),
		},
		{
			ID: "dscl-missing-record", Claim: "A record that is not there is error -14136, with exit code 56.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl . -read /Users/" + noSuchUser)}, Check: prints(0, 56, "", `<dscl_cmd> DS Error: -14136 \(eDSRecordNotFound\)\n`),
		},
		{
			ID: "dscl-unknown-node", Claim: "A node that is not there is error -14009, with exit code 185 and a line on standard output.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl /Nowhere -read /Users/root")},
			Check: prints(0, 185, `read: Invalid Path\n`, `<dscl_cmd> DS Error: -14009 \(eDSUnknownNodeName\)\n`),
		},
		{
			ID: "dscl-attributes-in-order", Claim: "Attributes come by name, and not as they were asked for.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl . -read /Users/nobody UniqueID RecordName NFSHomeDirectory")},
			Check: prints(0, 0, `NFSHomeDirectory: /var/empty\nRecordName: nobody\nUniqueID: -2\n`, ""),
		},
		{
			ID: "dscl-values-with-blanks", Claim: "Where a value has a blank, all values of the attribute stand on lines of their own.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl . -read /Users/nobody RealName")}, Check: prints(0, 0, `RealName:\n Unprivileged User\n`, ""),
		},
		{
			ID: "dscl-plist-lists", Claim: "For programs every value is a list of texts, under the full name of the attribute.",
			Known: "community", Question: "What does a whole dscl -plist -readall look like?",
			Steps: []Step{ask("dscl -plist . -read /Users/root UniqueID GeneratedUID")}, Check: plistLists,
		},
		{
			ID: "dscl-readall-separator", Claim: "readall puts a line with a hyphen between records.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl . -readall /Users UniqueID")}, Check: separators,
		},
		{
			ID: "dscl-list-columns", Claim: "list with an attribute puts it behind the longest name and three blanks.",
			Known: "documented (source of 10.7)", Question: "How wide is the column of dscl -list?",
			Steps: []Step{ask("dscl . -list /Users UniqueID")}, Check: columns,
		},
	}
}

// recordCases are about what stands in the records.
func recordCases() []Case {
	authority := ask("dscl -plist . -read /Users/{user} AuthenticationAuthority").each()
	return []Case{
		{
			ID: "record-root-guid", Claim: "The GUIDs of the system's users are a prefix and the number of the user.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl . -read /Users/root GeneratedUID"), ask("dscl . -read /Users/nobody GeneratedUID")},
			Check: every(prints(0, 0, `GeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000\n`, ""), prints(1, 0, `GeneratedUID: FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE\n`, "")),
		},
		{
			ID: "record-admin-group", Claim: "The group admin has the number 80 and a GUID that ends with it.",
			Known: "observed (15, 26)",
			Steps: []Step{ask("dscl . -read /Groups/admin GeneratedUID PrimaryGroupID")},
			Check: prints(0, 0, `GeneratedUID: ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050\nPrimaryGroupID: 80\n`, ""),
		},
		{
			ID: "record-hash-list", Claim: "Since 15 a local account has one kind of hash, before it two.",
			Known: "observed (15, 26); community: two",
			Steps: []Step{authority}, Check: forEach(hashList),
		},
		{
			ID: "record-token-tag", Claim: "The tag of a token is the value ;SecureToken; as it stands.",
			Known: "community",
			Steps: []Step{authority}, Check: forEach(plainTag),
		},
		{
			ID: "record-password-stars", Claim: "In the place of a password stand eight stars.",
			Known: "observed (10.14, 26)",
			Steps: []Step{ask("dscl . -read /Users/{user} Password").each()},
			Check: forEach(func(_ *Seen, r Run) Finding { return shaped(r.Output, 0, `Password: \*{8}\n`, "") }),
		},
		{
			ID: "record-disabled-user", Claim: "A disabled account has the value ;DisabledUser; among its authorities.",
			Known: "inferred", Question: "How does the record of a disabled account look?",
			Steps: []Step{authority}, Check: disabledUser,
		},
	}
}

// groupCases are about who belongs to which group.
func groupCases() []Case {
	const check = "dseditgroup -o checkmember -m "
	return []Case{
		{
			ID: "group-member-yes", Claim: "Of a member dseditgroup says yes, with exit code 0.",
			Known: "community",
			Steps: []Step{ask(check + "root admin")}, Check: prints(0, 0, `yes root is a member of admin\n`, ""),
		},
		{
			ID: "group-member-no", Claim: "Of another user it says no on standard output, with exit code 67.",
			Known: "community",
			Steps: []Step{ask(check + "nobody admin")}, Check: prints(0, 67, `no nobody is NOT a member of admin\n`, ""),
		},
		{
			ID: "group-member-unknown", Claim: "Of a user who does not exist it says so on the error stream, with exit code 64.",
			Known: "community",
			Steps: []Step{ask(check + noSuchUser + " admin")}, Check: prints(0, 64, "", `Unable to find the user record\n`),
		},
		{
			ID: "group-membership-exit", Claim: "dsmemberutil ends with exit code 0 for members and for others.",
			Known: "community",
			Steps: []Step{ask("dsmemberutil checkmembership -U root -G admin"), ask("dsmemberutil checkmembership -U nobody -G admin")},
			Check: every(prints(0, 0, `user is a member of the group\n`, ""), prints(1, 0, `user is not a member of the group\n`, "")),
		},
		{
			ID: "group-membership-unknown", Claim: "dsmemberutil ends with exit code 7 for a user who does not exist.",
			Known: "community",
			Steps: []Step{ask("dsmemberutil checkmembership -U " + noSuchUser + " -G admin")},
			Check: prints(0, 7, "", `The user `+noSuchUser+` cannot be found\n`),
		},
		{
			ID: "group-lists-agree", Claim: "The group admin lists names and GUIDs, and has as many of each as there are administrators.",
			Known: "observed (26)",
			Steps: []Step{ask("dscl -plist . -read /Groups/admin GroupMembership GroupMembers")}, Check: groupLists,
		},
	}
}

func plistLists(s *Seen) Finding {
	value, err := readPlist(s.out(0).Stdout)
	d, ok := value.(map[string]any)
	if err != nil || !ok || s.out(0).Exit != 0 {
		return differs("it is not a dictionary")
	}
	for _, key := range []string{"dsAttrTypeStandard:UniqueID", "dsAttrTypeStandard:GeneratedUID"} {
		list, ok := d[key].([]any)
		if !ok || len(list) != 1 {
			return differs("%s is not a list of one text", key)
		}
	}
	return holds()
}

func separators(s *Seen) Finding {
	text := lines(s.out(0).Stdout)
	records := 0
	for _, line := range text {
		if strings.HasPrefix(line, "UniqueID:") {
			records++
		}
	}
	hyphens := len(slices.DeleteFunc(text, func(line string) bool { return line != "-" }))
	return holdsIf(records > 1 && hyphens == records-1, "there are %d records and %d lines with a hyphen", records, hyphens)
}

func columns(s *Seen) Finding {
	width := 0
	for _, line := range lines(s.out(0).Stdout) {
		width = max(width, len(firstMatch(`^(\S+)`, line)))
	}
	for _, line := range lines(s.out(0).Stdout) { // in bytes, so that no shape will do
		if len(line) < width+3 || strings.TrimRight(line[:width], " ") == "" || !whole(` {3}-?\d+`).MatchString(line[width:]) {
			return differs("a number does not stand three blanks behind the longest name")
		}
	}
	return shaped(s.out(0), 0, anything, "")
}

// isLocalUser says whether an account has a password of this Mac: those of a
// directory and those without any have other values.
func isLocalUser(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return strings.HasPrefix(v, ";Kerberosv5;;") && strings.Contains(v, "@LKDC:") })
}

func hashList(s *Seen, r Run) Finding {
	values := attribute(r.Output, "AuthenticationAuthority")
	if !isLocalUser(values) {
		return holds()
	}
	want := ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>"
	if atLeast(s.Facts.Version, "15") {
		want = ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2>"
	}
	return holdsIf(slices.Contains(values, want), "an account lacks %s", want)
}

func plainTag(_ *Seen, r Run) Finding {
	for _, v := range attribute(r.Output, "AuthenticationAuthority") {
		if strings.Contains(v, "SecureToken") && v != ";SecureToken;" && v != ";DisabledTags;SecureToken" {
			return differs("a value about tokens is neither ;SecureToken; nor ;DisabledTags;SecureToken")
		}
	}
	return holds()
}

func disabledUser(s *Seen) Finding {
	for _, r := range s.runs[0] {
		for _, v := range attribute(r.Output, "AuthenticationAuthority") {
			if strings.Contains(v, "DisabledUser") {
				return holdsIf(v == ";DisabledUser;", "the value is written otherwise")
			}
		}
	}
	return notApplicable("no account is disabled")
}

func groupLists(s *Seen) Finding {
	names, guids := attribute(s.out(0), "GroupMembership"), attribute(s.out(0), "GroupMembers")
	for _, guid := range guids {
		i := slices.IndexFunc(s.Facts.People, func(r Record) bool { return r.GUID == guid })
		if i >= 0 && !slices.Contains(names, s.Facts.People[i].Name) {
			return notApplicable("an administrator is in one of the two lists alone")
		}
	}
	return holdsIf(len(names) == len(guids), "there are %d names and %d GUIDs", len(names), len(guids))
}
