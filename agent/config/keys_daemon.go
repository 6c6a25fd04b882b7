package config

func daemonKeys() []Key {
	return []Key{
		{
			Path: "privacy.names", Plist: "PrivacyNames", Kind: Choice, Title: "Names of accounts", Who: Root, Choices: []string{"plain", "hashed"},
			Text: "plain: reports name accounts. hashed: they carry keyed hashes, whose key stays on the Mac.",
		},
		{
			Path: "schedule.battery_low", Plist: "ScheduleBatteryLow", Kind: Number, Unit: "percent", Title: "Low battery", Who: Anybody, High: 100,
			Text: "At or below it, without power, checks are rarer. 0: never.",
		},
		{
			Path: "schedule.battery_factor", Plist: "ScheduleBatteryFactor", Kind: Number, Unit: "times", Title: "Rarer on a low battery", Who: Anybody, Low: 1, High: 100,
			Text: "So many times longer is the interval while the battery is low.",
		},
	}
}

func spoolKeys() []Key {
	return []Key{
		{
			Path: "spool.max_reports", Plist: "SpoolMaxReports", Kind: Number, Unit: "reports", Title: "Most reports", Who: Anybody, Low: 1, High: 1_000_000,
			Text: "So many reports wait for the server; of more, the oldest are dropped and counted.",
		},
		{
			Path: "spool.max_bytes", Plist: "SpoolMaxBytes", Kind: Number, Unit: "bytes", Title: "Most bytes", Who: Anybody, Low: 1 << 20, High: 1 << 40,
			Text: "So many bytes of reports wait for the server.",
		},
		{
			Path: "spool.max_age", Plist: "SpoolMaxAge", Kind: Duration, Title: "Greatest age", Who: Anybody, High: int64(10 * year),
			Text: "Reports older than this are dropped and counted. 0s: they wait for ever.",
		},
	}
}

func logKeys() []Key {
	return []Key{
		{
			Path: "log.level", Plist: "LogLevel", Kind: Choice, Title: "What is logged", Who: Anybody, Choices: []string{"debug", "info", "warn", "error"},
			Text: "The least important lines that are written.",
		},
		{
			Path: "log.max_bytes", Plist: "LogMaxBytes", Kind: Number, Unit: "bytes", Title: "Largest log file", Who: Anybody, Low: 64 << 10, High: 1 << 30,
			Text: "At this size a new file is begun.",
		},
		{
			Path: "log.max_files", Plist: "LogMaxFiles", Kind: Number, Unit: "files", Title: "Log files", Who: Anybody, Low: 1, High: 100,
			Text: "So many files are kept, with the one that is written to.",
		},
	}
}

func remediationKeys() []Key {
	return []Key{
		{
			Path: "remediation.level", Plist: "RemediationLevel", Kind: Choice, Title: "How far it goes", Who: Root, Choices: levels(),
			Text: "observe: it looks and reports. advise: it tells the person at the Mac. ask: it acts with that person's consent. act: it acts. This version observes, whatever stands here.",
		},
		{
			Path: "remediation.actions", Plist: "RemediationActions", Kind: Records, Title: "Levels of actions", Who: Root,
			Fields: []Field{
				{Name: "action", Plist: "Action", Kind: Text, Title: "Name of the action", Needed: true},
				{Name: "level", Plist: "Level", Kind: Choice, Title: "Level", Choices: levels(), Needed: true},
			},
			Text: "Levels of single actions, which stand above RemediationLevel. Nothing acts on them in this version.",
		},
		{
			Path: "orders.operators", Plist: "OrdersOperators", Kind: Records, Title: "Operators", Who: ManagedOnly,
			Fields: []Field{
				{Name: "name", Plist: "Name", Kind: Text, Title: "Name", Needed: true},
				{Name: "key", Plist: "Key", Kind: Text, Title: "Ed25519 public key, 32 bytes in base64", Needed: true},
			},
			Text: "Who may sign orders for this Mac. Nothing acts on orders in this version.",
		},
		{
			Path: "orders.approvals", Plist: "OrdersApprovals", Kind: Records, Title: "Approvals", Who: ManagedOnly,
			Fields: []Field{
				{Name: "action", Plist: "Action", Kind: Text, Title: "Name of the action", Needed: true},
				{Name: "count", Plist: "Count", Kind: Number, Title: "How many operators must sign", Needed: true},
			},
			Text: "How many operators must sign an order for an action. Nothing acts on orders in this version.",
		},
	}
}
