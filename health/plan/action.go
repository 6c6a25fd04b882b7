package plan

import "slices"

// An Action is one of the things that plans are made of, with what is true of it
// on every Mac.
type Action struct {
	ID     ActionID
	Title  string
	Who    Who
	Needs  []CredentialKind // the most that it can need
	Risk   Risk
	Undo   string // empty where it cannot be taken back
	Verify string // how to see that it worked
	Note   string // where no plan proposes it: why
	Source string
}

// Actions lists all of them, by their names.
func Actions() []Action {
	return slices.Concat(lookActions(), escrowActions(), tokenActions(), passwordActions(), diskActions(), lastActions())
}

// actionOf returns the action of that name.
func actionOf(id ActionID) Action {
	all := Actions()
	i := slices.IndexFunc(all, func(a Action) bool { return a.ID == id })
	return all[max(i, 0)]
}

const (
	seeEscrow = "`sudo profiles status -type bootstraptoken` says `Bootstrap Token escrowed to server: YES`."
	seeToken  = "`sysadminctl -secureTokenStatus NAME` says ENABLED, and `diskutil apfs listCryptoUsers /` lists the account."
	seeAdmin  = "`dseditgroup -o checkmember -m NAME admin` answers yes or no."
	seeOpens  = "The user can change the password of that account in System Settings. A token that is still on a former password refuses that. Afterwards the user logs out and in once more, so that the next check sees whose change it was."
)

func lookActions() []Action {
	return []Action{
		{
			ID: "A01", Title: "Look at the Mac", Who: LocalAdmin, Verify: "`sudo tokenward check --deep` lists no fact that is missing.",
			Undo: "There is nothing to undo.", Source: "judgement of this project: nothing is done on a guess",
		},
		{
			ID: "A02", Title: "Prove the Bootstrap Token", Who: LocalAdmin, Needs: []CredentialKind{Password}, Verify: "It prints `profiles: Bootstrap Token validated.`",
			Undo: "There is nothing to undo.", Source: "profiles(1); Apple, DeviceInformation EACSPreflight",
		},
	}
}

func escrowActions() []Action {
	return []Action{
		{
			ID: "A03", Title: "A token holder logs in", Who: TheUser, Needs: []CredentialKind{Presence}, Risk: LowRisk, Verify: seeEscrow,
			Undo: "An escrow needs no undoing.", Source: "macOS deployment guide, Use secure and bootstrap tokens (10.15.4)",
		},
		{
			ID: "A05", Title: "Make and escrow the Bootstrap Token", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: seeEscrow,
			Undo: "The same command again makes another one.", Source: "profiles(1); Addigy, Bootstrap token is not escrowed",
		},
		{
			ID: "A06", Title: "Remove the Bootstrap Token", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: MediumRisk, Verify: seeEscrow,
			Undo: "Escrow a new one, while the password of a token-holding admin is at hand.",
			Note: "A new one can be made over the old one, so no plan takes it away first.", Source: "profiles(1)",
		},
		{
			ID: "A07", Title: "Administrator for a moment", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: MediumRisk, Verify: seeAdmin,
			Undo: "The plan itself takes the rights back, whatever came of the step between.", Source: "Addigy, Standard user exists with a secure token; Inetum-Poland/bootstrap-buddy issue 10",
		},
		{
			ID: "A22", Title: "Announce the Bootstrap Token", Who: MDMAdmin, Risk: LowRisk, Verify: "`sudo profiles status -type bootstraptoken` says `Bootstrap Token supported on server: YES`.",
			Undo: "Push the former enrolment profile.", Source: "Apple, MDM payload ServerCapabilities; FileWave, Bootstrap Token Management",
		},
		{
			ID: "A23", Title: "Allow remote management in recoveryOS", Who: AtTheMac, Needs: []CredentialKind{Password, RecoveryLock}, Risk: MediumRisk,
			Verify: "`sudo tokenward check --deep` says that the server may use the Bootstrap Token.",
			Undo:   "Choose Full Security again in the Startup Security Utility.", Source: "Apple, BootstrapTokenAllowedForAuthentication",
		},
		{
			ID: "A24", Title: "Enrol, or enrol anew", Who: LocalAdmin, Risk: MediumRisk, Verify: "`profiles status -type enrollment` says `MDM enrollment: Yes (User Approved)`.",
			Source: "profiles(1); fleetdm/fleet issue 41167",
		},
	}
}

func tokenActions() []Action {
	return []Action{
		{
			ID: "A04", Title: "The user logs in", Who: TheUser, Needs: []CredentialKind{Presence}, Risk: LowRisk, Verify: seeToken,
			Undo: "An admin who holds a token can turn it off again.", Source: "Addigy, User does not have a secure token; FileWave, Bootstrap Token Management",
		},
		{
			ID: "A08", Title: "An admin grants a token", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: seeToken,
			Undo: "`sysadminctl -secureTokenOff NAME -password - interactive`", Source: "macOS deployment guide, Use secure and bootstrap tokens",
		},
		{
			ID: "A09", Title: "An admin turns a token off", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: MediumRisk,
			Verify: "`sysadminctl -secureTokenStatus NAME` says DISABLED.",
			Undo:   "Grant it again.", Source: "gregneagle/pycreateuserpkg issue 62",
		},
		{
			ID: "A10", Title: "Make a user who holds a token", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: seeToken,
			Undo: "Delete the account.", Note: "Whether another account is wanted is a decision, and no plan makes it.", Source: "freegeek-pdx/mkuser",
		},
		{
			ID: "A27", Title: "Bar a service account from the first token", Who: LocalAdmin, Risk: LowRisk,
			Verify: "`dscl . -read /Users/NAME AuthenticationAuthority` shows `;DisabledTags;SecureToken`.",
			Undo:   "Remove that one value.", Note: "It is for accounts that are about to be made.", Source: "macOS deployment guide, Use secure and bootstrap tokens",
		},
	}
}

func passwordActions() []Action {
	return []Action{
		{
			ID: "A11", Title: "An admin resets the password, and the token follows", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: seeOpens,
			Source: "Addigy, Resetting a password without breaking the token",
		},
		{
			ID: "A12", Title: "The server resets the password, and the user logs in", Who: MDMAdmin, Risk: HighRisk,
			Verify: "The user can log in with the new password.",
			Source: "Addigy, Resetting the password of the only secure token user",
		},
		{
			ID: "A13", Title: "Reset the password in recoveryOS", Who: AtTheMac, Needs: []CredentialKind{RecoveryKey, Password, FormerPassword, RecoveryLock}, Risk: MediumRisk, Verify: seeOpens,
			Source: "Addigy, No accessible secure token user",
		},
		{
			ID: "A14", Title: "The user changes the password properly", Who: TheUser, Needs: []CredentialKind{FormerPassword, Presence}, Risk: LowRisk, Verify: seeOpens,
			Source: "Addigy, FileVault and the former password",
		},
	}
}

func diskActions() []Action {
	return []Action{
		{
			ID: "A15", Title: "A colleague unlocks the disk", Who: Colleague, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: "The login window appears.",
			Undo: "A password that was told to somebody is changed afterwards.", Note: "A Mac at the FileVault window answers nobody, so no plan begins there.", Source: "Addigy, FileVault and the former password",
		},
		{
			ID: "A16", Title: "Make a new recovery key", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk,
			Verify: "`sudo fdesetup validaterecovery` asks for the key and answers true.", Source: "fdesetup(8)",
		},
		{
			ID: "A17", Title: "Turn FileVault on", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: "`fdesetup status` says `FileVault is On.`",
			Undo: "`sudo fdesetup disable`", Source: "fdesetup(8)",
		},
		{
			ID: "A18", Title: "Turn FileVault off", Who: LocalAdmin, Needs: []CredentialKind{Password}, Risk: MediumRisk, Verify: "`fdesetup status` says `FileVault is Off.`",
			Undo: "Turn it on again.", Note: "Whoever could turn it off can mend everything with it on.", Source: "fdesetup(8)",
		},
		{
			ID: "A19", Title: "Add the user to FileVault", Who: LocalAdmin, Needs: []CredentialKind{Password, RecoveryKey, FormerPassword}, Risk: LowRisk, Verify: "`sudo fdesetup list` names the user.",
			Undo: "`sudo fdesetup remove -user NAME`, never of the last user in the list.", Source: "fdesetup(8)",
		},
		{
			ID: "A20", Title: "Write the list at the FileVault window anew", Who: LocalAdmin, Verify: "It prints `overall error=(ZeroMeansSuccess)=0`.",
			Undo: "There is nothing to undo.", Source: "freegeek-pdx/mkuser",
		},
		{
			ID: "A21", Title: "Delete the account", Who: LocalAdmin, Risk: MediumRisk, Verify: "`dscl . -list /Users` does not show the account any more.",
			Source: "Chef, specification of macos_user",
		},
		{
			ID: "A28", Title: "Unlock over SSH", Who: TheUser, Needs: []CredentialKind{Password}, Risk: LowRisk, Verify: "`ssh` connects a second time.",
			Undo: "Restart.", Note: "A Mac at the FileVault window answers nobody, so no plan begins there.", Source: "apple_ssh_and_filevault(7)",
		},
	}
}

func lastActions() []Action {
	return []Action{
		{
			ID: "A25", Title: "Erase all content and settings", Who: MDMAdmin, Risk: Destroys, Verify: "The Mac starts in Setup Assistant.",
			Source: "Apple, EraseDevice",
		},
		{
			ID: "A26", Title: "Erase the Mac with its system", Who: AtTheMac, Risk: Destroys, Verify: "The Mac starts in Setup Assistant.",
			Source: "Apple, EraseDevice; Apple, Revive or restore a Mac with Apple silicon",
		},
	}
}
