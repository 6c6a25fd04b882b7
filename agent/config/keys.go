package config

import (
	"slices"
	"time"

	"github.com/tokenward/tokenward/health"
)

const (
	longestPath = 1024
	longestText = 1024
	longestPEM  = 256 << 10
	day         = 24 * time.Hour
	year        = 365 * day
)

// Keys is every setting, in the order in which they are shown.
func Keys() []Key {
	all := slices.Concat(checkKeys(), policyKeys(), deviceKeys(), serverKeys(), enrollmentKeys(), daemonKeys(), spoolKeys(), logKeys(), remediationKeys())
	for i := range all {
		all[i].Since = "1.0"
	}
	return all
}

func checkKeys() []Key {
	return []Key{
		{
			Path: "interval", Plist: "Interval", Kind: Duration, Title: "Time between checks", Who: Anybody, Low: int64(time.Second), High: int64(day),
			Text: "How long after one check the next one is due. Events, such as a login, bring it forward.",
		},
		{
			Path: "splay", Plist: "Splay", Kind: Duration, Title: "Spread", Who: Anybody, High: int64(day),
			Text: "A random time up to this is added to the interval and to the first delivery, so that a fleet does not report at once.",
		},
		{
			Path: "check_limit", Plist: "CheckLimit", Kind: Duration, Title: "Longest check", Who: Anybody, Low: int64(100 * time.Millisecond), High: int64(time.Hour),
			Text: "The longest that one check may take. What is not known by then was not observed.",
		},
		{
			Path: "tool_limit", Plist: "ToolLimit", Kind: Duration, Title: "Longest run of a tool", Who: Anybody, Low: int64(10 * time.Millisecond), High: int64(10 * time.Minute),
			Text: "The longest that one of Apple's tools may take. A tool with a shorter limit of its own keeps it.",
		},
		{
			Path: "service_accounts", Plist: "ServiceAccounts", Kind: Texts, Title: "Service accounts", Who: Anybody,
			Text: "Record names of accounts that nobody works with. That they have no Secure Token is no finding.",
		},
	}
}

func policyKeys() []Key {
	return []Key{
		{
			Path: "policy.service_accounts", Plist: "PolicyServiceAccounts", Kind: Texts, Title: "Service accounts by policy", Who: Anybody,
			Text: "As ServiceAccounts, kept apart so that a profile and an admin of the Mac can both name some. Both lists count.",
		},
		{
			Path: "policy.required_holders", Plist: "PolicyRequiredHolders", Kind: Texts, Title: "Required holders", Who: Anybody,
			Text: "Record names of accounts that must hold a usable Secure Token wherever they exist.",
		},
		{
			Path: "policy.recovery_keys", Plist: "PolicyRecoveryKeys", Kind: Choice, Title: "Where recovery keys go", Who: Anybody,
			Choices: []string{"", string(health.EscrowedByMDM), string(health.EscrowedExternally), string(health.NotEscrowed)},
			Text:    "Where FileVault's recovery keys are kept: the MDM server, another tool, nowhere. Empty: not said.",
		},
		{
			Path: "policy.severities", Plist: "PolicySeverities", Kind: Table, Title: "Severities", Who: Anybody,
			Text: "The severity of a condition, by its code, wherever it is found: info, low, medium, high or critical.",
		},
		{
			Path: "policy.mutes", Plist: "PolicyMutes", Kind: Records, Title: "Mutes", Who: Anybody, Fields: muteFields(),
			Text: "Findings that do not count in the verdict until a day, at most a year ahead. They stay in the report, with the reason.",
		},
		{
			Path: "policy.least_holders", Plist: "PolicyLeastHolders", Kind: Number, Unit: "accounts", Title: "Least holders", Who: Anybody, High: 1000,
			Text: "So many accounts must be able to unlock the disk before one may be missed. 0: not said.",
		},
		{
			Path: "policy.proof_age", Plist: "PolicyProofAge", Kind: Duration, Title: "Age of a proof", Who: Anybody, High: int64(10 * year),
			Text: "How old a proof of the Bootstrap Token may be before it counts as a claim. 0s: 30 days.",
		},
	}
}

func muteFields() []Field {
	return []Field{
		{Name: "code", Plist: "Code", Kind: Code, Title: "Code of the condition", Needed: true},
		{Name: "subject", Plist: "Subject", Kind: Text, Title: "Record name or GeneratedUID of an account, or device; empty: wherever it holds"},
		{Name: "reason", Plist: "Reason", Kind: Text, Title: "Why, up to 256 bytes", Needed: true},
		{Name: "until", Plist: "Until", Kind: Day, Title: "Day on which it counts again, by UTC", Needed: true},
	}
}

func deviceKeys() []Key {
	return []Key{
		{
			Path: "device.name", Plist: "DeviceName", Kind: Text, Title: "Name of the Mac", Who: Anybody, High: 128,
			Text: "What this Mac is called in reports. Empty: its host name.",
		},
		{
			Path: "device.labels", Plist: "DeviceLabels", Kind: Records, Title: "Labels", Who: Anybody,
			Fields: []Field{{Name: "key", Plist: "Key", Kind: Text, Title: "Key", Needed: true}, {Name: "value", Plist: "Value", Kind: Text, Title: "Value"}},
			Text:   "Up to 32 pairs that every report carries. Capitals count.",
		},
	}
}
