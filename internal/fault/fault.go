// Package fault is the seam at which crash tests stop a real process.
//
// Every write, fsync, rename and send of the agent and of the server passes
// through [Point]. A program built normally contains an empty function here. A
// program built with the tag "faults" counts the points and kills itself with
// SIGKILL at the one that the environment names, so that a test can visit every
// one of them in turn, without sleeping and without guessing.
package fault

// An Op names the kind of step that is about to be taken or was just taken.
type Op string

// The steps that a crash can fall between.
const (
	Write  Op = "write"
	Sync   Op = "fsync"
	Rename Op = "rename"
	Remove Op = "remove"
	Send   Op = "send"
	Commit Op = "commit"
)
