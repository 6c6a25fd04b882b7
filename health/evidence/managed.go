package evidence

// Managed is what the Mac would answer its server's DeviceInformation. The keys
// and their meaning are documented by Apple (device-management, information.device).
type Managed struct {
	Supervised            Obs[bool]
	AwaitingConfiguration Obs[bool] // held in Setup Assistant until the server is done
	BootstrapOption       Obs[bool] // MDMOptions: the server keeps Bootstrap Tokens
	ActivationLock        Obs[bool]
	Admins                Obs[[]ManagedAdmin] // AutoSetupAdminAccounts
}

// A ManagedAdmin is an administrator whom the server had Setup Assistant make.
type ManagedAdmin struct {
	GUID string
	Name string // empty where the Mac does not say
}

// Security is what the Mac would answer its server's SecurityInfo. Of recovery
// keys only that they are there: the values are dropped when the tool has ended.
type Security struct {
	SecureBoot         Obs[string] // SecureBootLevel as printed: full, medium, off, not supported
	MDMControl         Obs[bool]   // ReducedSecurity: AllowsMDM
	BootstrapForAuth   Obs[string] // as printed: allowed, disallowed, not supported
	BootstrapForUpdate Obs[bool]
	BootstrapForKexts  Obs[bool]
	RecoveryLock       Obs[bool]
	FirmwarePassword   Obs[bool]
	DEP                Obs[bool]
	UserApproved       Obs[bool]
	UserEnrollment     Obs[bool] // of a Mac that belongs to its user: no Bootstrap Token
	RecoveryKey        Obs[bool] // FDE_HasPersonalRecoveryKey
	InstitutionalKey   Obs[bool] // FDE_HasInstitutionalRecoveryKey
	KeySealed          Obs[bool] // FDE_PersonalRecoveryKeyCMS is there, for the server to fetch
}

// Network is the way from the Mac to its server.
type Network struct {
	Proxy Obs[Proxy]
	MDM   Obs[Reach] // Unsupported where the way cannot be followed: a proxy script
}

// A Proxy is how the system's settings say HTTPS is to travel.
type Proxy struct {
	Kind       ProxyKind
	Host       string // of a manual one
	Port       int
	Exceptions []string
}

// A ProxyKind is a way to the network.
type ProxyKind string

// The ways.
const (
	NoProxy        ProxyKind = "none"
	ManualProxy    ProxyKind = "manual"
	AutomaticProxy ProxyKind = "automatic" // a script decides, for each address anew
)

// A Reach is how far a connection to the MDM server came.
type Reach string

// The ends of a connection, the best first.
const (
	Reached          Reach = "reached"           // TLS was agreed upon
	Untrusted        Reach = "untrusted"         // somebody answered whose certificate this Mac does not trust
	NoTLS            Reach = "no_tls"            // somebody answered who speaks no TLS
	TLSFailed        Reach = "tls_failed"        // somebody answered, and TLS was not agreed upon
	Refused          Reach = "refused"           // nobody listens there
	Unreachable      Reach = "unreachable"       // no way there, or no answer in time
	Unresolved       Reach = "unresolved"        // the name has no address here
	ProxyRefused     Reach = "proxy_refused"     // the proxy does not let it through
	ProxyUnreachable Reach = "proxy_unreachable" // the proxy cannot be reached
)
