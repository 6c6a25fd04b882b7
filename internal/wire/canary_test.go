package wire_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/wire"
)

// disguise gives everybody on a Mac, and in its directory, a name and a full name
// that stand nowhere else, wherever the state names them.
func disguise(mac state.Mac) (disguised state.Mac, canaries []string) {
	names := map[string]string{}
	for i, a := range mac.Accounts {
		if a.Kind == state.System || a.Kind == state.Role || strings.HasPrefix(a.Name, "_") || slices.Contains([]string{"root", "daemon", "nobody", "Guest"}, a.Name) {
			continue
		}
		name, full := fmt.Sprintf("qzcanary%02dx", i), fmt.Sprintf("Xywho%02d Vögel-O'Keß", i)
		names[a.Name], names[a.RealName] = name, full
		if a.RealName == a.Name || a.RealName == "" {
			names[a.RealName] = name
		}
		for _, other := range a.OtherNames {
			names[other] = name + "other"
		}
		canaries = append(canaries, name, fmt.Sprintf("xywho%02d", i), "vögel-o'keß")
	}
	for _, s := range []*string{&mac.Console.User, &mac.FileVault.DeferredUser} {
		if *s != "" && names[*s] == "" && *s != "Guest" { // somebody of the network
			names[*s] = "qznetwork"
			canaries = append(canaries, "qznetwork")
		}
	}
	delete(names, "")
	mac = mac.Clone()
	rename(reflect.ValueOf(&mac).Elem(), names)
	return mac, canaries
}

// rename replaces every text that is one of these names, and homes of that name.
func rename(v reflect.Value, names map[string]string) {
	switch v.Kind() {
	case reflect.String:
		if name, ok := names[v.String()]; ok {
			v.SetString(name)
		}
		if home, ok := strings.CutPrefix(v.String(), "/Users/"); ok && names[home] != "" {
			v.SetString("/Users/" + names[home])
		}
	case reflect.Slice:
		for i := range v.Len() {
			rename(v.Index(i), names)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			if field.CanSet() {
				rename(field, names)
			}
		}
	default:
	}
}

// found lists the canaries that stand in JSON in any form: as they are, in any
// case, and encoded.
func found(t *testing.T, data []byte, canaries []string) (all []string) {
	t.Helper()
	var whole any
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(string(data) + strings.Join(words(whole), "\n"))
	for _, canary := range canaries {
		escaped, _ := json.Marshal(canary)
		forms := []string{canary, strings.Trim(string(escaped), `"`), url.QueryEscape(canary), url.PathEscape(canary), hex.EncodeToString([]byte(canary))}
		for shift := range 3 { // at each place in a group of three bytes, without the characters that depend on what is around
			coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", shift) + canary))
			forms = append(forms, coded[4:len(coded)-4])
		}
		for _, form := range forms {
			if strings.Contains(text, strings.ToLower(form)) {
				all = append(all, canary+" as "+form)
			}
		}
	}
	return all
}

// words are all texts in a JSON document, keys included.
func words(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			all = append(all, words(item)...)
		}
	case map[string]any:
		for key, item := range v {
			all = append(append(all, key), words(item)...)
		}
	}
	return all
}

// remembered is the same Mac at a later check, of which the one before is known,
// without the account that was last in its list.
func remembered(s wire.Source, policy health.Policy) wire.Source {
	past, _, _ := health.Settle(health.Ledger{}, s.Model, s.Findings)
	accounts, known := s.Snapshot.Directory.Known()
	if known && len(accounts) > 0 {
		s.Snapshot.Directory.Value = accounts[:len(accounts)-1]
	}
	s.Snapshot.TakenAt = s.Snapshot.TakenAt.AddDate(0, 0, 40)
	s.Model = health.Derive(s.Snapshot, past)
	s.Findings = health.Diagnose(s.Model, policy)
	_, s.Findings, _ = health.Settle(past, s.Model, s.Findings)
	s.Forecasts = health.Forecasts(s.Model, policy)
	return s
}

// On no Mac that can be simulated does a name get into a report whose names are
// hashed, however it is looked for; and in a report with names they are found.
func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	key := privacyKey(t, 1)
	for _, name := range macsim.Scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mac, canaries := disguise(load(t, name))
			policy := health.Policy{}
			if len(canaries) > 0 {
				policy.RequiredHolders = []string{canaries[0], "qzmissing"}
				canaries = append(canaries, "qzmissing")
			}
			s := source(observe(t, simulated(mac)))
			s.Findings = health.Diagnose(s.Model, policy)
			s.Name = strings.Join(canaries, "-")
			for _, s := range []wire.Source{s, remembered(s, policy)} {
				plain := delivered(wire.Build(s))
				hashed := plain.Pseudonymous(wire.Privacy{Key: key, People: wire.People(s.Model, policy)})
				if got := found(t, encode(t, hashed), canaries); len(got) > 0 {
					t.Errorf("it holds %q:\n%s", got, encode(t, hashed))
				}
				if got := found(t, encode(t, hashed.AsHeartbeat()), canaries); len(got) > 0 {
					t.Errorf("the heartbeat holds %q", got)
				}
				if got := found(t, encode(t, plain), canaries); len(got) == 0 && len(canaries) > 0 {
					t.Error("a report with names holds none")
				}
				sameBut(t, plain, hashed)
			}
		})
	}
}

// sameBut checks that a reader finds the same conditions of the same accounts.
func sameBut(t *testing.T, plain, hashed wire.Report) {
	t.Helper()
	if len(plain.Accounts) != len(hashed.Accounts) || len(plain.Findings) != len(hashed.Findings) || !reflect.DeepEqual(plain.Able, hashed.Able) {
		t.Fatal("something is missing")
	}
	for i, f := range hashed.Findings {
		if f.Code != plain.Findings[i].Code || f.Subject != plain.Findings[i].Subject || strings.Contains(f.Summary, wire.Unsaid) {
			t.Errorf("%+v was %+v", f, plain.Findings[i])
		}
	}
	for i, a := range hashed.Accounts {
		if was := plain.Accounts[i]; a.GUID != was.GUID || (a.Name == "") != (was.Name == "") || a.Token != was.Token {
			t.Errorf("%+v was %+v", a, was)
		}
	}
}

// On a Mac whose people have the names of ordinary words, the sentences are those
// of the catalogue, and nothing in them is a pseudonym in the wrong place.
func TestPeopleNamedLikeWords(t *testing.T) {
	t.Parallel()
	mac := load(t, "user-without-token")
	for i, name := range []string{"admin", "the"} {
		account := &mac.Accounts[len(mac.Accounts)-1-i]
		rename(reflect.ValueOf(&mac).Elem(), map[string]string{account.Name: name})
	}
	s := source(observe(t, simulated(mac)))
	plain := wire.Build(s)
	hashed := plain.Pseudonymous(wire.Privacy{Key: privacyKey(t, 1), People: wire.People(s.Model, health.Policy{})})
	for i, f := range hashed.Findings {
		rule, _ := health.RuleOf(health.Code(f.Code))
		if strings.Contains(f.Summary+f.Consequence+f.NextStep+f.DoNot, "user-") {
			t.Errorf("%s: %+v", f.Code, f)
		}
		if f.Summary != rule.Title+"." && f.Summary != plain.Findings[i].Summary {
			t.Errorf("%s: %q", f.Code, f.Summary)
		}
	}
	if len(hashed.Findings) == 0 {
		t.Error("nothing was found")
	}
}

func BenchmarkPseudonymous(b *testing.B) {
	for _, people := range []int{5, 2000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			s := source(observe(b, simulated(office(b, people))))
			r := wire.Build(s)
			p := wire.Privacy{Key: privacyKey(b, 1), People: wire.People(s.Model, health.Policy{})}
			for b.Loop() {
				r.Pseudonymous(p)
			}
		})
	}
}
