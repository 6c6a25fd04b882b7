package store

import (
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/wire"
)

// A Device is one Mac as a list shows it.
type Device struct {
	Identity

	Verdict     health.Verdict
	Findings    []Finding  // of the newest snapshot, in the order in which they are shown
	HoldRestart health.Tri // whether to keep the Mac from restarting, by its newest snapshot
	FirstSeen   time.Time  // by the server's clock, as LastSeen is
	LastSeen    time.Time
	ObservedAt  time.Time // by the device's clock; zero without a report of a state
}

// A Page is one page of a list of devices.
type Page struct {
	Devices []Device
	Next    string // the cursor of the next page, empty on the last one
}

// Summary counts the fleet.
type Summary struct {
	Devices  int
	Verdicts map[health.Verdict]int // all four, those without a device as well
	Findings []Count                // the most frequent first, then by code; none with 0
	// Forecasts counts the answers of the newest snapshots about the Mac as a whole,
	// by name; a name that no device has an answer to is not in it.
	Forecasts map[string]map[health.Tri]int
}

// A Count says how many devices have a finding.
type Count struct {
	Code    string
	Devices int
}

// Detail is all that the store knows of one device.
type Detail struct {
	Device
	Snapshot []byte  // the current one as the device wrote it; nil if there is none
	Outdated bool    // the newest report names a state other than that of Snapshot
	Epochs   []Epoch // the newest first, the last ten
}

// An Epoch is a run of reports without a loss of the device's state.
type Epoch struct {
	ID        string
	FirstSeen time.Time
	Reports   uint64 // reports stored
	LastSeq   uint64
	Missing   uint64 // numbers from 1 to LastSeq that never arrived
}

// History is one page of a device's reports.
type History struct {
	Reports []Past
	Next    string // the cursor of the next page, empty on the last one
}

// A Past is one stored report.
type Past struct {
	ID         string
	Epoch      string
	Seq        uint64
	Kind       wire.Kind
	Verdict    health.Verdict
	Findings   []string // the codes of a snapshot, sorted; empty for other kinds
	ObservedAt time.Time
	ReceivedAt time.Time
	// MissingBefore counts the numbers of the epoch between this report and the
	// one before it, or before the first one, that are not there.
	MissingBefore uint64
}
