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

func isAdmin(user string) Look {
	return Look{"dseditgroup -o checkmember -m " + user + " admin", "yes " + user + " is a member of admin"}
}

func isNoAdmin(user string) Look {
	return Look{"dseditgroup -o checkmember -m " + user + " admin", "no " + user + " is NOT a member of admin"}
}

func fileVaultOn() Look { return Look{"fdesetup status", "FileVault is On."} }

func mayUnlock(user string) Look { return Look{"sudo fdesetup list", user + ",GUID-OF-" + user} }
