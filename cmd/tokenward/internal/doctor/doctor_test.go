package doctor_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/cmd/tokenward/internal/doctor"
	"github.com/tokenward/tokenward/internal/wire"
)

// report is one with a source in every state.
func report() wire.Report {
	return wire.Report{Facts: map[string]wire.Fact{
		"os.version":               {Value: "15.1", Status: "observed", Source: "sw_vers", TookMS: 4},
		"filevault.percent":        {Status: "absent", Source: "fdesetup status", TookMS: 9},
		"filevault.state":          {Value: "on", Status: "observed", Source: "fdesetup status", TookMS: 9},
		"startup.mode":             {Status: "unsupported", Source: "bputil -e"},
		"accounts.logins":          {Status: "not_observed", Source: "last -1000"},
		"bootstrap.escrowed":       {Status: "denied", Source: "profiles status -type bootstraptoken"},
		"bootstrap.supported":      {Status: "denied", Source: "profiles status -type bootstraptoken"},
		"mdm.eacs_preflight":       {Status: "failed", Reason: "timeout", Source: "mdmclient QueryDeviceInformation", TookMS: 60000},
		"accounts.crypto_users":    {Status: "failed", Reason: "unreadable", Source: "diskutil apfs listcryptousers -plist /"},
		"accounts.console_user":    {Status: "something new", Source: "scutil"},
		"device.sip":               {Status: "failed", Reason: "missing", Source: "csrutil status"},
		"accounts.password_policy": {Status: "failed", Reason: "timeout", Source: "pwpolicy -getaccountpolicies"},
		"accounts.ad_domain":       {Status: "failed", Reason: "exit", Source: "dsconfigad -show"},
		"device.file_system":       {Status: "failed", Reason: "orphans", Source: "diskutil info -plist /"},
	}}
}

func find(t *testing.T, sources []doctor.Source, name string) doctor.Source {
	t.Helper()
	i := slices.IndexFunc(sources, func(s doctor.Source) bool { return s.Source == name })
	if i < 0 {
		t.Fatalf("%s is not there", name)
	}
	return sources[i]
}

func TestExamine(t *testing.T) {
	t.Parallel()
	sources := doctor.Examine(report(), nil, doctor.Circumstances{Root: true, OS: "15.1"})
	for name, want := range map[string]struct {
		state       doctor.State
		why, remedy string // parts; empty: there is none
	}{
		"sw_vers":                                {doctor.Works, "", ""},
		"fdesetup status":                        {doctor.Works, "", ""},
		"bputil -e":                              {doctor.Unsupported, "no such thing", ""},
		"last -1000":                             {doctor.NotAsked, "waits for what `device.booted_at` tells", ""},
		"profiles status -type bootstraptoken":   {doctor.Denied, "privacy protection", "Full Disk Access"},
		"mdmclient QueryDeviceInformation":       {doctor.Failed, "MDM server", "network"},
		"diskutil apfs listcryptousers -plist /": {doctor.Failed, "cannot read", "tokenward bundle"},
		"scutil":                                 {doctor.Failed, "no answer", "tokenward bundle"},
		"csrutil status":                         {doctor.Failed, "macOS 15.1 on this Mac has no such program", "reinstall"},
		"pwpolicy -getaccountpolicies":           {doctor.Failed, "was stopped", "`pwpolicy -getaccountpolicies` ends"},
		"dsconfigad -show":                       {doctor.Failed, "ended with an error", "`dsconfigad -show`"},
		"diskutil info -plist /":                 {doctor.Failed, "left a process", "Restart"},
	} {
		s := find(t, sources, name)
		if s.State != want.state || !strings.Contains(s.Why, want.why) || !strings.Contains(s.Remedy, want.remedy) ||
			(want.why == "") != (s.Why == "") || (want.remedy == "") != (s.Remedy == "") {
			t.Errorf("%+v, want %+v", s, want)
		}
	}
	if s := find(t, sources, "fdesetup status"); !slices.Equal(s.Facts, []string{"filevault.percent", "filevault.state"}) || s.TookMS != 9 {
		t.Errorf("%+v", s)
	}
	if !sources[0].Troubled() || sources[len(sources)-1].Troubled() || !(doctor.Exam{Sources: sources}).Troubled() {
		t.Errorf("the trouble is not at the top: %+v", sources)
	}
}

// What is to be typed can be typed, and does what the program did.
func TestRemediesCanBeTyped(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ source, reason, why, remedy string }{
		{"scutil", "exit", "ended with an error", "Type `echo 'show State:/Users/ConsoleUser' | scutil` and"},
		{"scutil", "timeout", "was stopped", "See whether `echo 'show State:/Users/ConsoleUser' | scutil` ends"},
		{"scutil --proxy", "exit", "ended with an error", "Type `scutil --proxy` and"},
		{"sysadminctl -secureTokenStatus", "exit", "ended with an error", "Type `sysadminctl -secureTokenStatus NAME` and"},
		{"mdmclient QuerySecurityInfo", "exit", "ended with an error", "Type `sudo /usr/libexec/mdmclient QuerySecurityInfo` and"},
		{"mdmclient QuerySecurityInfo", "timeout", "MDM server", "whether `sudo /usr/libexec/mdmclient QuerySecurityInfo` ends"},
		{"bputil -e", "exit", "ended with an error", "Type `sudo bputil -e` and"},
		{"dscl -plist . -readall /Users RecordName accountPolicyData", "exit", "ended with an error", "Type `sudo dscl -plist"},
		{"dscl -plist . -read /Groups/admin GroupMembership GroupMembers", "exit", "ended with an error", "Type `dscl -plist"},
		{"/Library/Application Support/com.apple.TCC/TCC.db", "unreadable", "could not be looked at", "`sudo ls -le \"/Library/Application Support/com.apple.TCC/TCC.db\"`"},
		{"/Library/Application Support/com.apple.TCC/TCC.db", "timeout", "no end in time", "Restart the Mac"},
		{"files of known tools", "unreadable", "could not be looked at", "`ls /Applications "},
		{"connection to the MDM server", "timeout", "no end in time", "Check the network"},
		{"connection to the MDM server", "unreadable", "no answer", "tokenward bundle"},
	} {
		r := wire.Report{Facts: map[string]wire.Fact{"a": {Status: "failed", Reason: tc.reason, Source: tc.source}}}
		s := find(t, doctor.Examine(r, nil, doctor.Circumstances{Root: true}), tc.source)
		if !strings.Contains(s.Why, tc.why) || !strings.Contains(s.Remedy, tc.remedy) {
			t.Errorf("%s, %s: %q, %q", tc.source, tc.reason, s.Why, s.Remedy)
		}
	}
}

// A source that was not asked says what it waits for, and is in trouble with it.
func TestWhatASourceWaitsFor(t *testing.T) {
	t.Parallel()
	works, broken, unasked := wire.Fact{Status: "observed"}, wire.Fact{Status: "failed", Reason: "exit"}, wire.Fact{Status: "not_observed"}
	from := func(f wire.Fact, source string) wire.Fact {
		f.Source = source
		return f
	}
	const dscl, sysctl, server = "dscl -plist . -readall /Users", "sysctl kern.boottime", "profiles status -type enrollment"
	for _, tc := range []struct {
		name, source string
		facts        map[string]wire.Fact
		state        doctor.State
		waitsFor     []string
		why          string
	}{
		{"the start failed", "last -1000", map[string]wire.Fact{"device.booted_at": from(broken, sysctl)}, doctor.Waiting, []string{sysctl}, "`" + sysctl + "` tells, and that does not work"},
		{"the start was not asked for", "last -1000", map[string]wire.Fact{"device.booted_at": from(unasked, sysctl)}, doctor.NotAsked, []string{sysctl}, "was not asked either"},
		{"the version", "app-sso platform -s", map[string]wire.Fact{"os.version": from(broken, "sw_vers")}, doctor.Waiting, []string{"sw_vers"}, "`sw_vers`"},
		{
			"the chip", "bputil -e",
			map[string]wire.Fact{"device.chip": from(works, "uname -m"), "device.apple_silicon": from(broken, sysctl)},
			doctor.Waiting,
			[]string{sysctl},
			"`" + sysctl + "`",
		},
		{
			"the chip, for Intel", "firmwarepasswd -check",
			map[string]wire.Fact{"device.chip": from(broken, "uname -m"), "device.apple_silicon": from(broken, sysctl)},
			doctor.Waiting,
			[]string{"uname -m", sysctl},
			"`uname -m` and `" + sysctl + "`",
		},
		{
			"the way to the server", "connection to the MDM server",
			map[string]wire.Fact{"enrollment.server": from(works, server), "network.proxy": from(broken, "scutil --proxy")},
			doctor.Waiting,
			[]string{"scutil --proxy"},
			"`scutil --proxy`",
		},
		{
			"the server", "connection to the MDM server",
			map[string]wire.Fact{"enrollment.server": from(broken, server), "network.proxy": from(unasked, "scutil --proxy")},
			doctor.Waiting,
			[]string{server},
			"`" + server + "`",
		},
		{"the accounts", "sysadminctl -secureTokenStatus", map[string]wire.Fact{"accounts.directory": from(broken, dscl)}, doctor.Waiting, []string{dscl}, "`" + dscl + "`"},
		{"no account is in doubt", "sysadminctl -secureTokenStatus", map[string]wire.Fact{"accounts.directory": from(works, dscl)}, doctor.NotAsked, nil, "nobody to ask about"},
		{"everything is known", "last -1000", map[string]wire.Fact{"device.booted_at": from(works, sysctl)}, doctor.NotAsked, nil, "It was not asked."},
		{"it waits for none", "dsconfigad -show", nil, doctor.NotAsked, nil, "It was not asked."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := wire.Report{Facts: map[string]wire.Fact{"it": from(unasked, tc.source)}}
			maps.Copy(r.Facts, tc.facts)
			s := find(t, doctor.Examine(r, nil, doctor.Circumstances{Root: true}), tc.source)
			waits := tc.state == doctor.Waiting
			if s.State != tc.state || !slices.Equal(s.WaitsFor, tc.waitsFor) || !strings.Contains(s.Why, tc.why) {
				t.Errorf("%+v", s)
			}
			if s.Troubled() != waits || (s.Remedy != "") != waits {
				t.Errorf("troubled %t, remedy %q", s.Troubled(), s.Remedy)
			}
		})
	}
}

// What waits for another that works stays quiet, and what is broken is above it.
func TestWhatWaitsIsBelowWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	r := wire.Report{Facts: map[string]wire.Fact{
		"os.version":            {Status: "failed", Reason: "exit", Source: "sw_vers"},
		"accounts.platform_sso": {Status: "not_observed", Source: "app-sso platform -s"},
		"device.sip":            {Status: "observed", Source: "csrutil status"},
	}}
	var order []string
	for _, s := range doctor.Examine(r, nil, doctor.Circumstances{Root: true}) {
		order = append(order, s.Source)
	}
	if want := []string{"sw_vers", "app-sso platform -s", "csrutil status"}; !slices.Equal(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
}

// Without root, a refusal has another reason, and another remedy.
func TestExamineWithoutRoot(t *testing.T) {
	t.Parallel()
	s := find(t, doctor.Examine(report(), nil, doctor.Circumstances{}), "profiles status -type bootstraptoken")
	if !strings.Contains(s.Why, "root alone") || !strings.Contains(s.Remedy, "sudo tokenward doctor") {
		t.Errorf("%+v", s)
	}
}

// macOS can allow a person at a terminal what it denies the daemon.
func TestTheDaemonIsToldOtherwise(t *testing.T) {
	t.Parallel()
	here := wire.Report{Facts: map[string]wire.Fact{
		"accounts.groups": {Value: 3, Status: "observed", Source: "dscl"},
		"os.version":      {Value: "15", Status: "observed", Source: "sw_vers"},
		"peers":           {Value: "", Status: "observed", Source: "files"},
	}}
	daemon := wire.Report{Facts: map[string]wire.Fact{
		"accounts.groups": {Status: "denied", Source: "dscl"},
		"os.version":      {Value: "15", Status: "observed", Source: "sw_vers"},
		"peers":           {Status: "not_observed", Source: "files"}, // it has not come to that yet
	}}
	sources := doctor.Examine(here, &daemon, doctor.Circumstances{Root: true})
	s := find(t, sources, "dscl")
	if s.State != doctor.Works || s.Daemon != doctor.Denied || !s.Troubled() || !strings.Contains(s.Why, "not for the daemon") || !strings.Contains(s.Remedy, "Full Disk Access") {
		t.Errorf("%+v", s)
	}
	for _, quiet := range []string{"sw_vers", "files"} {
		if s := find(t, sources, quiet); s.Daemon != "" || s.Troubled() {
			t.Errorf("%+v", s)
		}
	}
}

// It is the daemon's access that counts: a terminal has one of its own.
func TestDiskAccess(t *testing.T) {
	t.Parallel()
	with := func(v any) wire.Report {
		return wire.Report{Facts: map[string]wire.Fact{"agent.full_disk_access": {Value: v}}}
	}
	no, yes := with(false), with(true)
	for _, tc := range []struct {
		name   string
		here   wire.Report
		daemon *wire.Report
		want   doctor.State
	}{
		{"here", yes, nil, doctor.Works},
		{"not here", no, nil, doctor.Denied},
		{"not known", wire.Report{}, nil, doctor.NotAsked},
		{"here, but not the daemon", yes, &no, doctor.Denied},
		{"the daemon alone", no, &yes, doctor.Works},
	} {
		if c := doctor.DiskAccess(tc.here, tc.daemon); c.State != tc.want || (c.State == doctor.Denied) != (c.Remedy != "") {
			t.Errorf("%s: %+v", tc.name, c)
		}
	}
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	all := doctor.Triggers([]wire.Watched{
		{Cause: "wake", How: "watched"},
		{Cause: "network", How: "watched"},
		{Cause: "profiles", Path: "/a", How: "compared"},
		{Cause: "profiles", Path: "/b", How: "compared"},
		{Cause: "admin_group", How: "denied"},
	})
	const want = "Noticed at once: wake, network. Looked at once a minute: profiles. Not before the next check, since macOS denies it: admin group."
	if all.Text != want || all.Remedy == "" || all.State != doctor.Works {
		t.Errorf("%+v", all)
	}
	if c := doctor.Triggers([]wire.Watched{{Cause: "wake", How: "watched"}}); c.Text != "Noticed at once: wake." || c.Remedy != "" {
		t.Errorf("%+v", c)
	}
	if c := doctor.Triggers(nil); c.State != doctor.NotAsked {
		t.Errorf("%+v", c)
	}
}
