package health

func evidenceRules() []Rule {
	return []Rule{{
		Code:        "EVIDENCE_CONFLICT",
		Title:       "Two sources contradict each other",
		Severity:    Medium,
		FedBy:       FromDevice,
		After:       []Code{"ST_PHANTOM"},
		Consequence: "One of the two is wrong, and what rests on it may be as well.",
		DoNot:       "Do not act on one of them alone.",
		Source:      "judgement of this project: validation counts more than crypto users, those more than a status flag, that more than an inventory",
		Check: func(m *Model, _ Policy) []Hit {
			var hits []Hit
			for _, c := range m.Conflicts {
				hits = append(hits, Hit{
					Subject: c.Subject, Because: c.Because, Summary: c.Text,
					NextStep: "Believe the volume's crypto users (`diskutil apfs listcryptousers /`) before a status flag, and look again after the next login and restart.",
				})
			}
			return hits
		},
	}}
}
