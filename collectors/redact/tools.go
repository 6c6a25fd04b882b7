package redact

import "regexp"

// The tools here know of no name. What they print is passed on word for word where
// a pattern knows the words, and no further: a login script or a broken profile
// can print into any of them.

var (
	versionOf     = regexp.MustCompile(`^(ProductName|ProductVersion|ProductVersionExtra|BuildVersion)(:\s*)(.*)$`)
	systemProduct = regexp.MustCompile(`^(?:macOS|Mac OS X|Mac OS X Server)$`)
	systemVersion = regexp.MustCompile(`^\d+(?:\.\d+){0,3}$`)
	systemExtra   = regexp.MustCompile(`^\([a-z]\)$`)
	systemBuild   = regexp.MustCompile(`^\d{1,3}[A-Z]\d{1,7}[a-z]?$`)
)

func versionText(b *book, lines []string) []string {
	return each(b, lines, []line{{versionOf, func(b *book, m []string) string {
		is := map[string]*regexp.Regexp{"ProductName": systemProduct, "ProductVersion": systemVersion, "ProductVersionExtra": systemExtra, "BuildVersion": systemBuild}
		if is[m[1]].MatchString(m[3]) {
			return m[0]
		}
		return m[1] + m[2] + b.word(m[3])
	}}})
}

var machineKind = regexp.MustCompile(`^\s*(?:arm64|x86_64)$`)

func machineKindText(b *book, lines []string) []string {
	return each(b, lines, []line{{machineKind, kept}})
}

var (
	kernelLine = regexp.MustCompile(`^(?:(?:kern\.boottime: )?\{ sec = \d{1,11}, usec = \d{1,6} \} (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}` +
		`|(?:kern\.hv_vmm_present|hw\.optional\.arm64): \d|sysctl: unknown oid '(?:kern\.boottime|kern\.hv_vmm_present|hw\.optional\.arm64)')$`)
	kernelOther = regexp.MustCompile(`^(?:(kern\.boottime|kern\.hv_vmm_present|hw\.optional\.arm64)\b|(\{ sec = \d)).*$`)
)

// kernelText keeps of a value in other words that it was there, for it is unreadable.
func kernelText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{kernelLine, kept},
		{kernelOther, func(_ *book, m []string) string {
			if m[2] != "" {
				m[1] = "kern.boottime"
			}
			return m[1] + ": " + placeholder
		}},
	})
}

var (
	integrityState = regexp.MustCompile(`^(System Integrity Protection status: )(.*)$`)
	integrityIs    = regexp.MustCompile(`^(?:enabled\.?|disabled\.?|(?:enabled|unknown) \(Custom Configuration\)\.)$`)
	// observed (11 to 26): the parts, and the sentence behind them.
	integrityPart = regexp.MustCompile(`^\s*(?:Apple Internal|Kext Signing|Filesystem Protections|Debugging Restrictions|DTrace Restrictions|NVRAM Protections|` +
		`BaseSystem Verification|Boot-arg Restrictions|Kernel Integrity Protections|Authenticated Root Requirement): (?:enabled|disabled)$`)
	integrityFrame = regexp.MustCompile(`^(?:Configuration:|This is an unsupported configuration, likely to break in the future and leave your machine in an unknown state\.)$`)
)

func integrityText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{integrityState, func(_ *book, m []string) string {
			if integrityIs.MatchString(m[2]) {
				return m[0]
			}
			return m[1] + placeholder
		}},
		{integrityPart, kept},
		{integrityFrame, kept},
	})
}

var (
	firmwareState = regexp.MustCompile(`^(Password Enabled:)(\s*)(.*)$`)
	firmwareMode  = regexp.MustCompile(`^(?:Mode: (?:none|command|full)|Option roms (?:not )?allowed)$`)
)

func firmwareText(b *book, lines []string) []string {
	return each(b, lines, []line{
		{firmwareState, func(_ *book, m []string) string {
			if m[3] == "Yes" || m[3] == "No" {
				return m[0]
			}
			return m[1] + " " + placeholder
		}},
		{firmwareMode, kept},
	})
}
