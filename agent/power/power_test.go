package power_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/power"
	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

func TestRead(t *testing.T) {
	t.Parallel()
	const mains, battery = "Now drawing from 'AC Power'\n", "Now drawing from 'Battery Power'\n"
	const line = " -InternalBattery-0 (id=4653155)\t"
	for _, tc := range []struct {
		name, out string
		want      power.State
		fails     bool
	}{
		{"no battery", mains, power.State{}, false},
		{"on battery", battery + line + "72%; discharging; 3:45 remaining present: true\n", power.State{Battery: true, Draining: true, Percent: 72}, false},
		{"without an estimate", battery + line + "9%; discharging; (no estimate) present: true\n", power.State{Battery: true, Draining: true, Percent: 9}, false},
		{"full", mains + line + "100%; charged; 0:00 remaining present: true\n", power.State{Battery: true, Percent: 100}, false},
		{"held at a limit", mains + line + "80%; AC attached; not charging present: true\n", power.State{Battery: true, Percent: 80}, false},
		{"charging", mains + line + "4%; charging; 1:20 remaining present: true\n", power.State{Battery: true, Percent: 4}, false},
		{"a warning after it", battery + line + "2%; discharging; 0:04 remaining present: true\n\tBattery Warning: Final\n", power.State{Battery: true, Draining: true, Percent: 2}, false},
		{"without the end of the line", battery + line + "72%; discharging", power.State{Battery: true, Draining: true, Percent: 72}, false},
		{"a UPS of a desktop", "Now drawing from 'UPS Power'\n -CP1500 (id=123)\t40%; discharging; (no estimate)\n", power.State{}, false},
		{"a UPS and a battery", battery + " -CP1500 (id=123)\t40%; discharging\n" + line + "20%; discharging; 1:02 remaining present: true\n", power.State{Battery: true, Draining: true, Percent: 20}, false},
		{"two batteries", battery + line + "20%; discharging\n -InternalBattery-1 (id=2)\t60%; discharging\n", power.State{Battery: true, Draining: true, Percent: 60}, false},
		{"a battery that was taken out", mains + line + "0%; discharging; present: false\n", power.State{}, false},
		{"nothing", "", power.State{}, true},
		{"another language", "Stromversorgung: 'Batterie'\n", power.State{}, true},
		{"another source", "Now drawing from 'Solar Power'\n", power.State{}, true},
		{"cut off in the source", "Now drawing from 'Battery", power.State{}, true},
		{"cut off after the source", battery, power.State{}, true},
		{"cut off in the charge", battery + line + "7", power.State{}, true},
		{"more than full", battery + line + "101%; discharging\n", power.State{}, true},
		{"less than empty", battery + line + "-1%; discharging\n", power.State{}, true},
		{"no number", battery + line + "x%; discharging\n", power.State{}, true},
		{"too large a number", battery + line + "99999999999999999999%; discharging\n", power.State{}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := power.Read([]byte(tc.out))
			if got != tc.want || (err != nil) != tc.fails {
				t.Errorf("Read = %+v, %v; want %+v", got, err, tc.want)
			}
		})
	}
}

// Whatever is printed: what cannot be read is never a low battery.
func FuzzRead(f *testing.F) {
	f.Add([]byte("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t7%; discharging; 0:12 remaining present: true\n"))
	f.Add([]byte("Now drawing from 'AC Power'\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		got, err := power.Read(out)
		if got.Percent < 0 || got.Percent > 100 || (got.Draining && !got.Battery) || (err != nil && got != power.State{}) {
			t.Errorf("Read = %+v, %v", got, err)
		}
	})
}

// laptop is a simulated Mac that counts how often it is asked.
type laptop struct {
	mac   state.Mac
	err   error
	asked int
}

func (l *laptop) Run(ctx context.Context, c run.Command) (run.Result, error) {
	l.asked++
	if l.err != nil {
		return run.Result{Exit: -1}, l.err
	}
	return macsim.NewRunner(l.mac).Run(ctx, c)
}

func newLaptop(t *testing.T, p state.Power) *laptop {
	t.Helper()
	mac, err := macsim.Load("healthy")
	if err != nil {
		t.Fatal(err)
	}
	mac.Power = p
	return &laptop{mac: mac}
}

// A Mac with a battery is asked at each check, one without hardly ever.
func TestLook(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		power state.Power
		err   error
		want  power.State
		day   int // how often in a day of checks every quarter of an hour
	}{
		{"on battery", state.Power{Battery: true, Percent: 15, Unplugged: true}, nil, power.State{Battery: true, Draining: true, Percent: 15}, 96},
		{"plugged in", state.Power{Battery: true, Percent: 15}, nil, power.State{Battery: true, Percent: 15}, 96},
		{"without a battery", state.Power{}, nil, power.State{}, 1},
		{"a tool that is missing", state.Power{}, run.ErrMissing, power.State{}, 24},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := newLaptop(t, tc.power)
			l.err = tc.err
			s := power.New(l)
			for i := range 96 {
				if got, err := s.Look(t.Context(), now.Add(time.Duration(i)*15*time.Minute)); got != tc.want || !errors.Is(err, tc.err) {
					t.Fatalf("Look = %+v, %v; want %+v", got, err, tc.want)
				}
			}
			if l.asked != tc.day {
				t.Errorf("asked %d times a day, want %d", l.asked, tc.day)
			}
		})
	}
}

// A clock that was set back does not make an answer stand for ever.
func TestLookAfterTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, state.Power{})
	s := power.New(l)
	now := time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{now, now.AddDate(-10, 0, 0), now.AddDate(-10, 0, 0).Add(time.Hour)} {
		if _, err := s.Look(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	if l.asked != 2 {
		t.Errorf("asked %d times, want 2", l.asked)
	}
}

// A check that is stopped says nothing about the tool.
func TestLookThatIsStopped(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, state.Power{Battery: true, Percent: 50})
	s := power.New(l)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.err = context.Canceled
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if got, err := s.Look(ctx, now); err == nil || got != (power.State{}) {
		t.Errorf("Look = %+v, %v", got, err)
	}
	l.err = nil
	if got, err := s.Look(t.Context(), now.Add(time.Second)); err != nil || got.Percent != 50 {
		t.Errorf("Look = %+v, %v", got, err)
	}
}

// said answers with what it is, whatever is asked.
type said run.Result

func (s said) Run(context.Context, run.Command) (run.Result, error) { return run.Result(s), nil }

// What was cut off may read as a whole answer, and is none.
func TestAnswerThatIsCutOff(t *testing.T) {
	t.Parallel()
	whole := said{Stdout: []byte("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t7%; discharging\n")}
	if got, err := power.New(whole).Look(t.Context(), time.Now()); err != nil || got.Percent != 7 {
		t.Errorf("whole: %+v, %v", got, err)
	}
	cut := whole
	cut.Truncated = true
	if got, err := power.New(cut).Look(t.Context(), time.Now()); err == nil || got != (power.State{}) {
		t.Errorf("cut off: %+v, %v", got, err)
	}
}

func TestToolThatFails(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, state.Power{Battery: true, Percent: 50})
	for _, broken := range []state.Fault{
		{Tool: "pmset", Kind: state.WrongExit, Exit: 1},
		{Tool: "pmset", Kind: state.Truncated, Bytes: 10},
		{Tool: "pmset", Kind: state.Floods, Bytes: 9 << 20},
	} {
		l.mac.Faults = []state.Fault{broken}
		if got, err := power.New(l).Look(t.Context(), time.Now()); err == nil || got != (power.State{}) {
			t.Errorf("%s: Look = %+v, %v", broken.Kind, got, err)
		}
	}
}
