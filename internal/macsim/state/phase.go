package state

// reaches says whether an event can happen in the Mac's phase. While it waits at
// the FileVault window or has no system, nobody can do anything on it; what
// happens around it goes on.
func (m *Mac) reaches(e Event) bool {
	switch m.Phase {
	case Locked:
		return around(e) || atFileVault(e)
	case Wiped:
		return around(e)
	default:
		return true
	}
}

// around are the events that do not need a Mac that runs.
func around(e Event) bool {
	switch e.(type) {
	case *Restore, *Edit, *ServerDoes, *Break, *Mend, *Answers, *DirectoryPassword, *Connect, *ExpireIdentity:
		return true
	}
	return false
}

// atFileVault are those that a person does to a Mac that is not unlocked.
func atFileVault(e Event) bool {
	switch e.(type) {
	case *Unlock, *Restart, *RecoveryReset, *AllowBootstrapAuth:
		return true
	}
	return false
}
