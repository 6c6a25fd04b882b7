package proof

import (
	"reflect"
	"testing"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim"
)

// The witness sees what the collectors see, on every scenario, apart from when it
// was seen and what no model is made of: were it otherwise, a proof about states
// would prove nothing about Macs.
func TestWitness(t *testing.T) {
	t.Parallel()
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mac, err := macsim.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			mac.Faults = nil // a witness has no tools that could fail
			asked := macsim.NewRunner(mac.Clone())
			whole := collectors.Mac{Run: asked, Files: asked, Net: asked, Privileged: true, Free: true}
			want := collectors.Take(t.Context(), whole, mac.Clock, collectors.All())
			sameFacts(t, want, witness(&mac))
			sameModel(t, health.Derive(want, health.Ledger{}), health.Derive(witness(&mac), health.Ledger{}))
		})
	}
}

// notInModels are the facts that nothing is derived from.
func notInModels(name evidence.FactName) bool { return name == evidence.FileVaultRecordsFact }

func sameFacts(t *testing.T, want, got evidence.Snapshot) {
	t.Helper()
	seen := got.Facts()
	for i, f := range want.Facts() {
		if notInModels(f.Name) {
			continue
		}
		is, was := seen[i].Meta, f.Meta
		if !reflect.DeepEqual(seen[i].Value, f.Value) || is.State != was.State || is.Reason != was.Reason {
			t.Errorf("%s: %v %s %s, but the collectors say %v %s %s", f.Name, seen[i].Value, is.State, is.Reason, f.Value, was.State, was.Reason)
		}
	}
}

func sameModel(t *testing.T, want, got health.Model) {
	t.Helper()
	want.Bootstrap.ProvenAt = got.Bootstrap.ProvenAt
	want.BootedAt, got.BootedAt = want.BootedAt.UTC(), got.BootedAt.UTC()
	for i := range want.Accounts {
		want.Accounts[i].LastLogin = want.Accounts[i].LastLogin.UTC()
	}
	if want.Lost, got.Lost = without(want.Lost), without(got.Lost); reflect.DeepEqual(want, got) {
		return
	}
	if len(want.Accounts) == len(got.Accounts) {
		for i, a := range want.Accounts {
			if !reflect.DeepEqual(a, got.Accounts[i]) {
				t.Errorf("%s:\n%+v\nbut of the collectors' evidence\n%+v", a.Name, got.Accounts[i], a)
			}
		}
		got.Accounts = want.Accounts
	}
	w, g := reflect.ValueOf(want), reflect.ValueOf(got)
	for i := range w.NumField() {
		if !reflect.DeepEqual(w.Field(i).Interface(), g.Field(i).Interface()) {
			t.Errorf("%s:\n%+v\nbut of the collectors' evidence\n%+v", w.Type().Field(i).Name, g.Field(i), w.Field(i))
		}
	}
}

func without(facts []evidence.FactName) (kept []evidence.FactName) {
	for _, name := range facts {
		if !notInModels(name) {
			kept = append(kept, name)
		}
	}
	return kept
}
