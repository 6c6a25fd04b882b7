package plan

// A GoalText is what a goal means, for people who choose one.
type GoalText struct {
	Kind  GoalKind
	User  bool // it is about one account
	Title string
	Means string // what is so when it is reached
}

// Goals lists all goals.
func Goals() []GoalText {
	return []GoalText{
		{TokenFor, true, "A Secure Token for a user", "The user holds a Secure Token that opens with the user's own password."},
		{TokensForAll, false, "Secure Tokens for everybody", "Every person with an account holds a Secure Token that works."},
		{Escrow, false, "Escrow the Bootstrap Token", "The Mac has a Bootstrap Token and sent it to its server."},
		{ValidEscrow, false, "A Bootstrap Token that works", "It is proven that the Mac can get its Bootstrap Token back from the server."},
		{RepairFor, true, "Repair a user's token", "The token opens with the user's present password again."},
		{ResetPassword, true, "Reset a password", "The user has a new password, and a token that the user held opens with it."},
		{RemoveUser, true, "Remove a user", "The account is gone, and somebody is left who can open and administer the Mac."},
		{UnlockFor, true, "Unlock FileVault", "The user is offered at the FileVault window and can unlock the disk."},
		{FileVaultOn, false, "Turn FileVault on", "FileVault is on, and somebody has the recovery key."},
		{SafeToWipe, false, "Ready to be erased by the server", "The server can erase the Mac silently, and the next user can set it up."},
		{Update, false, "Updates without a person", "The server can install updates without a password that somebody types."},
		{NoLockOut, false, "No lock-out", "More than one way into the Mac is left: two working tokens, or one and the recovery key."},
		{Reenrol, false, "Enrol anew", "The Mac is enrolled anew, and its new Bootstrap Token is proven."},
	}
}
