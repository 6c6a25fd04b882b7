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
		// logs in. documented: KeepAlive with SuccessfulExit implies it; it stands
		// here for whoever reads the file.
		RunAtLoad: true,

		// It ends with 0 only when it was told to, and then it must stay ended; any
		// other end is a failure, or a panic. documented: with false a job is started
		// again unless it exits with 0.
		KeepAlive: KeepAlive{SuccessfulExit: false},

		// A daemon that fails at once is started twice a minute and not six times,
		// which is the documented default: enough to be back soon, too little to be
		// felt.
		ThrottleInterval: 30,

		// The daemon ends within 5 s at any moment. After so many seconds launchd
		// kills it, which it survives; much more would be time for which the whole
		// Mac waits at a shutdown. documented: the default is the system's own, and 0
		// would be forever; observed (13): 5.
		ExitTimeOut: 10,

		// Background is what the daemon is by its nature. documented: the system
		// then holds back its processor time and its I/O; inferred: that of its
		// children too. So Apple's tools would run into their deadlines on a busy
		// Mac, and a report would say "unknown" where nothing is wrong. Adaptive is
		// the same for a daemon that serves nobody over XPC (documented: XPC is what
		// lifts it), and Interactive is for what a user waits for. Standard is
		// documented to be what no value means, with light limits; it is named so
		// that nobody has to look that up.
		ProcessType: "Standard",

		// What is polite instead: under load the daemon and its tools yield to the
		// user's programs, without a cap. documented: fork(2), children inherit it;
		// inferred: 5 of 20 slows no tool to its deadline.
		Nice: 5,

		// 077: no file of the daemon is readable by others unless it says so.
		// documented: an integer is decimal.
		Umask: 0o077,

		// No relative name of ours, or of a tool, can mean a file in a folder that
		// others write to. community: also where launchd starts daemons by default.
		WorkingDirectory: "/",

		// The log is the daemon's own, rotated by itself. Here comes what it can no
		// longer write there, such as the text of a panic. documented: launchd makes
		// the file; community: not its folder, which install makes.
		StandardErrorPath: p.Stderr(),

		// No core dump of the daemon or its children, which would hold what they
		// read. documented: setrlimit(2); children cannot raise the hard limit.
		SoftResourceLimits: ResourceLimit{Core: 0},
		HardResourceLimits: ResourceLimit{Core: 0},
	}
}
