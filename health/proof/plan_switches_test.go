package proof

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// Where macOS behaves otherwise than most sources say, a step that does not work is
// noticed, and the plan that is asked for then goes on another way or ends. It never
// goes in circles, and it never leaves a Mac worse than the same plan may.
func TestPlansUnderEverySwitch(t *testing.T) {
	t.Parallel()
	var all planTotals
	starts := planStarts(t)
	limit := 14
	if raceDetector {
		limit = 1
	}
	fields := 0
	for field := range reflect.TypeFor[state.Switches]().Fields() {
		fields++
		for _, name := range []string{"15.7.1 apple_silicon enrolled", "15.7.1 t2", "15.7.1 skipped", "10.15.7 intel enrolled"} {
			m := starts[name]
			reflect.ValueOf(&m.Switches).Elem().FieldByIndex(field.Index).SetBool(true)
			planSwitched(t, field.Name, m, limit, &all)
		}
	}
	fmt.Printf("plans, each of %d switches on: %s\n", fields, all.String())
}

func planSwitched(t *testing.T, field string, start state.Mac, limit int, all *planTotals) {
	t.Helper()
	known, queue := map[string]bool{planKey(&start): true}, []state.Mac{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		all.states.Add(1)
		for i, c := range allCredentials() {
			for k, g := range planGoals() {
				if (i+k+len(known))%5 != 0 {
					continue
				}
				all.journeys.Add(1)
				j := &journey{goal: g, world: newPlanWorld(&at, c), all: all, trusts: true}
				if err := j.run(); err != nil {
					t.Errorf("%s: %s %s with %s: %v\n%s\n%s", field, g.Kind, g.User, c.name, err, strings.Join(j.log, "\n"), planDescribe(&at))
					return
				}
			}
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
