package macsim

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/plistx"
	"github.com/tokenward/tokenward/internal/run"
)

// frozen are the commands that a recording of a Mac consists of.
func frozen(user string) []run.Command {
	return []run.Command{
		{Tool: run.SwVers},
		{Tool: run.Ioreg, Args: []string{"-rd1", "-c", "IOPlatformExpertDevice"}},
		{Tool: run.Uname, Args: []string{"-m"}},
		{Tool: run.Profiles, Args: []string{"status", "-type", "bootstraptoken"}},
		{Tool: run.Profiles, Args: []string{"status", "-type", "enrollment"}},
		{Tool: run.Diskutil, Args: []string{"apfs", "listcryptousers", "-plist", "/"}},
		{Tool: run.Fdesetup, Args: []string{"status"}},
		{Tool: run.Fdesetup, Args: []string{"list"}},
		{Tool: run.Fdesetup, Args: []string{"haspersonalrecoverykey"}},
		{Tool: run.Fdesetup, Args: []string{"hasinstitutionalrecoverykey"}},
		{Tool: run.Dscl, Args: strings.Fields("-plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName")},
		{Tool: run.Dscl, Args: strings.Fields("-plist . -read /Groups/admin GroupMembership GroupMembers")},
		{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", user}},
		{Tool: run.Mdmclient, Args: []string{"QueryDeviceInformation"}},
		{Tool: run.Scutil, Stdin: "show State:/Users/ConsoleUser"},
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	names := Scenarios()
	for _, wanted := range []string{"healthy", "bootstrap-not-escrowed-standard-holder", "user-without-token"} {
		if !slices.Contains(names, wanted) {
			t.Errorf("there is no scenario %s", wanted)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testScenario(t, name)
		})
	}
}

func testScenario(t *testing.T, name string) {
	t.Helper()
	m, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	history, err := History(name)
	if err != nil || !strings.HasSuffix(history, ".") {
		t.Errorf("its history is %q (%v), want a sentence", history, err)
	}
	if regexp.MustCompile(`\b(ST|BT|FV|VO|EN)_[A-Z]`).MatchString(name + history) {
		t.Errorf("it names the code of a finding: %s", history)
	}
	for _, c := range frozen(last(&m).Name) {
		got := m.Answer(Call{Command: c})
		if got.Exit == OwnExit || got.Stdout+got.Stderr == "" && c.String() != "fdesetup list" {
			t.Errorf("%s: %+v", c, got)
		}
	}
}

// A state file is a scenario with nothing left out, and must read back as it is.
func TestEncodeDecode(t *testing.T) {
	t.Parallel()
	for _, name := range Scenarios() {
		want, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		state, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(name, state)
		if err != nil {
			t.Fatalf("%v in\n%s", err, state)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%+v\nwant\n%+v", name, got, want)
		}
	}
}

// What the simulator prints as a property list, another decoder must read.
func TestPlistsAreReadable(t *testing.T) {
	t.Parallel()
	m, err := Load("directory-user-with-odd-names")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range frozen("root") {
		if !slices.Contains(c.Args, "-plist") {
			continue
		}
		text := m.Answer(Call{Command: c}).Stdout
		var v any
		if err := plistx.Decode([]byte(text), &v); err != nil {
			t.Errorf("%s: %v in\n%s", c, err, text)
		}
	}
}

func TestLoadUnknown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nonsense", "../scenario", ""} {
		if _, err := Load(name); err == nil || !strings.Contains(err.Error(), "healthy") {
			t.Errorf("Load(%q) = %v, want an error that lists the scenarios", name, err)
		}
	}
}
