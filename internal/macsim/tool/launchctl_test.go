package tool

import (
	"reflect"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const launchctlPath = "/bin/launchctl"

const (
	daemonFile = "/Library/LaunchDaemons/com.example.agent.plist"
	agentFile  = "/Library/LaunchAgents/com.example.menu.plist"
)

// jobs gives the Mac a daemon, changed as the test wants it.
func jobs(changes ...func(*state.Job)) func(*state.Mac) {
	return func(m *state.Mac) {
		j := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Running: true, PID: 501}
		for _, change := range changes {
			change(&j)
		}
		m.Jobs = []state.Job{j}
	}
}

func unloaded(j *state.Job) { j.Unloaded, j.Running, j.PID = true, false, 0 }
func disabled(j *state.Job) { j.Disabled = true }
func agent(j *state.Job)    { j.Label, j.Path = "com.example.menu", agentFile }

func ended(code int) func(*state.Job) {
	return func(j *state.Job) { j.Running, j.PID, j.LastExit = false, 0, &code }
}

func older(v string, change func(*state.Mac)) func(*state.Mac) {
	return func(m *state.Mac) {
		change(m)
		version(v)(m)
	}
}

// job checks the only job and that the change was counted.
func job(want state.Job) func(*testing.T, *state.Mac) {
	return func(t *testing.T, m *state.Mac) {
		t.Helper()
		if len(m.Jobs) != 1 || !reflect.DeepEqual(m.Jobs[0], want) || m.Revision == 0 {
			t.Errorf("jobs %+v at revision %d, want %+v", m.Jobs, m.Revision, want)
		}
	}
}

// untouched checks that nothing was changed.
func untouched(t *testing.T, m *state.Mac) {
	t.Helper()
	if m.Revision != 0 {
		t.Errorf("the Mac was changed: %+v", m.Jobs)
	}
}

const printedTail = `
	spawn type = daemon (3)
	jetsam priority = 40
	jetsam memory limit (active) = (unlimited)
	jetsam memory limit (inactive) = (unlimited)
	jetsamproperties category = daemon
	jetsam thread limit = 32
	cpumon = default
	probabilistic guard malloc policy = {
		activation rate = 1/1000
		sample rate = 1/0
	}

	properties = 
}
`

func TestLaunchctlPrint(t *testing.T) {
	text := func(target, count, path, kind, running, label, domain, runs string) Reply {
		return out(target + ` = {
	active count = ` + count + `
	path = ` + path + `
	type = ` + kind + `
	state = ` + running + `

	program = /opt/agent
	arguments = {
		/opt/agent
	}

	default environment = {
		PATH => /usr/bin:/bin:/usr/sbin:/sbin
	}

	environment = {
		XPC_SERVICE_NAME => ` + label + `
	}

	domain = ` + domain + `
	minimum runtime = 10
	exit timeout = 5
` + runs + printedTail)
	}
	daemon := func(count, running, runs string) Reply {
		return text("system/com.example.agent", count, daemonFile, "LaunchDaemon", running, "com.example.agent", "system", runs)
	}
	const query = "print|system/com.example.agent"
	testAnswers(t, launchctlPath, []answerCase{
		{name: "running", args: query, change: jobs(), want: daemon("1", "running", "\truns = 1\n\tpid = 501\n\tlast exit code = (never exited)\n")},
		{name: "ended", args: query, user: "clerk", change: jobs(ended(0)), want: daemon("0", "not running", "\truns = 1\n\tlast exit code = 0\n")},
		{name: "with a name", args: query, change: jobs(ended(78)), want: daemon("0", "not running", "\truns = 1\n\tlast exit code = 78: EX_CONFIG\n")},
		{name: "without a name", args: query, change: jobs(ended(79)), want: daemon("0", "not running", "\truns = 1\n\tlast exit code = 79\n")},
		{name: "first name", args: query, change: jobs(ended(64)), want: daemon("0", "not running", "\truns = 1\n\tlast exit code = 64: EX_USAGE\n")},
		{name: "killed", args: query, change: jobs(ended(-9)), want: daemon("0", "not running", "\truns = 1\n\tlast terminating signal = Killed: 9\n")},
		{name: "terminated", args: query, change: jobs(ended(-15)), want: daemon("0", "not running", "\truns = 1\n\tlast terminating signal = Terminated: 15\n")},
		{
			name: "agent", args: "print|gui/502/com.example.menu", change: jobs(agent, ended(0)),
			want: text("gui/502/com.example.menu", "0", agentFile, "LaunchAgent", "not running", "com.example.menu", "gui/502", "\truns = 1\n\tlast exit code = 0\n"),
		},
		{name: "domain", args: "print|system", want: errText(125, "macsim: launchctl print system is not simulated\n")},
		{name: "without a file", args: "print|system/x", change: func(m *state.Mac) { m.Jobs = []state.Job{{Label: "x"}} }, want: out("system/x = {\n\tactive count = 0\n\ttype = LaunchDaemon\n\tstate = not running\n\n" +
			"\tdefault environment = {\n\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin\n\t}\n\n\tenvironment = {\n\t\tXPC_SERVICE_NAME => x\n\t}\n\n" +
			"\tdomain = system\n\tminimum runtime = 10\n\texit timeout = 5\n\truns = 0\n\tlast exit code = (never exited)\n" + printedTail)},
	})
}

func TestLaunchctlPrintMissing(t *testing.T) {
	testAnswers(t, launchctlPath, []answerCase{
		{name: "system", args: "print|system/io.redis.redis-server", want: errText(113, "Could not find service \"io.redis.redis-server\" in domain for system\n")},
		{name: "not loaded", args: "print|system/com.example.agent", change: jobs(unloaded), want: errText(113, "Could not find service \"com.example.agent\" in domain for system\n")},
		{name: "an agent is no daemon", args: "print|system/com.example.menu", change: jobs(agent), want: errText(113, "Could not find service \"com.example.menu\" in domain for system\n")},
		{name: "of a user", args: "print|gui/502/com.example.agent", change: jobs(), want: errText(113, "Bad request.\nCould not find service \"com.example.agent\" in domain for user gui: 502\n")},
		{name: "before 13", args: "print|gui/502/x", change: version("12.7"), want: errText(113, "Could not find service \"x\" in domain for user gui: 502\n")},
		{name: "other domain of a user", args: "print|user/502/x", want: errText(113, "Bad request.\nCould not find service \"x\" in domain for uid: 502\n")},
		{name: "nobody of that number", args: "print|gui/501/x", want: errText(112, "Bad request.\nCould not find domain for user gui: 501\n")},
		{name: "no target", args: "print|gui/one/x", want: errText(125, "macsim: launchctl print gui/one/x is not simulated\n")},
	})
}

func TestLaunchctlLists(t *testing.T) {
	three := func(m *state.Mac) {
		killed, failed := -9, 78
		m.Jobs = []state.Job{
			{Label: "a", Path: "/Library/LaunchDaemons/a.plist", Running: true, PID: 42, LastExit: &failed, Disabled: true},
			{Label: "b", LastExit: &killed, Program: "/opt/b"},
			{Label: "c", Unloaded: true, Disabled: true},
			{Label: "d", Path: "/Library/LaunchAgents/d.plist", Disabled: true},
		}
	}
	testAnswers(t, launchctlPath, []answerCase{
		{name: "of root", args: "list", change: three, want: out("PID\tStatus\tLabel\n42\t78\ta\n-\t-9\tb\n")},
		{name: "of a user", args: "list", change: three, user: "clerk", want: out("PID\tStatus\tLabel\n-\t0\td\n")},
		{name: "one that runs", args: "list|a", change: three, want: out("{\n\t\"LimitLoadToSessionType\" = \"System\";\n\t\"Label\" = \"a\";\n\t\"LastExitStatus\" = 19968;\n\t\"PID\" = 42;\n};\n")},
		{name: "one that was killed", args: "list|b", change: three, want: out("{\n\t\"LimitLoadToSessionType\" = \"System\";\n\t\"Label\" = \"b\";\n\t\"LastExitStatus\" = 9;\n\t\"Program\" = \"/opt/b\";\n};\n")},
		{name: "agent", args: "list|d", change: three, user: "clerk", want: out("{\n\t\"LimitLoadToSessionType\" = \"Aqua\";\n\t\"Label\" = \"d\";\n\t\"LastExitStatus\" = 0;\n};\n")},
		{name: "not loaded", args: "list|c", change: three, want: errText(113, "Could not find service \"c\" in domain for system\n")},
		{name: "not the user's", args: "list|a", change: three, user: "clerk", want: errText(113, "Could not find service \"a\" in domain for port\n")},
		{name: "disabled", args: "print-disabled|system", change: three, want: out("\n\tdisabled services = {\n\t\t\"a\" => disabled\n\t\t\"c\" => disabled\n\t}\n\n\tlogin item associations = {\n\t}\n")},
		{name: "disabled before 13", args: "print-disabled|system", change: older("12.7", three), want: out("\n\tdisabled services = {\n\t\t\"a\" => true\n\t\t\"c\" => true\n\t}\n\n\tlogin item associations = {\n\t}\n")},
		{name: "disabled agents", args: "print-disabled|gui/502", change: three, want: out("\n\tdisabled services = {\n\t\t\"d\" => disabled\n\t}\n\n\tlogin item associations = {\n\t}\n")},
		{name: "none disabled", args: "print-disabled|system", want: out("\n\tdisabled services = (no disabled services)\n")},
		{name: "no domain", args: "print-disabled|login", want: errText(125, "macsim: launchctl print-disabled login is not simulated\n")},
		{name: "too many", args: "list|a|b", want: errText(125, "macsim: launchctl list a b is not simulated\n")},
	})
}

func TestLaunchctlBootstrap(t *testing.T) {
	const load = "bootstrap|system|" + daemonFile
	const failed = "Bootstrap failed: 5: Input/output error\n"
	const hint = "Try re-running the command as root for richer errors.\n"
	started := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Running: true, PID: 78}
	testAnswers(t, launchctlPath, []answerCase{
		{name: "starts", args: load, change: jobs(unloaded), want: out(""), after: job(started)},
		{name: "loaded already", args: load, change: jobs(), want: errText(5, failed), after: untouched},
		{name: "disabled", args: load, change: jobs(unloaded, disabled), want: errText(5, failed), after: untouched},
		{name: "an agent", args: "bootstrap|system|" + agentFile, change: jobs(agent, unloaded), want: errText(5, failed), after: untouched},
		{name: "not as root", args: load, user: "boss", change: jobs(unloaded), want: errText(5, failed+hint), after: untouched},
		{name: "not as root on 11", args: load, user: "boss", change: older("11.7", jobs(unloaded)), want: errText(5, failed), after: untouched},
		{name: "agent of a user", args: "bootstrap|gui/502|" + agentFile, user: "clerk", change: jobs(agent), want: errText(5, failed+hint), after: untouched},
		{name: "nobody of that number", args: "bootstrap|gui/501|" + agentFile, change: jobs(agent, unloaded), want: errText(112, "Could not find domain for user gui: 501\n")},
		{name: "unknown file", args: "bootstrap|system|/x.plist", want: errText(125, "macsim: launchctl bootstrap system /x.plist is not simulated\n")},
		{name: "no file", args: "bootstrap|system", want: errText(125, "macsim: launchctl bootstrap system is not simulated\n")},
	})
}

func TestLaunchctlBootout(t *testing.T) {
	zero := 0
	gone := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Unloaded: true, LastExit: &zero}
	usage := errText(64, `Unrecognized target specifier.
Usage: launchctl bootout <domain-target> [service-path1, service-path2, ...] | <service-target>
<service-target> takes a form of <domain-target>/<service-id>.
Please refer to `+"`man launchctl`"+` for explanation of the <domain-target> specifiers.
`)
	testAnswers(t, launchctlPath, []answerCase{
		{name: "label", args: "bootout|system/com.example.agent", change: jobs(), want: out(""), after: job(gone)},
		{name: "file", args: "bootout|system|" + daemonFile, change: jobs(), want: out(""), after: job(gone)},
		{name: "one that has ended", args: "bootout|system/com.example.agent", change: jobs(ended(78)), want: out(""), after: func(t *testing.T, m *state.Mac) {
			if j := m.Jobs[0]; !j.Unloaded || *j.LastExit != 78 {
				t.Errorf("%+v", j)
			}
		}},
		{name: "label that is not loaded", args: "bootout|system/org.nixos.nix-daemon", change: jobs(), want: errText(3, "Boot-out failed: 3: No such process\n"), after: untouched},
		{name: "file that is not loaded", args: "bootout|system|" + daemonFile, change: jobs(unloaded), want: errText(5, "Boot-out failed: 5: Input/output error\n"), after: untouched},
		{name: "not as root", args: "bootout|system/com.example.agent", user: "boss", change: jobs(), want: errText(1, "Boot-out failed: 1: Operation not permitted\n"), after: untouched},
		{name: "nobody of that number", args: "bootout|gui/501/com.example.menu", change: jobs(agent), want: errText(112, "Could not find domain for user gui: 501\n"), after: untouched},
		{name: "waiting on 15", args: "bootout|--wait|gui/501/com.example.service", change: version("15.7.9"), want: usage},
		{name: "waiting on 26", args: "bootout|--wait|system/com.example.agent", change: jobs(), want: out(""), after: job(gone)},
		{name: "domain", args: "bootout|system", want: errText(125, "macsim: launchctl bootout system is not simulated\n")},
	})
}

func TestLaunchctlEnable(t *testing.T) {
	label := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Running: true, PID: 501}
	off := label
	off.Disabled = true
	testAnswers(t, launchctlPath, []answerCase{
		{name: "disable", args: "disable|system/com.example.agent", change: jobs(), want: out(""), after: job(off)},
		{name: "enable", args: "enable|system/com.example.agent", change: jobs(disabled), want: out(""), after: job(label)},
		{name: "enable twice", args: "enable|system/com.example.agent", change: jobs(), want: out(""), after: job(label)},
		{name: "disable a label alone", args: "disable|system/x", want: out(""), after: job(state.Job{Label: "x", Disabled: true, Unloaded: true})},
		{name: "enable a label alone", args: "enable|system/x", change: func(m *state.Mac) {
			jobs()(m)
			m.Jobs = append(m.Jobs, state.Job{Label: "x", Disabled: true, Unloaded: true})
		}, want: out(""), after: job(label)},
		{name: "enable, not as root", args: "enable|system/com.example.agent", user: "boss", change: jobs(disabled), want: errText(1, "Could not enable service: 1: Operation not permitted\n"), after: untouched},
		{name: "disable, not as root", args: "disable|system/x", user: "boss", want: errText(1, "macsim: launchctl disable system/x fails because only root may do that, in words that nobody has published\n"), after: untouched},
		{name: "the own agent", args: "disable|gui/502/com.example.menu", user: "clerk", change: jobs(agent), want: out(""), after: func(t *testing.T, m *state.Mac) {
			if !m.Jobs[0].Disabled {
				t.Error("not disabled")
			}
		}},
		{name: "nobody of that number", args: "enable|gui/501/x", want: errText(112, "Could not find domain for user gui: 501\n")},
		{name: "bare label", args: "enable|x", want: errText(125, "macsim: launchctl enable x is not simulated\n")},
	})
}

func TestLaunchctlKickstart(t *testing.T) {
	killed := -9
	anew := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Running: true, PID: 78, LastExit: &killed}
	apple := func(j *state.Job) { j.Label = "com.apple.mdmclient.daemon" }
	testAnswers(t, launchctlPath, []answerCase{
		{name: "runs already", args: "kickstart|-p|system/com.example.agent", change: jobs(), want: out("501\n"), after: untouched},
		{name: "starts", args: "kickstart|system/com.example.agent", change: jobs(ended(-9)), want: out(""), after: job(anew)},
		{name: "anew", args: "kickstart|-k|-p|system/com.example.agent", change: jobs(), want: out("78\n"), after: job(anew)},
		{name: "one word", args: "kickstart|-kp|system/com.example.agent", change: jobs(), want: out("78\n"), after: job(anew)},
		{name: "missing", args: "kickstart|-k|gui/502/octop", want: errText(113, "Could not find service \"octop\" in domain for user gui: 502\n")},
		{name: "not as root", args: "kickstart|system/com.example.agent", user: "boss", change: jobs(ended(0)), want: errText(1, "Could not kickstart service: 1: Operation not permitted\n"), after: untouched},
		{
			name: "of Apple", args: "kickstart|-k|system/com.apple.mdmclient.daemon", change: jobs(apple), after: untouched,
			want: errText(150, "Could not kickstart service: 150: Operation not permitted while System Integrity Protection is engaged\n"),
		},
		{name: "of Apple, unprotected", args: "kickstart|-kp|system/com.apple.mdmclient.daemon", change: func(m *state.Mac) {
			jobs(apple)(m)
			m.Security.SIPDisabled = true
		}, want: out("78\n")},
		{name: "of Apple, before 14.4", args: "kickstart|-kp|system/com.apple.mdmclient.daemon", change: older("14.3", jobs(apple)), want: out("78\n")},
		{name: "nobody of that number", args: "kickstart|gui/501/x", want: errText(112, "Could not find domain for user gui: 501\n")},
		{name: "option", args: "kickstart|-x|system/x", want: errText(125, "macsim: launchctl kickstart -x system/x is not simulated\n")},
		{name: "bare label", args: "kickstart|x", want: errText(125, "macsim: launchctl kickstart x is not simulated\n")},
	})
}

func TestLaunchctlLegacy(t *testing.T) {
	const loadFailed = "Load failed: 5: Input/output error\nTry running `launchctl bootstrap` as root for richer errors.\n"
	const unloadFailed = "Unload failed: 5: Input/output error\nTry running `launchctl bootout` as root for richer errors.\n"
	started := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Running: true, PID: 78}
	zero := 0
	off := state.Job{Label: "com.example.agent", Path: daemonFile, Program: "/opt/agent", Unloaded: true, Disabled: true, LastExit: &zero}
	testAnswers(t, launchctlPath, []answerCase{
		{name: "load", args: "load|" + daemonFile, change: jobs(unloaded), want: out(""), after: job(started)},
		{name: "load and enable", args: "load|-w|" + daemonFile, change: jobs(unloaded, disabled), want: out(""), after: job(started)},
		{name: "unload and disable", args: "unload|-w|" + daemonFile, change: jobs(), want: out(""), after: job(off)},
		{name: "loaded already", args: "load|" + daemonFile, change: jobs(), want: errText(0, loadFailed), after: untouched},
		{name: "disabled", args: "load|" + daemonFile, change: jobs(unloaded, disabled), want: errText(0, loadFailed), after: untouched},
		{name: "not loaded", args: "unload|" + daemonFile, change: jobs(unloaded), want: errText(0, unloadFailed), after: untouched},
		{name: "loaded already on 11", args: "load|" + daemonFile, change: older("11.7", jobs()), want: errText(0, daemonFile+": service already loaded\n")},
		{name: "disabled on 11", args: "load|" + daemonFile, change: older("11.7", jobs(unloaded, disabled)), want: errText(0, daemonFile+": Service is disabled\n")},
		{name: "not loaded on 11", args: "unload|" + daemonFile, change: older("11.7", jobs(unloaded)), want: errText(0, daemonFile+": Could not find specified service\n")},
		{name: "agent as root", args: "unload|-w|" + agentFile, change: jobs(agent, unloaded), after: untouched, want: errText(0,
			"Warning: Expecting a LaunchDaemons path since the command was ran as root. Got LaunchAgents instead.\n`launchctl bootout` is a recommended alternative.\n"+unloadFailed)},
		{name: "daemon as a user", args: "load|" + daemonFile, user: "clerk", change: jobs(unloaded), after: untouched, want: errText(0,
			"Warning: Expecting a LaunchAgents path since the command was ran as user. Got LaunchDaemons instead.\n`launchctl bootstrap` is a recommended alternative.\n"+loadFailed)},
		{name: "daemon as a user on 11", args: "load|" + daemonFile, user: "clerk", change: older("11.7", jobs(unloaded)), want: errText(0,
			"macsim: launchctl load "+daemonFile+" fails for a file of the wrong folder, in words that nobody has published\n")},
		{name: "unknown file", args: "load|/x.plist", want: errText(125, "macsim: launchctl load /x.plist is not simulated\n")},
		{name: "other option", args: "load|-F|" + daemonFile, change: jobs(), want: errText(125, "macsim: launchctl load -F "+daemonFile+" is not simulated\n")},
	})
}

func TestLaunchctlSession(t *testing.T) {
	testAnswers(t, launchctlPath, []answerCase{
		{name: "manager of root", args: "managername", want: out("System\n")},
		{name: "on the screen", args: "managername", user: "clerk", want: out("Aqua\n")},
		{name: "from elsewhere", args: "managername", user: "boss", want: out("Background\n")},
		{name: "asuser without root", args: "asuser|502|id", user: "clerk", want: errText(1, "Could not switch to audit session 0x186a8: 1: Operation not permitted\n")},
		{name: "not logged in", args: "asuser|501|id", want: errText(125, "macsim: launchctl asuser 501 id is not simulated\n")},
		{name: "no number", args: "asuser|clerk|id", want: errText(125, "macsim: launchctl asuser clerk id is not simulated\n")},
		{name: "no command", args: "asuser|502", want: errText(125, "macsim: launchctl asuser 502 is not simulated\n")},
		{name: "other verb", args: "reboot", want: errText(125, "macsim: launchctl reboot is not simulated\n")},
		{name: "nothing", want: errText(125, "macsim: launchctl is not simulated\n")},
		{name: "argument", args: "managername|x", want: errText(125, "macsim: launchctl managername x is not simulated\n")},
	})
}

func TestLaunchctlAsUser(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		want Command
	}{
		"program":      {[]string{"asuser", "502", "/usr/bin/osascript", "-e", "x"}, Command{"", []string{"/usr/bin/osascript", "-e", "x"}}},
		"sudo is next": {[]string{"asuser", "502", "sudo", "-u", "clerk", "id"}, Command{"", []string{"sudo", "-u", "clerk", "id"}}},
	} {
		got := Answer(officeWith(t, nil), Call{Path: launchctlPath, Args: tc.args})
		if got.Exit != 0 || got.Stdout+got.Stderr != "" || got.Then == nil || !reflect.DeepEqual(*got.Then, tc.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
		}
	}
}

// Root's name is kept as it came.
func TestLaunchctlAsUserKeepsTheCaller(t *testing.T) {
	t.Parallel()
	got := Answer(officeWith(t, nil), Call{Path: launchctlPath, User: "root", Args: []string{"asuser", "502", "id"}})
	want := Command{"root", []string{"id"}}
	if got.Then == nil || !reflect.DeepEqual(*got.Then, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
