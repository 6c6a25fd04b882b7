//go:build !darwin

package power_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/power"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/run"
)

// A simulated Mac as processes: it loses charge, is plugged in, and says so.
func TestProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program, root := filepath.Join(dir, "macsim"), filepath.Join(dir, "mac")
	command(t, "go", "build", "-o", program, "github.com/tokenward/tokenward/cmd/macsim")
	mac, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	if err := macsim.Layout(root, mac, program); err != nil {
		t.Fatal(err)
	}
	s := power.New(run.Under(root))
	now := time.Now()
	for _, step := range []struct {
		charge []string
		want   power.State
	}{
		{nil, power.State{}},
		{[]string{"percent=18", "unplugged=true"}, power.State{Battery: true, Draining: true, Percent: 18}},
		{[]string{"percent=19"}, power.State{Battery: true, Percent: 19}},
	} {
		if step.charge != nil {
			command(t, program, append([]string{"do", root, "charge"}, step.charge...)...)
		}
		now = now.AddDate(0, 0, 1)
		if got, err := s.Look(t.Context(), now); err != nil || got != step.want {
			t.Errorf("after %q: %+v, %v; want %+v", step.charge, got, err, step.want)
		}
	}
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}
