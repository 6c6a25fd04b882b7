package state

// Enrollment is the Mac's relation to its management server.
type Enrollment struct {
	DEP        bool       `yaml:"dep,omitempty"` // enrolled by Automated Device Enrollment
	MDM        MDM        `yaml:"mdm,omitempty"`
	BYOD       bool       `yaml:"byod,omitempty"`       // a user enrolment, which never has a Bootstrap Token
	Server     string     `yaml:"server,omitempty"`     // URL
	Capability Capability `yaml:"capability,omitempty"` // how the Mac learned that the server keeps Bootstrap Tokens
	By         string     `yaml:"by,omitempty"`         // the account that enrolled it by hand
	Awaiting   bool       `yaml:"awaiting,omitempty"`   // held in Setup Assistant until the server is done
	Expired    bool       `yaml:"expired,omitempty"`    // the identity certificate: no check-in works
	Setup      Setup      `yaml:"setup,omitempty"`

	// BootstrapAuthAllowed says that somebody let the server use the token for
	// authentication in recoveryOS; an automated enrolment has that by itself.
	BootstrapAuthAllowed bool `yaml:"bootstrap_auth_allowed,omitempty"`
}

// MDM is how far a Mac is managed.
type MDM string

// The degrees of management.
const (
	NotEnrolled  MDM = "none"
	Unapproved   MDM = "unapproved"
	UserApproved MDM = "user_approved"
)

// Capability is how a server announces that it keeps Bootstrap Tokens.
type Capability string

// The ways. documented: MDMOptions came with 10.15 and is deprecated since 11,
// which wants the string in ServerCapabilities of the enrolment profile.
const (
	NoCapability Capability = ""
	ByOption     Capability = "option"
	ByProfile    Capability = "profile"
)

// Setup is what the server has configured for Setup Assistant: AccountConfiguration
// and the FileVault profile.
type Setup struct {
	Admin           string `yaml:"admin,omitempty"` // AutoSetupAdminAccounts; empty: none
	SkipPrimary     bool   `yaml:"skip_primary,omitempty"`
	PrimaryStandard bool   `yaml:"primary_standard,omitempty"`
	FileVault       bool   `yaml:"filevault,omitempty"` // ForceEnableInSetupAssistant
}

// Server is the management server: what it does with Bootstrap Tokens, and what
// is wrong with it.
type Server struct {
	URL           string `yaml:"url,omitempty"`            // of the server that this is said of; the enrolment's unless given
	Address       string `yaml:"address,omitempty"`        // of a real server outside the simulator, which answers in place of this one
	Authority     string `yaml:"authority,omitempty"`      // folder of the authority whose certificates that one trusts
	Token         int    `yaml:"token,omitempty"`          // the generation that it keeps; 0 = none
	KeepsToken    bool   `yaml:"keeps_token,omitempty"`    // does not forget it when a Mac authenticates anew
	Down          bool   `yaml:"down,omitempty"`           // does not answer
	Refuses       bool   `yaml:"refuses,omitempty"`        // answers with an error
	StoresNothing bool   `yaml:"stores_nothing,omitempty"` // says yes and throws the token away
	ForgetsAfter  int    `yaml:"forgets_after,omitempty"`  // forgets the token after that many more questions
}

// Bootstrap is the Bootstrap Token on the Mac's side. What the server has is
// another matter ([Server]); that both agree is a third ([Mac.BootstrapValid]).
type Bootstrap struct {
	Local       int  `yaml:"local,omitempty"` // generation of its cryptographic user; 0 = none
	Escrowed    bool `yaml:"escrowed"`        // the Mac's belief: it has sent it once
	VolumeOwner bool `yaml:"volume_owner"`
	Pending     bool `yaml:"pending,omitempty"` // made, and not sent yet
	Last        int  `yaml:"last,omitempty"`    // the newest generation ever made
}
