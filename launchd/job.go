// Package launchd makes the daemon a job of launchd, and controls it: the job as
// data, and the launchd behind the service library's interfaces.
//
// Nothing that launchctl claims is believed. After each command that changes
// something launchd is asked what it has, and "it could not be asked" is an answer
// of its own: it is never "stopped".
package launchd

// Job is a job of launchd, in the terms of launchd.plist(5) and with the keys that
// ours needs. All of them are written, also those that are zero or false.
type Job struct {
	Label              string        `plist:"Label"`
	ProgramArguments   []string      `plist:"ProgramArguments"`
	RunAtLoad          bool          `plist:"RunAtLoad"`
	KeepAlive          KeepAlive     `plist:"KeepAlive"`
	ThrottleInterval   int           `plist:"ThrottleInterval"` // seconds
	ExitTimeOut        int           `plist:"ExitTimeOut"`      // seconds
	ProcessType        string        `plist:"ProcessType"`
	Nice               int           `plist:"Nice"`
	Umask              int           `plist:"Umask"` // decimal
	WorkingDirectory   string        `plist:"WorkingDirectory"`
	StandardErrorPath  string        `plist:"StandardErrorPath"`
	SoftResourceLimits ResourceLimit `plist:"SoftResourceLimits"`
	HardResourceLimits ResourceLimit `plist:"HardResourceLimits"`
}

// KeepAlive says after which end launchd starts the program again.
type KeepAlive struct {
	SuccessfulExit bool `plist:"SuccessfulExit"` // false: after a failure alone
}

// ResourceLimit is what the process and its children may use.
type ResourceLimit struct {
	Core int `plist:"Core"` // bytes of a core dump
}
