package parse_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/collectors/parse"
)

func FuzzProfilesStatusBootstraptoken(f *testing.F) { fuzzParser(f, "profiles-status-bootstraptoken") }

func FuzzProfilesInstallBootstraptoken(f *testing.F) {
	fuzzParser(f, "profiles-install-bootstraptoken")
}

func FuzzProfilesValidateBootstraptoken(f *testing.F) {
	fuzzParser(f, "profiles-validate-bootstraptoken")
}
func FuzzProfilesStatusEnrollment(f *testing.F)     { fuzzParser(f, "profiles-status-enrollment") }
func FuzzSysadminctlSecuretokenstatus(f *testing.F) { fuzzParser(f, "sysadminctl-securetokenstatus") }
func FuzzSysadminctlChange(f *testing.F)            { fuzzParser(f, "sysadminctl-change") }
func FuzzFdesetupStatus(f *testing.F)               { fuzzParser(f, "fdesetup-status") }
func FuzzFdesetupList(f *testing.F)                 { fuzzParser(f, "fdesetup-list") }
func FuzzDiskutilListcryptousers(f *testing.F)      { fuzzParser(f, "diskutil-listcryptousers") }
func FuzzMdmclientQuerydeviceinformation(f *testing.F) {
	fuzzParser(f, "mdmclient-querydeviceinformation")
}
func FuzzDsclReadUser(f *testing.F)               { fuzzParser(f, "dscl-read-user") }
func FuzzDsclError(f *testing.F)                  { fuzzParser(f, "dscl-error") }
func FuzzSwVers(f *testing.F)                     { fuzzParser(f, "sw-vers") }
func FuzzScutilConsoleUser(f *testing.F)          { fuzzParser(f, "scutil-console-user") }
func FuzzIoregPlatform(f *testing.F)              { fuzzParser(f, "ioreg-platform") }
func FuzzMdmclientQuerysecurityinfo(f *testing.F) { fuzzParser(f, "mdmclient-querysecurityinfo") }
func FuzzSysctlKernel(f *testing.F)               { fuzzParser(f, "sysctl-kernel") }
func FuzzCsrutilStatus(f *testing.F)              { fuzzParser(f, "csrutil-status") }
func FuzzDiskutilInfo(f *testing.F)               { fuzzParser(f, "diskutil-info") }
func FuzzBputilPolicies(f *testing.F)             { fuzzParser(f, "bputil-policies") }
func FuzzFirmwarepasswdCheck(f *testing.F)        { fuzzParser(f, "firmwarepasswd-check") }
func FuzzScutilProxy(f *testing.F)                { fuzzParser(f, "scutil-proxy") }
func FuzzFdesetupHasrecoverykey(f *testing.F)     { fuzzParser(f, "fdesetup-hasrecoverykey") }
func FuzzFdesetupShowdeferralinfo(f *testing.F)   { fuzzParser(f, "fdesetup-showdeferralinfo") }
func FuzzFdesetupListExtended(f *testing.F)       { fuzzParser(f, "fdesetup-list-extended") }
func FuzzDsclReadallPasswords(f *testing.F)       { fuzzParser(f, "dscl-readall-passwords") }
func FuzzDsclReadallGroups(f *testing.F)          { fuzzParser(f, "dscl-readall-groups") }
func FuzzPwpolicyGetaccountpolicies(f *testing.F) { fuzzParser(f, "pwpolicy-getaccountpolicies") }
func FuzzDsconfigadShow(f *testing.F)             { fuzzParser(f, "dsconfigad-show") }
func FuzzAppSsoPlatform(f *testing.F)             { fuzzParser(f, "app-sso-platform") }
func FuzzLast(f *testing.F)                       { fuzzParser(f, "last") }

func FuzzDirectoryUsers(f *testing.F) { fuzz(f, anyOf(parse.DirectoryUsers)) }
func FuzzAdminGroup(f *testing.F)     { fuzz(f, anyOf(parse.AdminGroup)) }
func FuzzMachine(f *testing.F)        { fuzz(f, anyOf(parse.Machine)) }

func anyOf[T any](p func([]byte) (T, error)) func([]byte) (any, error) {
	return func(out []byte) (any, error) { return p(out) }
}

func fuzzParser(f *testing.F, id string) {
	f.Helper()
	p, err := parse.ByID(id)
	if err != nil {
		f.Fatal(err)
	}
	fuzz(f, p.Read)
}

// fuzz has every text read that anybody thought of, for whichever tool, and what
// comes of it. Whatever the text, the answer is a value that a report can hold or
// an error of one kind, the same at every reading, and whichever way lines end.
func fuzz(f *testing.F, read func([]byte) (any, error)) {
	f.Helper()
	for _, c := range cases(f) {
		f.Add([]byte(c[1]))
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		before := bytes.Clone(out)
		v, err := read(out)
		if err != nil && !errors.Is(err, parse.ErrUnreadable) {
			t.Fatalf("an error of another kind: %v", err)
		}
		if !bytes.Equal(out, before) {
			t.Fatal("it changes what it reads")
		}
		if again, errAgain := read(out); !reflect.DeepEqual(v, again) || (err == nil) != (errAgain == nil) {
			t.Fatalf("read again it says %v, %v; before %v, %v", again, errAgain, v, err)
		}
		if err != nil {
			return
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsRune(out, '\r') || bytes.Contains(out, []byte("plist")) {
			return // a property list may hold line ends of its own
		}
		if other, err := read(bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))); err != nil || !reflect.DeepEqual(v, other) {
			t.Fatalf("with other line ends it says %v, %v; before %v", other, err, v)
		}
	})
}

// A parser without a fuzz target of its own would be found by nobody.
func TestEveryParserIsFuzzed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("fuzz_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parse.Parsers() {
		if !strings.Contains(string(source), `fuzzParser(f, "`+p.ID+`")`) {
			t.Errorf("%s has no fuzz target", p.ID)
		}
	}
}
