package proof

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// planStates is about how many states plans begin in, over all Macs.
var planStates = flag.Int("plan-states", 4000, "how many states to begin plans in")

// planTotals is what the proof has come to.
type planTotals struct {
	states, journeys, plans, steps, questions     atomic.Int64
	reached, blocked, unknown, hidden, unresolved atomic.Int64

	searched sync.Map // dead → whether the search was exhaustive
}

// dead is a search that found nothing.
type dead struct {
	text string
	goal plan.Goal
}

// search looks for a way once for all journeys that end in the same place.
func (all *planTotals) search(w *planWorld, g plan.Goal) (path []string, found, exhausted bool) {
	place := dead{w.text(), g}
	if exhausted, known := all.searched.Load(place); known {
		return nil, false, exhausted.(bool)
	}
	if path, found, exhausted = w.reachable(g); !found {
		all.searched.Store(place, exhausted)
	}
	return path, found, exhausted
}

func (all *planTotals) String() string {
	return fmt.Sprintf("%d states, %d journeys, %d plans, %d steps, %d questions; reached %d (%d of them not to be told from it), blocked %d (%d searches given up), not known %d",
		all.states.Load(), all.journeys.Load(), all.plans.Load(), all.steps.Load(), all.questions.Load(),
		all.reached.Load(), all.hidden.Load(), all.blocked.Load(), all.unresolved.Load(), all.unknown.Load())
}

// planGoals are all goals, of every user of these Macs.
func planGoals() (all []plan.Goal) {
	for _, g := range plan.Goals() {
		if !g.User {
			all = append(all, plan.Goal{Kind: g.Kind})
			continue
		}
		all = append(all, plan.Goal{Kind: g.Kind, User: planAdmin}, plan.Goal{Kind: g.Kind, User: planStandard})
	}
	return all
}

// Every plan leads where it says, on every Mac that can come about, whatever people
// know; and where a plan says that there is no way, there is none.
func TestPlansReachTheirGoals(t *testing.T) {
	began := time.Now()
	var all planTotals
	starts := planStarts(t)
	limit := *planStates / len(starts)
	if raceDetector {
		limit = 3
	}
	t.Run("starts", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(starts)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				planExplore(t, starts[name], limit, &all)
			})
		}
	})
	fmt.Printf("plans: %d Macs, %d goals, %d sets of credentials; %s; %.1f s\n",
		len(starts), len(planGoals()), len(allCredentials()), all.String(), time.Since(began).Seconds())
	if !raceDetector && (all.reached.Load() < 1000 || all.blocked.Load() < 100) {
		t.Error("too little was tried")
	}
}

// planExplore lets things happen to a Mac, breadth first, and begins plans in every
// state: each with its share of the goals and credentials, so that all meet.
func planExplore(t *testing.T, start state.Mac, limit int, all *planTotals) {
	t.Helper()
	known, queue := map[string]bool{planKey(&start): true}, []state.Mac{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if all.states.Add(1); at.Phase == state.Running {
			planFrom(t, &at, all)
		}
		for _, e := range planMenu() {
			next := at.Clone()
			if _, err := next.Do(planLater(&next), e); err != nil || next.Phase != state.Running {
				continue
			}
			if key := planKey(&next); !known[key] && len(known) < limit {
				known[key] = true
				queue = append(queue, next)
			}
		}
	}
}

// mostJourneys is how many goals and credentials are tried in one state.
const mostJourneys = 12

// lostEvery is how seldom a fact is lost on a journey. What a plan does not know may
// keep it from a way; it never shows it one that is none.
const lostEvery = 5

// mostSearchedPeople is how many people a search for a way that is not there can take.
const mostSearchedPeople = 4

func planFrom(t *testing.T, m *state.Mac, all *planTotals) {
	t.Helper()
	h := fnv.New32a()
	h.Write([]byte(planKey(m)))
	goals, creds := planGoals(), allCredentials()
	at := int(h.Sum32() % uint32(len(goals)*len(creds)))
	for range mostJourneys {
		at = (at + 37) % (len(goals) * len(creds))
		g, c := goals[at%len(goals)], creds[at/len(goals)]
		all.journeys.Add(1)
		j := &journey{goal: g, world: newPlanWorld(m, c), all: all, trusts: len(m.People()) > mostSearchedPeople}
		if at%lostEvery == 0 {
			j.world.lost, j.trusts = 1+at/lostEvery, true
		}
		if err := j.run(); err != nil {
			t.Fatalf("%s %s with %s: %v\n%s\n%s\nin the end:\n%s", g.Kind, g.User, c.name, err, strings.Join(j.log, "\n"), planDescribe(&j.begins.mac), planDescribe(&j.world.mac))
		}
	}
}

// journey is somebody who follows plans to a goal.
type journey struct {
	goal   plan.Goal
	world  *planWorld
	said   plan.Answers
	all    *planTotals
	log    []string
	begins *planWorld
	trusts bool // nothing is looked for behind a plan that says that there is no way
}

// mostRounds is far more than any plan needs: who gets there goes in circles.
const mostRounds = 60

func (j *journey) run() error {
	j.begins = j.world.clone()
	for range mostRounds {
		over, err := j.round()
		if over || err != nil {
			return err
		}
	}
	return errors.New("it does not end")
}

// round asks for a plan and does its first step, or answers its question.
func (j *journey) round() (over bool, err error) {
	m := health.Derive(j.world.shows(), health.Ledger{})
	p := plan.For(m, j.goal, j.said)
	j.all.plans.Add(1)
	if f := foreseenDanger(&m, j.goal, p); f != nil {
		return true, fmt.Errorf("the plan begins with %s, and the forecast: %s", p.Steps[0].Action, f.Summary)
	}
	j.log = append(j.log, planText(p))
	switch {
	case len(p.Steps) > 0 && (p.Outcome != plan.NotKnown || p.Steps[0].Action == "A07"):
		return false, j.step(p.Steps[0])
	case p.Outcome == plan.Asks:
		j.all.questions.Add(1)
		answer := j.world.answer(p.Ask.About)
		j.world.hears(p.Ask.About, answer)
		j.said = j.said.With(plan.Answers{p.Ask.About: answer})
		j.log = append(j.log, "  "+p.Ask.Text+" "+answer.String())
		return false, nil
	}
	return true, j.end(p, m)
}

func (j *journey) step(st plan.Step) error {
	for _, c := range st.Needs {
		if (c.Kind == plan.Presence || c.Kind == plan.Visit) && j.world.answer(c) == health.No {
			j.said = j.said.With(plan.Answers{c: health.No})
			return nil
		}
	}
	j.all.steps.Add(1)
	before := j.world.clone()
	worked, err := j.world.act(st)
	j.log = append(j.log, fmt.Sprintf("  %s %s by %s: %v", st.Action, st.User, st.Helper, worked))
	if err != nil {
		return err
	}
	if j.said = j.said.With(st.Done); !worked {
		j.said = j.said.With(undone(st)).With(st.Failed)
	}
	return invariants(before, st, j.world, j.begins)
}

// undone takes back what a step that did not work would have made known.
func undone(st plan.Step) plan.Answers {
	back := plan.Answers{}
	for c := range st.Done {
		back[c] = health.Unknown
	}
	return back
}

// invariants must hold after every step of every plan.
func invariants(before *planWorld, st plan.Step, after, begins *planWorld) error {
	var errs []error
	was, is := &before.mac, &after.mac
	// A reset of a password that nobody knows takes nothing from anybody at hand,
	// whatever becomes of the token.
	lost := (st.Action == "A12" || st.Action == "A13") && !before.knows[st.User]
	if planUsable(was) > 0 && planUsable(is) == 0 && !lost {
		errs = append(errs, errors.New("nobody is left whose token works"))
	}
	if !strings.Contains(st.Warning, "restart") && before.opensAfterRestart() && !after.opensAfterRestart() {
		errs = append(errs, errors.New("after a restart nobody could open the Mac, and nobody was told"))
	}
	if is.Phase != state.Running {
		errs = append(errs, errors.New("the Mac is locked"))
	}
	if planAdmins(&begins.mac) > 0 && planAdmins(is) == 0 {
		errs = append(errs, errors.New("nobody administers the Mac"))
	}
	if was.BootstrapValid() && !is.BootstrapValid() && st.Warning == "" {
		errs = append(errs, errors.New("the Bootstrap Token is worse, and nobody was told"))
	}
	return errors.Join(errs...)
}

func planAdmins(m *state.Mac) (n int) {
	for _, a := range m.People() {
		if m.IsAdmin(a) {
			n++
		}
	}
	return n
}

// end holds the outcome against the truth.
func (j *journey) end(p plan.Plan, m health.Model) error {
	w := j.world
	if !w.tidy(j.begins) {
		return errors.New("somebody was left an administrator")
	}
	switch p.Outcome {
	case plan.Reached:
		j.all.reached.Add(1)
		if f := foreseenNo(&m, j.goal); f != nil {
			return fmt.Errorf("the plan says that the goal is reached, and the forecast: %s", f.Summary)
		}
		switch {
		case w.reached(j.goal):
		case w.hidden(j.goal):
			j.all.hidden.Add(1)
		default:
			return errors.New("the plan says that the goal is reached, and it is not")
		}
	case plan.NotKnown:
		j.all.unknown.Add(1)
		if len(m.Gaps) == 0 && len(p.Blocked.Missing) == 0 {
			return errors.New("everything is known, and the plan knows nothing")
		}
	case plan.NoWay:
		j.all.blocked.Add(1)
		if j.trusts {
			return nil
		}
		path, found, exhausted := j.all.search(w, j.goal)
		if !exhausted {
			j.all.unresolved.Add(1)
		}
		if found {
			return fmt.Errorf("the plan says that there is no way, but:\n  %s", strings.Join(path, "\n  "))
		}
	case plan.Steps, plan.Asks:
		return fmt.Errorf("an outcome %d without anything to do", p.Outcome)
	}
	return nil
}

// foreseenNo is the forecast that says no to what a plan calls reached.
func foreseenNo(m *health.Model, g plan.Goal) *health.Forecast {
	name, asked := map[plan.GoalKind]health.ForecastName{
		plan.Update: health.UpdatesUnattended, plan.SafeToWipe: health.WipesSilently, plan.FileVaultOn: health.EnablesFileVault,
		plan.NoLockOut: health.RecoveryPathExists,
	}[g.Kind]
	if !asked {
		return nil
	}
	f, err := health.Foresee(m, health.Policy{}, name, health.DeviceSubject)
	if err != nil || f.Answer != health.No {
		return nil
	}
	return &f
}

// foreseenDanger is the forecast that says no to how a plan begins.
func foreseenDanger(m *health.Model, g plan.Goal, p plan.Plan) *health.Forecast {
	if len(p.Steps) == 0 || p.Steps[0].Action != "A21" {
		return nil
	}
	f, err := health.Foresee(m, health.Policy{}, health.SafeToRemove, g.User)
	if err != nil || f.Answer != health.No {
		return nil
	}
	return &f
}

// planDescribe is a Mac for a person who has to understand it.
func planDescribe(m *state.Mac) string {
	text := fmt.Sprintf("%s %s, %+v, %+v, %+v, %+v", m.OS.Version, m.Chip, m.Enrollment, m.Server, m.Bootstrap, m.FileVault)
	for _, a := range m.People() {
		text += fmt.Sprintf("\n%s: %s, password %s, token %+v, admin %v, listed %v, closed %v, barred %v", a.Name, a.Kind, a.Password, a.Token, m.IsAdmin(a), a.FileVault, a.Disabled, a.DisabledTag)
	}
	return text
}

// planText is a plan on one line.
func planText(p plan.Plan) string {
	text := fmt.Sprintf("outcome %d:", p.Outcome)
	for _, st := range p.Steps {
		text += fmt.Sprintf(" %s(%s %s)", st.Action, st.User, st.Helper)
	}
	if p.Ask != nil {
		text += " ask " + p.Ask.Text
	}
	if p.Blocked != nil {
		text += fmt.Sprint(" ", p.Blocked.Because, p.Blocked.Reasons)
	}
	return text
}
