// Package paths says where everything of Tokenward is on a Mac.
//
// On a Mac the places are fixed. Elsewhere, where a simulated Mac stands in,
// all of them lie under a root folder of the caller's choice.
package paths

import "path/filepath"

// Label is the launchd label, the preferences domain and the package identifier.
const Label = "dev.tokenward.agent"

// Paths are the places of one installation.
type Paths struct{ root string }

// Root is the folder that stands for the Mac's root, "/" on a Mac.
func (p Paths) Root() string { return filepath.Join("/", p.root) }

// Program is the agent and command line itself.
func (p Paths) Program() string { return p.at("/Library/Tokenward/tokenward") }

// Job is launchd's property list of the daemon.
func (p Paths) Job() string { return p.at("/Library/LaunchDaemons/" + Label + ".plist") }

// Logs is the folder of the daemon's own log.
func (p Paths) Logs() string { return p.at("/var/log/tokenward") }

// Stderr takes what the daemon prints when its log cannot: a panic, mostly. launchd
// opens it.
func (p Paths) Stderr() string { return filepath.Join(p.Logs(), "stderr.log") }

// Config is the configuration file of a Mac without a profile.
func (p Paths) Config() string { return p.at("/Library/Tokenward/config.yaml") }

// Managed is what the MDM server sent as settings of this program. macOS writes
// it, everybody may read it, and nobody but root can change it. documented:
// the custom settings payload.
func (p Paths) Managed() string { return p.at("/Library/Managed Preferences/" + Label + ".plist") }

// Preferences are settings that an admin of this Mac wrote with defaults.
func (p Paths) Preferences() string { return p.at("/Library/Preferences/" + Label + ".plist") }

// Log is the daemon's own log, in a folder of its own.
func (p Paths) Log() string { return p.at("/var/log/tokenward/agent.log") }

// State is the private folder: spool, ledger, identity.
func (p Paths) State() string { return p.at("/var/db/tokenward") }

// Spool holds the reports that the server does not have yet.
func (p Paths) Spool() string { return filepath.Join(p.State(), "spool") }

// Ledger remembers what earlier checks found.
func (p Paths) Ledger() string { return filepath.Join(p.State(), "ledger.json") }

// LastConfig is the last configuration without a mistake.
func (p Paths) LastConfig() string { return filepath.Join(p.State(), "last-config.json") }

// Identity is the folder of the device's keys.
func (p Paths) Identity() string { return filepath.Join(p.State(), "identity") }

// Crashes is the folder of what is left of parts that failed.
func (p Paths) Crashes() string { return filepath.Join(p.State(), "crashes") }

// Loaded says which job and program launchd took last. It has a folder of its own: the
// daemon clears its folder of what is half written when it starts, which is just when
// somebody else writes this.
func (p Paths) Loaded() string { return filepath.Join(p.State(), "launchd", "loaded") }

// PrivacyKey is what this Mac's pseudonyms are made with.
func (p Paths) PrivacyKey() string { return filepath.Join(p.State(), "privacy.key") }

// Device remembers which Mac this is.
func (p Paths) Device() string { return filepath.Join(p.State(), "device.json") }

// Public is the folder of what every user of this Mac may read. It is not below
// the private one, and not in /var/run, where a group may write.
func (p Paths) Public() string { return p.at("/var/db/tokenward-public") }

// PublicStatus is the verdict of the last check, without a name in it.
func (p Paths) PublicStatus() string { return filepath.Join(p.Public(), "status.json") }

// Socket is where a running daemon answers.
func (p Paths) Socket() string { return p.at("/var/run/tokenward.sock") }

// Lock is held by the one running daemon.
func (p Paths) Lock() string { return p.at("/var/run/tokenward.lock") }

func (p Paths) at(path string) string { return filepath.Join(p.Root(), path) }
