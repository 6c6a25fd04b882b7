package run

import (
	"context"
	"time"
)

// A Target is what a connection is tried to.
type Target struct {
	Name      string // of the question, as a recording has it: mdm
	Host      string
	Port      int
	ProxyHost string // to go through; empty: none
	ProxyPort int
}

// A ProbeState says whether a connection could be tried.
type ProbeState string

// The states of a probe.
const (
	Probed     ProbeState = "probed"
	NotProbed  ProbeState = "not_probed" // nobody tried; not in the recording
	ProbeEnded ProbeState = "timeout"    // the time for the whole check was over before its end
)

// A Probe is what came of trying a connection.
type Probe struct {
	State ProbeState
	Value string // how far it came, see package reach
	Began time.Time
	Took  time.Duration
}

// A Prober tries a connection and sends nothing over it that says who we are.
// Implementations are safe for concurrent use.
//
// Implementations: package reach, [Replay], [Recorder], and the simulated Mac in
// process.
type Prober interface {
	Probe(ctx context.Context, t Target) Probe
}
