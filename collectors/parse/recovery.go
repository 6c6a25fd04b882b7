package parse

import "github.com/tokenward/tokenward/health/evidence"

// FdesetupHasRecoveryKey reads fdesetup haspersonalrecoverykey and
// hasinstitutionalrecoverykey. community: the word, alone on its line.
func FdesetupHasRecoveryKey(out []byte) (bool, error) {
	all, err := lines(out)
	if err != nil {
		return false, err
	}
	var has once[bool]
	for _, line := range all {
		if line != "true" && line != "false" {
			continue
		}
		if err := has.say("the key", line == "true"); err != nil {
			return false, err
		}
	}
	if !has.said {
		return false, unreadable("neither true nor false")
	}
	return has.value, nil
}

// FileVaultDeferral is what fdesetup showdeferralinfo says; nil: none is deferred.
type FileVaultDeferral struct {
	Deferral *evidence.Deferral `json:"deferral"`
}

// FdesetupShowDeferralInfo reads fdesetup showdeferralinfo: an old-style property
// list, or a sentence where nothing is deferred. observed (10.15.6): the list;
// community: the sentence; inferred: that without a profile no profile is named.
func FdesetupShowDeferralInfo(out []byte) (FileVaultDeferral, error) {
	none, err := nothingDeferred(out)
	if err != nil || none {
		return FileVaultDeferral{}, err
	}
	list, err := oldStyle(out)
	if err != nil {
		return FileVaultDeferral{}, err
	}
	deferral, err := deferralOf(list)
	if err != nil {
		return FileVaultDeferral{}, err
	}
	return FileVaultDeferral{&deferral}, nil
}

// nothingDeferred looks for the sentence, which nothing but log lines may
// surround.
func nothingDeferred(out []byte) (bool, error) {
	all, err := lines(out)
	if err != nil {
		return false, err
	}
	found, more := false, false
	for _, line := range all {
		switch {
		case line == "Not found.":
			found = true
		case line != "" && !logPrefix.MatchString(line):
			more = true
		}
	}
	if found && more {
		return false, unreadable("it goes on although nothing was found")
	}
	return found, nil
}

func deferralOf(list oldDictionary) (evidence.Deferral, error) {
	a := oldAnswers{of: list}
	active, show, users := a.flag("Defer"), a.flag("ShowRecoveryKey"), a.texts("Usernames")
	profile := a.text("ProfileUUID")
	if a.err != nil {
		return evidence.Deferral{}, a.err
	}
	if active == nil || !*active || show == nil || users == nil {
		return evidence.Deferral{}, unreadable("it does not say what is deferred, and for whom")
	}
	return evidence.Deferral{Profile: profile != nil && *profile != "", ShowKey: *show, Users: users}, nil
}
