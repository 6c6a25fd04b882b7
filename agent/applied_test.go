//go:build !darwin

package agent

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

// changed is a configuration that differs by one key.
func changed(t *testing.T, c config.Config, k config.Key) config.Config {
	t.Helper()
	field := reflect.ValueOf(&c).Elem()
	for name := range strings.SplitSeq(k.Path, ".") {
		section := field
		field = section.FieldByNameFunc(func(goName string) bool {
			f, _ := section.Type().FieldByName(goName)
			return f.Tag.Get("mapstructure") == name
		})
	}
	switch v := field.Interface().(type) {
	case time.Duration:
		field.SetInt(int64(v + time.Second))
	case int:
		field.SetInt(int64(v + 1))
	case secret.Text:
		field.Set(reflect.ValueOf(secret.New("hunter2")))
	case map[health.Code]health.Severity:
		field.Set(reflect.ValueOf(map[health.Code]health.Severity{"VO_NONE": health.Low}))
	default:
		if field.Kind() == reflect.Slice {
			field.Set(reflect.Append(field, reflect.New(field.Type().Elem()).Elem()))
			break
		}
		field.SetString(field.String() + "x")
	}
	return c
}

// Every key counts when it is read anew: whoever keeps something that was made from it
// is told or replaced.
func TestReloadAppliesEveryKey(t *testing.T) {
	t.Parallel()
	for _, k := range config.Keys() {
		t.Run(k.Path, func(t *testing.T) {
			t.Parallel()
			a := opened(t, t.TempDir(), healthy(t))
			before, out := a.configured(), a.out()
			after := changed(t, before, k)
			var told []config.Config
			a.read = func() config.Loaded { return config.Loaded{Config: after, From: config.LastGood} }
			a.applied = func(c config.Config) { told = append(told, c) }
			done := reloaded(t, a)
			if len(done.Changed) != 1 || !strings.HasPrefix(done.Changed[0], k.Path+": ") {
				t.Errorf("changed: %q", done.Changed)
			}
			if !reflect.DeepEqual(a.configured(), after) || len(told) != 1 || !reflect.DeepEqual(told[0], after) {
				t.Errorf("in force: %+v, told: %+v", a.configured(), told)
			}
			section, _, _ := strings.Cut(k.Path, ".")
			if replaced := out.replaced.Err() != nil; replaced != (section == "server" || section == "enrollment") {
				t.Errorf("another sending: %v", replaced)
			}
			if got := a.schedule.State().Every; got != after.Interval {
				t.Errorf("a check every %s, want %s", got, after.Interval)
			}
			out.end()
		})
	}
}

// The spool that there is takes its new bounds.
func TestReloadBoundsTheSpool(t *testing.T) {
	t.Parallel()
	a := opened(t, t.TempDir(), healthy(t))
	after := a.configured()
	after.Spool.MaxReports = 1
	a.read = func() config.Loaded { return config.Loaded{Config: after, From: config.LastGood} }
	reloaded(t, a)
	for range 3 {
		a.check(t.Context(), wire.Scheduled)
	}
	if waiting, _, dropped := a.out().spool.Waiting(); waiting != 1 || dropped != 2 {
		t.Errorf("%d wait, %d dropped", waiting, dropped)
	}
}
