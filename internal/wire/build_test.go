package wire_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/wire"
)

// The reports of three Macs, whole: what other people's programs read.
func TestGoldenReports(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"healthy", "user-without-token", "migrated-twice"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.MarshalIndent(wire.Build(scenario(t, name)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", name+".json"), append(got, '\n'))
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("not as in %s; got:\n%s", path, got)
	}
}

// The same source gives the same bytes, and is left as it was.
func TestBuildIsPure(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, untouched := scenario(t, name), scenario(t, name)
			first := encode(t, wire.Build(s))
			for range 3 {
				if again := encode(t, wire.Build(s)); !bytes.Equal(again, first) {
					t.Errorf("the second time:\n%s\nthe first:\n%s", again, first)
				}
			}
			if !reflect.DeepEqual(s, untouched) {
				t.Error("Build changed its source")
			}
			if other := encode(t, wire.Build(untouched)); !bytes.Equal(other, first) {
				t.Errorf("from an equal source:\n%s\nwant:\n%s", other, first)
			}
		})
	}
}

// The envelope of every report, before it has an identity.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	r := wire.Build(scenario(t, "healthy"))
	if r.Schema != "tokenward.report" || r.SchemaVersion != "1.0" || r.Kind != wire.Snapshot || r.Reason != wire.Scheduled {
		t.Errorf("schema %s %s, kind %s, reason %s", r.Schema, r.SchemaVersion, r.Kind, r.Reason)
	}
	if r.ReportID != "" || r.Epoch != "" || r.Seq != 0 || r.Dropped != nil {
		t.Errorf("it has delivery fields: %+v", r)
	}
	if want := (wire.Device{
		Serial: "FVTEST0001", HardwareUUID: "0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F0A01", Name: "front desk",
		Labels: []wire.Label{{Key: "Site", Value: "Berlin"}, {Key: "team", Value: "design"}},
		Model:  "Mac15,6", Chip: "apple_silicon", Virtual: health.No, OS: wire.OS{Version: "26.1", Build: "25B78"},
	}); !reflect.DeepEqual(r.Device, want) {
		t.Errorf("the device is %+v, want %+v", r.Device, want)
	}
	if r.Verdict != health.VerdictOK || r.Bootstrap.Strength != "proven" || !r.Bootstrap.ProvenAt.Equal(now.Add(-1e9)) {
		t.Errorf("verdict %s, bootstrap %+v", r.Verdict, r.Bootstrap)
	}
	if old := wire.Build(scenario(t, "catalina-intel-office-mac")); old.Device.Chip != "t2" || old.Bootstrap.ProvenAt != nil {
		t.Errorf("an Intel Mac: %+v, %+v", old.Device, old.Bootstrap)
	}
}

// The kernel knows. Where it was not asked, some models are known for it.
func TestVirtualMachines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, model string
		want        health.Tri
	}{
		{"Apple's own", "VirtualMac2,1", health.Yes},
		{"VMware", "VMware7,1", health.Yes},
		{"Parallels", "Parallels17,1", health.Yes},
		{"a name that any machine may carry", "Mac16,10", health.Unknown},
		{"none", "", health.Unknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			mac := load(t, "healthy")
			mac.Model = tc.model
			snapshot := observe(t, simulated(mac))
			if got := wire.Build(source(snapshot)).Device; got.Virtual != health.No {
				t.Errorf("the kernel says that this is none, the report says %s", got.Virtual)
			}
			snapshot = snapshot.Without(evidence.VirtualFact, evidence.Meta{})
			if got := wire.Build(source(snapshot)).Device; got.Virtual != tc.want || got.Model != tc.model {
				t.Errorf("got %+v, want %s", got, tc.want)
			}
		})
	}
}

// factNames are the facts of the contract that this version has.
func factNames() []string {
	return []string{
		"accounts.ad_domain", "accounts.admins", "accounts.console_user", "accounts.crypto_users", "accounts.directory",
		"accounts.groups", "accounts.logins", "accounts.password_policy", "accounts.passwords", "accounts.platform_sso",
		"accounts.token_status",
		"agent.full_disk_access",
		"bootstrap.crypto_user", "bootstrap.escrowed", "bootstrap.supported", "bootstrap.volume_owner",
		"device.apple_silicon", "device.booted_at", "device.chip", "device.file_system", "device.hardware_uuid", "device.model",
		"device.serial", "device.sip", "device.virtual",
		"enrollment.dep", "enrollment.mdm", "enrollment.server", "enrollment.user_approved",
		"filevault.deferral", "filevault.deferred", "filevault.deferred_user", "filevault.escrow_profile", "filevault.institutional_recovery_key",
		"filevault.key_sealed_at", "filevault.key_sealed_empty", "filevault.percent", "filevault.personal_recovery_key",
		"filevault.records", "filevault.state", "filevault.users",
		"mdm.activation_lock", "mdm.awaiting_configuration", "mdm.bootstrap_option", "mdm.eacs_preflight", "mdm.managed_admins",
		"mdm.supervised",
		"network.mdm", "network.proxy",
		"os.build", "os.version", "os.version_extra",
		"peers",
		"security.bootstrap_for_authentication", "security.bootstrap_for_kexts", "security.bootstrap_for_update", "security.dep",
		"security.firmware_password", "security.institutional_recovery_key", "security.mdm_control", "security.personal_recovery_key",
		"security.recovery_key_sealed", "security.recovery_lock", "security.secure_boot", "security.user_approved", "security.user_enrollment",
		"startup.firmware_password", "startup.mdm_by_enrollment", "startup.mdm_by_user", "startup.mode",
	}
}

// losses are the ways in which an observation can fail to come.
func losses() []evidence.Meta {
	return []evidence.Meta{
		{State: evidence.NotObserved},
		{State: evidence.Absent},
		{State: evidence.Unsupported},
		{State: evidence.Denied},
		{State: evidence.Failed, Reason: evidence.Timeout},
		{State: evidence.Failed, Reason: evidence.Missing},
		{State: evidence.Failed, Reason: evidence.Unreadable},
		{State: evidence.Failed, Reason: evidence.Exit},
		{State: evidence.Failed, Reason: evidence.Orphans},
	}
}

// Every fact is in every report, with its state, and has a value only where it
// was observed: absent is not false.
func TestEveryFactIsThereWithItsStatus(t *testing.T) {
	t.Parallel()
	checkFacts(t, "nothing observed", evidence.Snapshot{TakenAt: now})
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := observe(t, simulated(load(t, name)))
			checkFacts(t, name, full)
			if !slices.Contains([]string{"healthy", "migrated-twice", "mojave-mac-in-storage"}, name) {
				return // the others lose the same facts
			}
			for _, f := range full.Facts() {
				for _, how := range losses() {
					checkFacts(t, "without "+string(f.Name), full.Without(f.Name, how))
				}
			}
		})
	}
}

func checkFacts(t *testing.T, name string, s evidence.Snapshot) {
	t.Helper()
	facts := decoded(t, encode(t, wire.Build(source(s))))["facts"].(map[string]any)
	if got := slices.Sorted(maps.Keys(facts)); !slices.Equal(got, factNames()) {
		t.Errorf("%s: the facts are %v", name, got)
	}
	for key, f := range facts {
		fact := f.(map[string]any)
		value, has := fact["value"]
		status, reason := fact["status"], fact["reason"]
		if !has || (value != nil) != (status == "observed") || (reason != nil) != (status == "failed") {
			t.Errorf("%s: %s = %v", name, key, fact)
		}
		if !slices.Contains([]any{"observed", "absent", "unsupported", "denied", "failed", "not_observed"}, status) {
			t.Errorf("%s: %s has the status %v", name, key, status)
		}
		if status == "observed" && (fact["source"] == "" || fact["observed_at"] == nil) {
			t.Errorf("%s: %s does not say where it comes from: %v", name, key, fact)
		}
	}
}

// The facts that are read out of the crypto users share their fate, and are
// absent where the tool leaves the question open.
func TestFactsReadOutOfTheCryptoUsers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, scenario string
		lost           bool
		user, owner    any // a value, or a status
	}{
		{name: "there, and an owner", scenario: "healthy", user: true, owner: true},
		{name: "there, and no owner", scenario: "restored-from-another-mac", user: true, owner: false},
		{name: "not there, and so nobody says who owns what", scenario: "founder-leaves-company", user: false, owner: "absent"},
		{name: "there, on a macOS without owners", scenario: "catalina-intel-office-mac", user: true, owner: "absent"},
		{name: "not known", scenario: "healthy", lost: true, user: "denied", owner: "denied"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, simulated(load(t, tc.scenario)))
			if tc.lost {
				s = s.Without(evidence.CryptoUsersFact, evidence.Meta{State: evidence.Denied})
			}
			facts := wire.Build(source(s)).Facts
			for name, want := range map[string]any{"bootstrap.crypto_user": tc.user, "bootstrap.volume_owner": tc.owner} {
				got := facts[name].Value
				if got == nil {
					got = facts[name].Status
				}
				if got != want || facts[name].Source != "diskutil apfs listcryptousers -plist /" {
					t.Errorf("%s = %+v, want %v", name, facts[name], want)
				}
			}
		})
	}
}

// Lists are [] and never null: a program in another language need not ask. The
// only nulls are values that there are none of.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	sources := map[string]wire.Source{"nothing at all": {}, "nothing observed": source(evidence.Snapshot{TakenAt: now})}
	for _, name := range macsim.Scenarios() {
		sources[name] = scenario(t, name)
	}
	for name, s := range sources {
		for _, labels := range [][]wire.Label{nil, {}, s.Labels} {
			s.Labels = labels
			r := decoded(t, encode(t, wire.Build(s)))
			for _, list := range []string{"accounts", "findings", "forecasts"} {
				if _, ok := r[list].([]any); !ok {
					t.Errorf("%s: %s is %v", name, list, r[list])
				}
			}
			if device := r["device"].(map[string]any); device["labels"] == nil {
				t.Errorf("%s: labels are null", name)
			}
			checkNulls(t, name, "", r)
		}
	}
}

func checkNulls(t *testing.T, name, key string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		if key != "value" && key != "uid" {
			t.Errorf("%s: %s is null", name, key)
		}
	case []any:
		for _, item := range v {
			checkNulls(t, name, key+"[]", item)
		}
	case map[string]any:
		for k, item := range v {
			checkNulls(t, name, k, item)
		}
	}
}

func TestAccountsOfAReport(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scenario string
		want     []string
	}{
		{"healthy", []string{"Guest", "itadmin", "mbauer"}},
		{"at-setup-assistant", []string{"Guest"}},
		{"at-login-window", []string{"Guest", "mgmt"}}, // a service account, but a holder and an admin
		{"directory-user-with-odd-names", []string{"Guest", "itadmin", "bjørn.ås", "van der berg"}},
	} {
		t.Run(tc.scenario, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, tc.scenario)
			var got, noteworthy []string
			for _, a := range wire.Build(s).Accounts {
				got = append(got, a.Name)
			}
			for _, a := range s.Model.Accounts {
				if wire.Noteworthy(a) {
					noteworthy = append(noteworthy, a.Name)
				}
			}
			if !slices.Equal(got, tc.want) || !slices.Equal(noteworthy, tc.want) {
				t.Errorf("listed %v, noteworthy %v, want %v", got, noteworthy, tc.want)
			}
		})
	}
}

func TestNoteworthy(t *testing.T) {
	t.Parallel()
	role := health.Account{Name: "_www", UID: 70, UIDKnown: true, Kind: health.KindService}
	with := func(change func(*health.Account)) health.Account {
		a := role
		change(&a)
		return a
	}
	for _, tc := range []struct {
		name    string
		account health.Account
		want    bool
	}{
		{"a role account", role, false},
		{"root, an admin on every Mac", with(func(a *health.Account) { a.Name, a.UID, a.Admin = "root", 0, health.Yes }), false},
		{"a role account in the group admin", with(func(a *health.Account) { a.Admin = health.Yes }), false},
		{"a role account of which nothing is known", with(func(a *health.Account) {
			a.Tag, a.CryptoUser, a.Status, a.Unlocks, a.Admin = health.Unknown, health.Unknown, health.Unknown, health.Unknown, health.Unknown
		}), false},
		{"a service account that is an admin", with(func(a *health.Account) { a.Name, a.UID, a.Admin = "mgmt", 499, health.Yes }), true},
		{"root with a tag", with(func(a *health.Account) { a.Name, a.UID, a.Tag = "root", 0, health.Yes }), true},
		{"a role account with a crypto user", with(func(a *health.Account) { a.CryptoUser = health.Yes }), true},
		{"a role account that sysadminctl calls a holder", with(func(a *health.Account) { a.Status = health.Yes }), true},
		{"a role account at the FileVault screen", with(func(a *health.Account) { a.Unlocks = health.Yes }), true},
		{"a person", with(func(a *health.Account) { a.Kind = health.KindLocal }), true},
		{"a mobile account", with(func(a *health.Account) { a.Kind = health.KindMobile }), true},
		{"a guest", with(func(a *health.Account) { a.Kind = health.KindGuest }), true},
		{"a sharing account", with(func(a *health.Account) { a.Kind = health.KindSharing }), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := wire.Noteworthy(tc.account); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// An account without a readable UID has none, rather than that of root.
func TestAnUnknownUIDIsNull(t *testing.T) {
	t.Parallel()
	s := scenario(t, "healthy")
	s.Model.Accounts = []health.Account{{Name: "odd", Kind: health.KindLocal}}
	account := decoded(t, encode(t, wire.Build(s)))["accounts"].([]any)[0].(map[string]any)
	if uid, has := account["uid"]; uid != nil || !has {
		t.Errorf("uid is %v", uid)
	}
}
