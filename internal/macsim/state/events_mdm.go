package state

// Enroll enrols the Mac.
type Enroll struct {
	Way        Enrolment   `yaml:"way"` // ade unless given
	Server     string      `yaml:"server"`
	Capability *Capability `yaml:"capability"` // what is usual for the version unless given; "" is none
	By         string      `yaml:"by"`         // the account that does it by hand
}

// Enrolment is a way to enrol.
type Enrolment string

// The ways.
const (
	ADE            Enrolment = "ade"
	ApprovedByUser Enrolment = "user_approved"
	NotApproved    Enrolment = "unapproved" // by a script
	UserEnrollment Enrolment = "byod"
)

// Approve is a user who approves an enrolment that was made without.
type Approve struct{}

// Unenroll removes the enrolment.
type Unenroll struct{}

// RenewIdentity renews the certificate that the Mac shows its server: the Mac
// authenticates anew, and many servers forget its Bootstrap Token then.
type RenewIdentity struct{}

// ExpireIdentity lets that certificate expire.
type ExpireIdentity struct{}

// UpdateProfile is a new enrolment profile from the same server.
type UpdateProfile struct {
	Capability Capability `yaml:"capability"`
}

// ServerDoes changes what the server does; a key that is left out changes
// nothing.
type ServerDoes struct {
	Down          *bool `yaml:"down"`
	Refuses       *bool `yaml:"refuses"`
	StoresNothing *bool `yaml:"stores_nothing"`
	KeepsToken    *bool `yaml:"keeps_token"`
	ForgetsAfter  *int  `yaml:"forgets_after"`
	Forgets       bool  `yaml:"forgets"` // now
}

// AllowBootstrapAuth is a volume owner in recoveryOS who lets the server use the
// Bootstrap Token.
type AllowBootstrapAuth struct{}

// InstallBootstrap makes a new Bootstrap Token and escrows it, as profiles
// install does.
type InstallBootstrap struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"` // the right one unless given
}

// RemoveBootstrap removes it from the Mac and from the server.
type RemoveBootstrap struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"`
}

// ValidateBootstrap compares what the server has with the volume.
type ValidateBootstrap struct {
	User     string  `yaml:"user"`
	Password *string `yaml:"password"`
}
