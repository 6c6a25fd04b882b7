package redact

import "github.com/tokenward/tokenward/internal/pattern"

// The tools here know of no name. What they print is passed on word for word where
// a pattern knows the words, and no further: a login script or a broken profile
// can print into any of them.

var (
	versionOf     = pattern.Lazy(`^(ProductName|ProductVersion|ProductVersionExtra|BuildVersion)(:\s*)(.*)$`)
	systemProduct = pattern.Lazy(`^(?:macOS|Mac OS X|Mac OS X Server)$`)
	systemVersion = pattern.Lazy(`^\d+(?:\.\d+){0,3}$`)
	systemExtra   = pattern.Lazy(`^\([a-z]\)$`)
	systemBuild   = pattern.Lazy(`^\d{1,3}[A-Z]\d{1,7}[a-z]?$`)
)

func versionText(b *book, lines []string) []string {
	return each(b, lines, []line{{versionOf, func(b *book, m []string) string {
		is := map[string]*pattern.Pattern{"ProductName": systemProduct, "ProductVersion": systemVersion, "ProductVersionExtra": systemExtra, "BuildVersion": systemBuild}
		if is[m[1]].MatchString(m[3]) {
			return m[0]
		}
		return m[1] + m[2] + b.word(m[3])
	}}})
}

var machineKind = pattern.Lazy(`^\s*(?:arm64|x86_64)$`)

func machineKindText(b *book, lines []string) []string {
	return each(b, lines, []line{{machineKind, kept}})
}

var (
	kernelLine = pattern.Lazy(`^(?:(?:kern\.boottime: )?\{ sec = \d{1,11}, usec = \d{1,6} \} (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}` +
		`|(?:kern\.hv_vmm_present|hw\.optional\.arm64): \d|sysctl: unknown oid '(?:kern\.boottime|kern\.hv_vmm_present|hw\.optional\.arm64)')$`)
	kernelOther = pattern.Lazy(`^(?:(kern\.boottime|kern\.hv_vmm_present|hw\.optional\.arm64)\b|(\{ sec = \d)).*$`)
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
	integrityState = pattern.Lazy(`^(System Integrity Protection status: )(.*)$`)
	integrityIs    = pattern.Lazy(`^(?:enabled\.?|disabled\.?|(?:enabled|unknown) \(Custom Configuration\)\.)$`)
	// observed (11 to 26): the parts, and the sentence behind them.
	integrityPart = pattern.Lazy(`^\s*(?:Apple Internal|Kext Signing|Filesystem Protections|Debugging Restrictions|DTrace Restrictions|NVRAM Protections|` +
		`BaseSystem Verification|Boot-arg Restrictions|Kernel Integrity Protections|Authenticated Root Requirement): (?:enabled|disabled)$`)
	integrityFrame = pattern.Lazy(`^(?:Configuration:|This is an unsupported configuration, likely to break in the future and leave your machine in an unknown state\.)$`)
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
	firmwareState = pattern.Lazy(`^(Password Enabled:)(\s*)(.*)$`)
	firmwareMode  = pattern.Lazy(`^(?:Mode: (?:none|command|full)|Option roms (?:not )?allowed)$`)
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
