package doctor_test

import (
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
		"last -1000":                             {doctor.NotAsked, "not asked", ""},
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
