package launchd

import "github.com/tokenward/tokenward/internal/paths"

// AgentJob is the daemon's job. `service install` and the installer package write
// the same bytes, those of its Encode. With the zero Paths it names the places of
// every Mac. What is documented is so in launchd.plist(5) of macOS 15.
//
// There are no EnvironmentVariables: nothing of the daemon is steered by one, and
// the PATH that launchd gives is the one that internal/run would set. There are no
// AssociatedBundleIdentifiers (documented, 13): no application of ours is
// installed that could lend its name, and the signature's team already stands in
// Login Items. There are no WatchPaths: docs/decisions/0021 says why.
func AgentJob(p paths.Paths) Job {
	return Job{
		Label:            paths.Label,
		ProgramArguments: []string{p.Program(), "run"},

		// The daemon is to be there from the start of the Mac on, before anybody
		// logs in. documented: without it a job waits for a demand.
		RunAtLoad: true,

		// It ends with 0 only when it was told to, and then it must stay ended; any
		// other end is a failure, or a panic. documented: false restarts "until
		// failure" the other way round, that is after each exit that is not 0.
		KeepAlive: KeepAlive{SuccessfulExit: false},

		// A daemon that fails at once is started twice a minute and not six times,
		// which is documented as the usual: enough to be back soon, too little to
		// be felt.
		ThrottleInterval: 30,

		// The daemon ends within 5 s at any moment. After so many seconds launchd
		// kills it, which it survives, so there is no need for the documented 20:
		// at a shutdown all of the Mac waits. observed (13): launchd's own is 5.
		ExitTimeOut: 10,

		// Background would be the name of what the daemon is. documented: it holds
		// back the processor, the disk and the network, and setpriority(2) says
		// that children of such a process are held back as well; so Apple's tools
		// would be, and on a busy Mac they would run into their deadlines: the
		// report would say "unknown" where nothing is wrong. Adaptive is the same
		// for a daemon without XPC clients (documented: it is what an open XPC
		// transaction lifts). Standard is named, so that nobody has to look up what
		// is meant by nothing.
		ProcessType: "Standard",

		// What is polite instead: under load the daemon and its tools yield to the
		// user's programs, without a cap. documented: nice(3), inherited, of no
		// effect on an idle processor; inferred: 5 of 20 slows no tool to its
		// deadline.
		Nice: 5,

		// 077: no file of the daemon is readable by others unless it says so.
		// documented: an integer is decimal.
		Umask: 0o077,

		// Documented default, written down: no relative name of ours, or of a tool,
		// can mean a file in a folder that others write to.
		WorkingDirectory: "/",

		// The log is the daemon's own, rotated by itself. Here comes what it can no
		// longer write there, such as the text of a panic. documented: launchd makes
		// the file, not its folder.
		StandardErrorPath: p.Stderr(),

		// No core dump of the daemon or its children, which would hold what they
		// read. documented: setrlimit(2); children cannot raise the hard limit.
		SoftResourceLimits: ResourceLimit{Core: 0},
		HardResourceLimits: ResourceLimit{Core: 0},
	}
}
