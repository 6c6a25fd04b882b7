package state

// Switches settle what the sources disagree about or what is only inferred.
// The zero value is the default; what a test proves must hold either way.
type Switches struct {
	// Who gets a token.
	BlankTakesNoFirstToken        bool `yaml:"blank_takes_no_first_token,omitempty"`        // community: a blank password does (11+)
	TaggedTakesFirstAtLogin       bool `yaml:"tagged_takes_first_at_login,omitempty"`       // inferred: the tag holds at a login too
	EarlyCatalinaStandardGetsNone bool `yaml:"early_catalina_standard_gets_none,omitempty"` // contested: a standard first user on 10.15.0 to 10.15.3
	ManagedAdminSuppressesEscrow  bool `yaml:"managed_admin_suppresses_escrow,omitempty"`   // contested: any automatic administrator does on 10.15.0 to 10.15.3
	BootstrapNeedsADE             bool `yaml:"bootstrap_needs_ade,omitempty"`               // X1, X15: documented twice, and differently
	SSHGrants                     bool `yaml:"ssh_grants,omitempty"`                        // U8: nobody has seen it
	ScreenSharingIsNoLogin        bool `yaml:"screen_sharing_is_no_login,omitempty"`        // U9: assumed to count
	AddingToFileVaultNoToken      bool `yaml:"adding_to_filevault_no_token,omitempty"`      // inferred: fdesetup add grants a token
	RecoveryResetLeavesToken      bool `yaml:"recovery_reset_leaves_token,omitempty"`       // X5: the token keeps its old password
	SelfGrantWorks                bool `yaml:"self_grant_works,omitempty"`                  // community: reports differ
	TokenOffNeedsPassword         bool `yaml:"token_off_needs_password,omitempty"`          // inferred: some versions do
	TokenOffKeepsFileVault        bool `yaml:"token_off_keeps_filevault,omitempty"`         // U4
	FileVaultOffDropsTokens       bool `yaml:"filevault_off_drops_tokens,omitempty"`        // U5: assumed none
	PrebootNeedsUpdate            bool `yaml:"preboot_needs_update,omitempty"`              // X4
	FileVaultListsHoldersOff      bool `yaml:"filevault_lists_holders_off,omitempty"`       // U11: fdesetup list while FileVault is off

	// Passwords.
	RootPasswdDrifts       bool `yaml:"root_passwd_drifts,omitempty"`        // X6: passwd as root writes a hash
	RootResetsSoleHolder   bool `yaml:"root_resets_sole_holder,omitempty"`   // X7
	AgentResetRemovesToken bool `yaml:"agent_reset_removes_token,omitempty"` // X11

	// The Bootstrap Token and its server.
	EscrowAtManualEnrolment bool `yaml:"escrow_at_manual_enrolment,omitempty"`  // X2
	SkippedNeverEscrows     bool `yaml:"skipped_never_escrows,omitempty"`       // X3
	BootstrapNotOwner       bool `yaml:"bootstrap_not_owner,omitempty"`         // X8
	BootstrapUUIDPerMac     bool `yaml:"bootstrap_uuid_per_mac,omitempty"`      // X9
	PreflightNeedsTokenOnT2 bool `yaml:"preflight_needs_token_on_t2,omitempty"` // X12
	ProfileUpdateEscrows    bool `yaml:"profile_update_escrows,omitempty"`      // U6
	FailedEscrowSetsFlag    bool `yaml:"failed_escrow_sets_flag,omitempty"`     // U7
	EscrowRetriesOnline     bool `yaml:"escrow_retries_online,omitempty"`       // U12: once the network is back
	UnenrolRemovesLocal     bool `yaml:"unenrol_removes_local,omitempty"`       // community: seen both ways

	// Words.
	EscrowedOnWording    bool `yaml:"escrowed_on_wording,omitempty"`    // X10: "escrowed on server"
	BootstrapAuthBoolean bool `yaml:"bootstrap_auth_boolean,omitempty"` // X13: true for "allowed"
	AllowBootstrapOption bool `yaml:"allow_bootstrap_option,omitempty"` // X14: AllowBootstrapToken
	StatusNeedsRoot      bool `yaml:"status_needs_root,omitempty"`      // U3
	PipeIsNoTerminal     bool `yaml:"pipe_is_no_terminal,omitempty"`    // sysadminctl takes no password from a pipe
}
