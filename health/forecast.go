package health

import "github.com/tokenward/tokenward/health/evidence"

// A Forecast answers one question about what would happen on this Mac, before
// somebody tries it.
type Forecast struct {
	Name    ForecastName
	Subject string // DeviceSubject, or the GeneratedUID of the account in question
	// Answer is Yes for what would go well: "safe", "can". Where it hangs on a
	// behaviour of macOS that nobody is sure of, it is Unknown and Depends names it.
	Answer Tri
	// Because lists the conditions that decide it, by code; empty for a yes that
	// nothing speaks against.
	Because []Code
	// Facts are what the answer rests on; of an unknown one, those that are missing.
	// Sorted.
	Facts   []evidence.FactName
	Depends []Behaviour
	Summary string // the answer in a sentence, with its reason
	DoNot   string // what the answer forbids; may be empty
}

// A ForecastName names a question. The names are a contract, like codes.
type ForecastName string

// The questions about a Mac.
const (
	EveryUserUnlocks   ForecastName = "can_every_user_unlock_after_reboot"
	NextUserGranted    ForecastName = "can_grant_next_user"
	UpdatesUnattended  ForecastName = "can_update_unattended"
	ConsoleAuthorises  ForecastName = "console_user_can_authorise_update"
	WipesSilently      ForecastName = "can_wipe_silently"
	EnablesFileVault   ForecastName = "can_enable_filevault"
	SafeToReenrol      ForecastName = "safe_to_reenrol"
	SafeToMigrate      ForecastName = "safe_to_migrate"
	SafeToRenew        ForecastName = "safe_to_renew_identity"
	RecoveryPathExists ForecastName = "recovery_path_exists"
	HoldRestart        ForecastName = "hold_restart" // yes: keep the Mac from restarting
)

// The questions about an account.
const (
	SafeToReset    ForecastName = "safe_to_reset"
	SafeToRemove   ForecastName = "safe_to_remove"
	SafeToTurnOff  ForecastName = "safe_to_turn_token_off"
	SurvivesLeaver ForecastName = "survives_leaver"
)

// A Behaviour is something that macOS does, where sources contradict each other or
// nobody has seen it. An answer that hangs on one is not known.
type Behaviour string

// The behaviours that answers can hang on. Their names are those of the switches
// of the simulated Mac, on which every answer is tried both ways: package proof
// finds no other switch on which one of them hangs.
const (
	BootstrapNeedsADE       Behaviour = "bootstrap_needs_ade"         // a Mac that was enrolled by hand escrows nothing
	BootstrapIsNoOwner      Behaviour = "bootstrap_not_owner"         // its key is never marked as an owner, and authorises all the same
	PreflightNeedsTokenOnT2 Behaviour = "preflight_needs_token_on_t2" // to erase all content and settings
	AgentResetRemovesToken  Behaviour = "agent_reset_removes_token"   // rather than leaving it with the former password
)

// Behaviours lists those that an answer can hang on.
func Behaviours() []Behaviour {
	return []Behaviour{BootstrapNeedsADE, BootstrapIsNoOwner, PreflightNeedsTokenOnT2, AgentResetRemovesToken}
}

// An ErasePath is what EraseDevice does for a value of its ObliterationBehavior.
type ErasePath struct {
	Behavior string // as the command writes it: Default, DoNotObliterate, ObliterateWithWarning, Always
	Outcome  string // in a sentence
	Erases   Tri    // the Mac is empty afterwards
	Silently Tri    // by "Erase All Content and Settings", ready for the next user
}
