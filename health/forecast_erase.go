package health

import "github.com/tokenward/tokenward/health/evidence"

// wipesSilently: an EraseDevice that reaches the Mac erases all content and
// settings, and leaves a system that is ready for the next user. documented: T2 and
// Apple silicon, since 12; the preflight is reported since 13.3.
func (o *outlook) wipesSilently() ground {
	m := o.m
	reported := m.OS.from([3]int{13, 3})
	switch {
	case m.Enrolled == No:
		return no("MDM_NOT_ENROLLED", "The Mac is not enrolled, so no server can erase it.", evidence.MDMFact)
	case m.Chip == Intel, m.OS.AtLeast(12, 0) == No:
		return no(fallsBack, "This Mac knows no \"Erase All Content and Settings\".", evidence.ChipFact, evidence.OSVersionFact)
	case m.Enrolled == Unknown || m.OS.AtLeast(12, 0) == Unknown:
		return missing("It is not known whether this Mac can be erased by a server.", evidence.MDMFact, evidence.OSVersionFact)
	case reported == Yes && m.Bootstrap.Preflight == "success":
		return o.hasWhatItSays()
	case reported == Yes && m.Bootstrap.Preflight != "":
		return no(fallsBack, "The Mac says why it cannot: "+m.Bootstrap.Preflight+".", evidence.EACSPreflightFact)
	}
	return allOf(o.startsInFullSecurity(reported), o.preflightGetsToken())
}

const fallsBack Code = "EACS_WILL_FALL_BACK"

// hasWhatItSays: that the Mac can is believed of a chip that has it, and of Apple
// silicon with the key of a Bootstrap Token, without which it could not.
func (o *outlook) hasWhatItSays() ground {
	switch o.m.Chip {
	case T2:
		return yes(evidence.EACSPreflightFact, evidence.ChipFact)
	case AppleSilicon:
		return is(o.m.Bootstrap.CryptoUser, fallsBack, "The Mac has no Bootstrap Token.", evidence.CryptoUsersFact, evidence.EACSPreflightFact)
	case Intel, UnknownChip:
	}
	return missing("It is not known which chip this Mac has.", evidence.ChipFact, evidence.SecureBootFact)
}

// startsInFullSecurity is what the preflight looks at besides the token. community.
// Before 13.3 nobody has seen its answer. What speaks against it is no more than a
// doubt: a Mac that is asked may say that it can.
func (o *outlook) startsInFullSecurity(reported Tri) ground {
	if reported != Yes {
		return yes(evidence.OSVersionFact)
	}
	switch st := o.m.Startup; {
	case st.Full == No:
		return missing("The startup security is not full.", evidence.SecureBootFact, evidence.StartupModeFact)
	case st.FirmwarePassword == Yes:
		return missing("A firmware password is set.", evidence.FirmwarePasswordFact)
	case And(st.Full, Not(st.FirmwarePassword)) == Unknown:
		return missing("It is not known how this Mac may start.", evidence.SecureBootFact, evidence.StartupModeFact, evidence.FirmwarePasswordFact)
	}
	return yes(evidence.StartupModeFact, evidence.FirmwarePasswordFact)
}

// preflightGetsToken: Apple silicon fetches the Bootstrap Token for it. community.
// Of a T2 one source says that it does, too.
func (o *outlook) preflightGetsToken() ground {
	m := o.m
	switch m.Chip {
	case T2:
		return contested(PreflightNeedsTokenOnT2, "Whether a T2 Mac needs its Bootstrap Token to be erased silently, sources differ.")
	case AppleSilicon:
		if m.Bootstrap.CryptoUser == No {
			return no(fallsBack, "The Mac has no Bootstrap Token.", evidence.CryptoUsersFact)
		}
	case Intel, UnknownChip:
	}
	return missing("The Mac was not asked whether it can be erased silently.", evidence.EACSPreflightFact, evidence.ChipFact)
}

// Erasures says what EraseDevice does for each value of its ObliterationBehavior.
// documented, the report of an error by Default that erases all the same included.
func Erasures(m Model) []ErasePath {
	silently := look(&m, Policy{}).wipesSilently().is
	erases := m.Enrolled
	if erases == No {
		silently = No
	}
	halts := And(erases, silently)
	if m.OS.AtLeast(12, 0) != Yes && erases != No {
		halts = Unknown // the key came with 12
	}
	return []ErasePath{
		{Behavior: "Default", Outcome: byPreflight(silently, "it is obliterated, although it reports an error"), Erases: erases, Silently: silently},
		{Behavior: "DoNotObliterate", Outcome: byPreflight(silently, "nothing happens, and it reports an error"), Erases: halts, Silently: silently},
		{Behavior: "ObliterateWithWarning", Outcome: byPreflight(silently, "it is obliterated, with a warning"), Erases: erases, Silently: silently},
		{Behavior: "Always", Outcome: "The Mac is obliterated: macOS has to be installed anew.", Erases: erases, Silently: No},
	}
}

func byPreflight(silently Tri, otherwise string) string {
	switch silently {
	case Yes:
		return "All content and settings are erased, and the Mac is ready for the next user."
	case No:
		return "The Mac cannot erase its contents alone: " + otherwise + "."
	case Unknown:
	}
	return "All content and settings are erased if the Mac can; else " + otherwise + "."
}
