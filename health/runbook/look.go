package runbook

// The lines that make sure of most branches.
func notEscrowed() Look {
	return Look{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token escrowed to server: NO"}
}

func escrowed() Look {
	return Look{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token escrowed to server: YES"}
}

func unsupported() Look {
	return Look{"sudo profiles status -type bootstraptoken", "profiles: Bootstrap Token supported on server: NO"}
}

func disabledFor(user string) Look {
	return Look{"sysadminctl -secureTokenStatus " + user, "Secure token is DISABLED for user"}
}

func enabledFor(user string) Look {
	return Look{"sysadminctl -secureTokenStatus " + user, "Secure token is ENABLED for user"}
}

func isAdmin() Look {
	return Look{"dseditgroup -o checkmember -m ADMIN admin", "yes ADMIN is a member of admin"}
}

func isNoAdmin() Look {
	return Look{"dseditgroup -o checkmember -m USER admin", "no USER is NOT a member of admin"}
}

func fileVaultOn() Look { return Look{"fdesetup status", "FileVault is On."} }

func mayUnlock() Look { return Look{"sudo fdesetup list", "ADMIN," + guidOf + "ADMIN"} }
