package proof

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/health/plan"
)

// choices are the bytes that choose everything but the changes of the evidence.
const choices = 7

// FuzzJudge judges evidence that no Mac need ever show, as the daemon does: a Mac,
// and some time later the same Mac changed in places. Whatever it is, the verdict
// follows from findings and gaps, settling tells each thing once and points to
// nothing that is not there, losing an observation makes nothing graver and nothing
// certain, and no plan breaks the rules that none may break.
func FuzzJudge(f *testing.F) {
	e := newEditor(f)
	r := rand.New(rand.NewPCG(5, 0))
	for i := range 2 * len(e.macs) {
		seed := make([]byte, choices+3*(i%9))
		for j := range seed {
			seed[j] = byte(r.UintN(256))
		}
		seed[0] = byte(i)
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < choices {
			return
		}
		before := e.changed(data[0], nil)
		past := settled(t, judged(before, health.Ledger{}))
		s := e.changed(data[0], data[choices:])
		s.TakenAt = before.TakenAt.Add(time.Duration(data[1]) * 15 * time.Minute)
		j := judged(s, past)
		settled(t, j)
		verdictFollows(t, j)
		facts := s.Facts()
		lost := facts[int(data[2])%len(facts)].Name
		if lost == evidence.EACSPreflightFact {
			past.Mac.Proof = health.Proof{} // it stands until this speaks against it
			j = judged(s, past)
		}
		lessIsNotWorse(t, lost, j, judged(s.Without(lost, ways()[int(data[3])%len(ways())]), past))
		planned(t, j.model, data[4], data[5])
	})
}

func ways() []evidence.Meta {
	return []evidence.Meta{{}, {State: evidence.Denied}, {State: evidence.Failed, Reason: evidence.Timeout}, {State: evidence.Failed, Reason: evidence.Unreadable}}
}

// judgement is all that is said of one Mac at one time.
type judgement struct {
	past      health.Ledger
	model     health.Model
	found     []health.Finding
	verdict   health.Verdict
	forecasts map[string]health.Forecast
	able      health.Able
	erasures  []health.ErasePath
}

func judged(s evidence.Snapshot, past health.Ledger) judgement {
	m := health.Derive(s, past)
	found := health.Diagnose(m, health.Policy{})
	j := judgement{past: past, model: m, found: found, verdict: health.Judge(m, found), able: health.WhoIsAble(m), erasures: health.Erasures(m)}
	j.forecasts = map[string]health.Forecast{}
	for _, f := range health.Forecasts(m, health.Policy{}) {
		j.forecasts[string(f.Name)+" "+f.Subject] = f
	}
	return j
}

// settled settles twice: what changed is told once, and what is reported is
// explained by what is reported.
func settled(t *testing.T, j judgement) health.Ledger {
	t.Helper()
	next, told, _ := health.Settle(j.past, j.model, j.found)
	for _, f := range told {
		explained := slices.ContainsFunc(told, func(g health.Finding) bool {
			return g.Code == f.CausedBy && (g.Subject == f.Subject || g.Subject == health.DeviceSubject)
		})
		if f.CausedBy != "" && !explained {
			t.Errorf("%s is explained by %s, which is not reported", f.Code, f.CausedBy)
		}
	}
	again, same, changes := health.Settle(next, j.model, j.found)
	if len(changes) > 0 {
		t.Errorf("told twice: %+v", changes)
	}
	if !reflect.DeepEqual(told, same) || !reflect.DeepEqual(next.Shown, again.Shown) {
		t.Errorf("settled again it reads otherwise:\n%+v\n%+v", told, same)
	}
	return next
}

func verdictFollows(t *testing.T, j judgement) {
	t.Helper()
	worst := health.Info
	for _, f := range j.found {
		worst = max(worst, f.Severity)
	}
	want := health.VerdictOK
	switch {
	case worst == health.Critical:
		want = health.VerdictCritical
	case len(j.model.Gaps) > 0:
		want = health.VerdictUnknown
	case worst >= health.Medium:
		want = health.VerdictDegraded
	}
	if j.verdict != want {
		t.Errorf("verdict %s, want %s", j.verdict, want)
	}
}

// lessIsNotWorse is the property of losing evidence, for what is found and for what
// is foreseen.
func lessIsNotWorse(t *testing.T, lost evidence.FactName, full, less judgement) {
	t.Helper()
	essential := len(less.model.Gaps) > len(full.model.Gaps)
	if essential && less.verdict != health.VerdictUnknown && less.verdict != health.VerdictCritical {
		t.Errorf("without %s the verdict is %s", lost, less.verdict)
	}
	for _, f := range less.found {
		if !essential && f.Severity >= health.High && !has(full.found, f) {
			t.Errorf("without %s there is a new %s finding: %s on %s", lost, f.Severity, f.Code, f.Subject)
		}
	}
	for _, f := range full.found {
		if !essential && !has(less.found, f) && !slices.Contains(f.Because, lost) {
			t.Errorf("without %s, %s on %s is gone, but it rests on %v", lost, f.Code, f.Subject, f.Because)
		}
	}
	if lost == evidence.TokenStatusFact {
		return // it only ever adds doubt, and is asked about few accounts
	}
	for key, f := range less.forecasts {
		if was, asked := full.forecasts[key]; asked && f.Answer != health.Unknown && f.Answer != was.Answer {
			t.Errorf("without %s, %s turns from %s to %s: %s", lost, key, was.Answer, f.Answer, f.Summary)
		}
	}
	for i, e := range less.erasures {
		was := full.erasures[i]
		if e.Erases != health.Unknown && e.Erases != was.Erases || e.Silently != health.Unknown && e.Silently != was.Silently {
			t.Errorf("without %s, an erase turns from %+v to %+v", lost, was, e)
		}
	}
	nobodyIsAbler(t, lost, full.able, less.able)
}

// has says whether the list has that finding, and as grave.
func has(all []health.Finding, f health.Finding) bool {
	return slices.ContainsFunc(all, func(g health.Finding) bool { return g.Code == f.Code && g.Subject == f.Subject })
}

func nobodyIsAbler(t *testing.T, lost evidence.FactName, full, less health.Able) {
	t.Helper()
	for what, lists := range map[string][2][]health.Actor{
		"holds": {full.Holders, less.Holders}, "grants": {full.Granters, less.Granters}, "escrows": {full.Escrowers, less.Escrowers},
		"owns": {full.Owners, less.Owners}, "unlocks": {full.Unlockers, less.Unlockers},
	} {
		for _, a := range lists[1] {
			if !slices.Contains(lists[0], a) {
				t.Errorf("without %s, %s %s all of a sudden", lost, a.Name, what)
			}
		}
	}
}

// planned asks for one goal, about one of the accounts.
func planned(t *testing.T, m health.Model, which, whose byte) {
	t.Helper()
	goals := plan.Goals()
	g := plan.Goal{Kind: goals[int(which)%len(goals)].Kind}
	if goals[int(which)%len(goals)].User {
		g.User = "nobody-at-all"
		if n := len(m.Accounts); n > 0 {
			g.User = m.Accounts[int(whose)%n].Name
		}
	}
	p := plan.For(m, g, nil)
	if !reflect.DeepEqual(p, plan.For(m, g, nil)) {
		t.Errorf("%v: another plan for the same Mac", g)
	}
	for _, wrong := range never(&p) {
		t.Errorf("%v: %s", g, wrong)
	}
}

// never lists what a plan, and all that its questions lead to, does that none may.
func never(p *plan.Plan) (wrong []string) {
	promoted := ""
	for i, st := range p.Steps {
		switch {
		case st.Risk == plan.Destroys:
			wrong = append(wrong, fmt.Sprintf("%s destroys", st.Action))
		case st.Action == "A07" && st.Done[plan.Credential{Kind: plan.Promoted, User: st.User}] == health.Yes:
			promoted = st.User
		case st.Action == "A07":
			promoted = ""
		case st.Action == "A12" && (i+1 == len(p.Steps) || !slices.Contains([]plan.ActionID{"A04", "A14"}, p.Steps[i+1].Action)):
			wrong = append(wrong, "a reset that makes a token drift is not followed by its repair")
		}
	}
	if promoted != "" {
		wrong = append(wrong, promoted+" stays an administrator")
	}
	if (p.Outcome == plan.NoWay || p.Outcome == plan.NotKnown) != (p.Blocked != nil) || (p.Outcome == plan.Asks) != (p.Ask != nil) {
		wrong = append(wrong, fmt.Sprintf("outcome %d", p.Outcome))
	}
	if p.Blocked != nil {
		for _, st := range p.Blocked.LeastBad {
			if st.Inevitable == "" || st.Risk != plan.Destroys {
				wrong = append(wrong, "an erase without a reason")
			}
		}
	}
	if p.Ask != nil {
		for _, next := range []*plan.Plan{p.Ask.Yes, p.Ask.No} {
			if next != nil {
				wrong = append(wrong, never(next)...)
			}
		}
	}
	return wrong
}
