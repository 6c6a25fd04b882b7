package main

import (
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim"
)

// Whatever a plan asks, and whatever it wants to hear when it is asked for again,
// can be said on the command line.
func TestPlansAskWhatCanBeAnswered(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, scenario := range macsim.Scenarios() {
		mac, err := macsim.Load(scenario)
		if err != nil {
			t.Fatal(err)
		}
		found := agent.Look(t.Context(), collectors.Mac{Run: macsim.NewRunner(mac), Privileged: true}, at, collectors.Quick(), health.Policy{})
		for _, g := range plan.Goals() {
			goal := plan.Goal{Kind: g.Kind}
			if !g.User {
				answerable(t, scenario, plan.For(found.Model, goal, nil))
				continue
			}
			for _, a := range found.Model.Accounts {
				if goal.User = a.Name; a.Person == health.Yes {
					answerable(t, scenario, plan.For(found.Model, goal, nil))
				}
			}
		}
	}
}

func answerable(t *testing.T, scenario string, p plan.Plan) {
	t.Helper()
	var about []plan.Credential
	for _, s := range p.Steps {
		for _, said := range []plan.Answers{s.Done, s.Failed} {
			for c := range said {
				about = append(about, c)
			}
		}
	}
	if p.Ask != nil {
		about = append(about, p.Ask.About)
		for _, way := range []*plan.Plan{p.Ask.Yes, p.Ask.No} {
			if way != nil {
				answerable(t, scenario, *way)
			}
		}
	}
	for _, c := range about {
		word := toldCredential(c).Kind
		if _, there := credentialKinds()[c.Kind]; !there {
			t.Errorf("%s: %v: nothing on the command line is called %s", scenario, p.Goal, word)
		}
	}
}

// Every question has an answer on every Mac.
func TestPreflightsOnEveryMac(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, scenario := range macsim.Scenarios() {
		mac, err := macsim.Load(scenario)
		if err != nil {
			t.Fatal(err)
		}
		found := agent.Look(t.Context(), collectors.Mac{Run: macsim.NewRunner(mac), Privileged: true}, at, collectors.Quick(), health.Policy{})
		now := situation{model: found.Model}
		for _, f := range preflights() {
			user := ""
			if f.user {
				if len(found.Model.Accounts) == 0 {
					continue
				}
				user = found.Model.Accounts[0].Name
			}
			if got, err := ours().answer(f, &now, user); err != nil || len(got.Answers) != len(f.asks) {
				t.Errorf("%s on %s: %+v, %v", f.name, scenario, got, err)
			}
		}
	}
}
