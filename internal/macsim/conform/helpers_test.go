package conform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// macs are the Macs that the cases are put to, by name: every fifth built-in
// scenario as far as it runs, and some that are made for what no scenario has.
func macs(t testing.TB) map[string]state.Mac {
	t.Helper()
	all := map[string]state.Mac{}
	for i, name := range macsim.Scenarios() {
		if i%5 != 0 {
			continue // all of them take long
		}
		m, err := macsim.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if m.Phase == state.Running && m.Switches == (state.Switches{}) && !sourcesDisagree(name) {
			all[name] = m
		}
	}
	for _, v := range versions() {
		for _, variant := range []string{"enrolled", "by hand", "private", "open", "alone", "nobody", "unsupported", "waiting", "odd", "mobile", "busy"} {
			all[v.version+" "+v.chip+" "+variant] = made(t, v, variant)
		}
	}
	return all
}

// sourcesDisagree names the scenarios whose point is that the Mac's own sources
// do not agree: the claims that they do are wrong there, as they should be.
func sourcesDisagree(name string) bool {
	return slices.Contains([]string{
		"migrated-twice", "leaver-deleted-with-rm", "restored-from-another-mac", "user-moved-from-intel-mac", "password-reset-as-root",
		"private-mac-with-work-apps", // a user enrolment, which no source tells from another
	}, name)
}

type version struct{ version, build, chip string }

func versions() []version {
	return []version{
		{"10.13.2", "17C88", "intel"},
		{"10.13.6", "17G65", "intel"},
		{"10.14.6", "18G95", "t2"},
		{"10.15.3", "19D76", "intel"},
		{"10.15.7", "19H15", "t2"},
		{"11.6", "20G165", "apple_silicon"},
		{"11.6", "20G165", "intel"},
		{"13.3.1", "22E261", "apple_silicon"},
		{"13.3.1", "22E261", "t2"},
		{"15.7.1", "24G231", "apple_silicon"},
		{"26.1", "25B78", "apple_silicon"},
		{"26.1", "25B78", "t2"},
	}
}

// made is an office Mac with two people, changed in one way.
func made(t testing.TB, v version, variant string) state.Mac {
	t.Helper()
	capability := "profile"
	if !atLeast(v.version, "11") {
		capability = "option"
	}
	owner := fmt.Sprint(v.chip == "apple_silicon")
	parts := map[string]string{
		"enrollment": `{dep: true, mdm: user_approved, server: "https://mdm.example.com/in", capability: ` + capability + `}`,
		"server":     `{token: 1}`,
		"bootstrap":  `{escrowed: true, local: 1, volume_owner: ` + owner + `}`,
		"filevault":  `{state: on, recovery_key: {generation: 1}}`,
		"boss":       `{name: boss, real_name: The Boss, uid: 501, guid: AAAAAAAA-0000-0000-0000-000000000001, admin: true, token: true}`,
		"clerk":      `{name: clerk, real_name: Clara Clerk, uid: 502, guid: AAAAAAAA-0000-0000-0000-000000000002}`,
	}
	vary(parts, variant)
	text := fmt.Sprintf("os: {version: %s, build: %s}\nchip: %s\nmodel: Mac16,1\nserial: OFFICE0001\nhardware_uuid: 11111111-2222-3333-4444-555555555555\nconsole: {user: boss}\n", v.version, v.build, v.chip)
	for _, key := range []string{"enrollment", "server", "bootstrap", "filevault"} {
		text += key + ": " + parts[key] + "\n"
	}
	text += "accounts:\n  - " + parts["boss"] + "\n  - " + parts["clerk"] + "\n" + parts["rest"]
	m, err := state.Decode(variant, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if !m.OS.AtLeast(10, 15) {
		m.Server, m.Bootstrap = state.Server{URL: m.Server.URL}, state.Bootstrap{}
	}
	return m
}

func vary(parts map[string]string, variant string) {
	none := func(keys ...string) {
		for _, key := range keys {
			parts[key] = "{}"
		}
	}
	switch variant {
	case "by hand":
		parts["enrollment"] = strings.Replace(parts["enrollment"], "dep: true", "dep: false", 1)
	case "private":
		none("enrollment", "server", "bootstrap")
	case "open":
		none("filevault")
	case "alone":
		none("enrollment", "server", "bootstrap", "filevault")
	case "nobody":
		none("server", "bootstrap", "filevault")
		parts["boss"] = strings.Replace(parts["boss"], ", token: true", "", 1)
	case "unsupported":
		none("server", "bootstrap")
		before, _, _ := strings.Cut(parts["enrollment"], ", capability")
		parts["enrollment"] = before + "}"
	case "waiting":
		none("server", "bootstrap")
	case "mobile":
		parts["clerk"] = strings.Replace(parts["clerk"], "}", `, kind: mobile, original_node: "/Active Directory/CORP/corp.example.com", off_node: true, token: true}`, 1)
		parts["rest"] = "directory: {forest: corp.example.com}\n"
	case "busy":
		parts["filevault"] = "{state: encrypting, percent: 40}"
	case "odd":
		parts["filevault"] = "{state: on, institutional: true, icloud: true}"
		parts["clerk"] = strings.Replace(parts["clerk"], "}", ", disabled: true}", 1)
		parts["rest"] = "orphan_crypto_users: [{uuid: AAAAAAAA-0000-0000-0000-000000000009, type: Disk, volume_owner: false}]\n"
	}
}

// office is a Mac and what it says of itself.
type office struct {
	mac   state.Mac
	facts Facts
	names Names
}

// offices are those Macs on which somebody has an account. To lay them out is
// most of what the tests here cost, so they share them; nobody changes one.
func offices(t *testing.T) map[string]office {
	t.Helper()
	return everyOffice(t)
}

var everyOffice = func() func(*testing.T) map[string]office {
	var once sync.Once
	var found map[string]office
	return func(t *testing.T) map[string]office {
		once.Do(func() {
			found = map[string]office{}
			for name, m := range macs(t) {
				if facts, err := Survey(context.Background(), NewSimulated(m), true); err == nil {
					found[name] = office{m, facts, NamesFor(&m, &facts)}
				}
			}
		})
		return found
	}
}()

// suite is a suite for a copy of the Mac, run by root, with the password of an
// administrator who holds a token if there is one.
func (o office) suite() (*Suite, *Simulated) {
	target := NewSimulated(o.mac)
	return &Suite{Target: target, Person: target, Facts: o.facts, Names: o.names}, target
}
