package redact

import "github.com/tokenward/tokenward/internal/pattern"

var (
	// documented by the tool itself, which says so before every answer.
	policyWarning = pattern.Lazy(`^(?:This utility is not meant for normal users or even sysadmins\.` +
		`|It provides unabstracted access to capabilities which are normally handled for the user automatically when changing the security policy through GUIs such as the Startup Security Utility in macOS Recovery \("recoveryOS"\)\.` +
		`|It is possible to make your system security much weaker and therefore easier to compromise using this tool\.` +
		`|This tool is not to be used in production environments\.` +
		`|It is possible to render your system unbootable with this tool\.` +
		`|It should only be used to understand how the security of Apple Silicon Macs works\.` +
		`|Use at your own risk!|OS environment:|Local policy:|Current local policy:|bputil is not yet supported on this platform)$`)
	policyGroup   = pattern.Lazy(`^(Local policy for volume group )(\S+)(:)$`)
	policyFailure = pattern.Lazy(`^((?:Can't get|Failed to display) local policy for [Vv]olume [Gg]roup )(UUID )?(.*)$`)
	policySetting = pattern.Lazy(`^((?:Security Mode|3rd Party Kexts Status|User-allowed MDM Control|DEP-allowed MDM Control|SIP Status|Signed System Volume Status|` +
		`Kernel CTRR Status|Boot Args Filtering Status): +(?:Full|Reduced|Permissive|Enabled|Disabled|Customized) +\()([a-z\d& ]+)(\): )(\S.*)$`) //nolint:misspell // Apple's word
	policyOther = pattern.Lazy(`^(Security Mode|User-allowed MDM Control|DEP-allowed MDM Control):`)
	// observed (12, 14.3): the labels and their tags.
	policyNumber = pattern.Lazy(`^((?:OS Type|OS Pairing Status|Local Policy Nonce Hash|Remote Policy Nonce Hash|Recovery OS Policy Nonce Hash|Pairing Integrity|Signature Type|` +
		`Unique Chip ID|Board ID|Chip ID|Certificate Epoch|Security Domain|Production Status|Security Mode|Local Boot|OS Version|Volume Group UUID|KEK Group UUID|` +
		`Next Stage Image4 Hash|Cryptex1 Image4 Hash|Cryptex1 Generation|User Authorized Kext List Hash|Auxiliary Kernel Cache Image4 Hash|Kext Receipt Hash|` +
		`CustomKC or fuOS Image4 Hash) +(?:\((ECID|BORD|CHIP|CEPO|SDOM|CPRO|CSEC|lpnh|rpnh|ronh|love|lobo|vuid|kuid|nsih|spih|stng|auxp|auxi|auxr|coih)\))?: ?)(.*)$`)
	policyTag   = pattern.Lazy(`^(?:smb|sip)\d(?: && (?:smb|sip)\d)*$`)
	policyValue = pattern.Lazy(`^(?:absent|macOS|Paired|Not Paired|Valid|Invalid|BAA|0x[0-9A-Fa-f]{1,4}|[0-9a-f]{1,2}|\d{1,3}(?:\.\d{1,4}){2,5},\d{1,2}|` + removed + `)$`)
)

// startupText is about the machine alone, which its chip's number and the UUIDs of
// its volumes name.
func startupText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{policyWarning, kept},
		{policyGroup, func(b *book, m []string) string { return m[1] + b.identifier(m[2]) + m[3] }},
		{policyFailure, func(b *book, m []string) string { return m[1] + m[2] + b.identifier(m[3]) }},
		{policySetting, setting},
		{policyOther, func(_ *book, m []string) string { return m[0] + " " + placeholder }},
		{policyNumber, func(b *book, m []string) string {
			switch {
			case m[2] != "ECID" && policyValue.MatchString(m[3]):
				return m[0]
			case m[2] == "vuid" || m[2] == "kuid":
				return m[1] + b.identifier(m[3])
			}
			return m[1] + removed
		}},
	})
}

// setting keeps what something is set to. Of a tag and a number in other words
// remains that they are there, which is what the parser asks for.
func setting(_ *book, m []string) string {
	if !policyTag.MatchString(m[2]) {
		m[2] = "redacted"
	}
	if !policyValue.MatchString(m[4]) {
		m[4] = placeholder
	}
	return m[1] + m[2] + m[3] + m[4]
}
