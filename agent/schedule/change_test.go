package schedule_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tokenward/tokenward/agent/schedule"
	"github.com/tokenward/tokenward/internal/wire"
)

// After a power cut a fleet starts in the same second. Each Mac waits for its
// place, which is the same after every start, and keeps it from check to check.
func TestFleetThatStartsAtOnce(t *testing.T) {
	t.Parallel()
	const every, splay = time.Hour, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var fleet sync.WaitGroup
		macs := []string{"C02A", "C02B", "C02C", "C02D"}
		all := make([]*checks, len(macs))
		for i, mac := range macs {
			c := &checks{start: time.Now()}
			all[i] = c
			s := schedule.New(schedule.Rules{Every: every, Splay: splay}, c.check)
			s.Identify(mac)
			fleet.Go(func() { s.Run(ctx) })
		}
		time.Sleep(4 * time.Hour)
		for i, mac := range macs {
			place := schedule.Place(mac, splay)
			all[i].want(t, place, every+2*place, 2*every+3*place, 3*every+4*place)
		}
		cancel()
		fleet.Wait()
	})
}

// The first check does not wait for longer than an interval.
func TestFirstCheck(t *testing.T) {
	inBubble(t, time.Minute, time.Hour, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		s.Identify("C02EXAMPLE")
		place := schedule.Place("C02EXAMPLE", time.Minute)
		if next := s.State().Next; next.Sub(c.start) != place {
			t.Errorf("the first check is due after %s, want %s", next.Sub(c.start), place)
		}
		time.Sleep(place)
		c.want(t, place)
	})
}

func TestRequestDoesNotWaitForTheFirstCheck(t *testing.T) {
	inBubble(t, 24*time.Hour, 24*time.Hour, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.want(t, 0)
		c.wantReasons(t, wire.Requested)
	})
}

func TestMacThatCannotBeToldFromOthersHasAPlaceToo(t *testing.T) {
	inBubble(t, time.Hour, time.Hour, 0, func(t *testing.T, s *schedule.Schedule, _ *checks) {
		before := s.State().Next
		s.Identify("")
		if after := s.State().Next; !after.Equal(before) {
			t.Errorf("the first check was due at %s, and is at %s", before, after)
		}
	})
}

func TestIntervalChanges(t *testing.T) {
	type change struct {
		at    time.Duration
		every time.Duration
	}
	for _, tc := range []struct {
		name    string
		changes []change
		want    []time.Duration
	}{
		{"shorter", []change{{30 * time.Minute, 40 * time.Minute}}, []time.Duration{0, 40 * time.Minute, 80 * time.Minute}},
		{"so short that it is over", []change{{30 * time.Minute, 20 * time.Minute}}, []time.Duration{0, 30 * time.Minute, 50 * time.Minute, 70 * time.Minute}},
		{"longer", []change{{30 * time.Minute, 80 * time.Minute}}, []time.Duration{0, 80 * time.Minute}},
		{"the same", []change{{30 * time.Minute, time.Hour}}, []time.Duration{0, time.Hour}},
		{"to and fro", []change{{10 * time.Minute, 24 * time.Hour}, {20 * time.Minute, 25 * time.Minute}}, []time.Duration{0, 25 * time.Minute, 50 * time.Minute, 75 * time.Minute}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				for _, change := range tc.changes {
					time.Sleep(change.at - time.Since(c.start))
					s.Every(change.every)
				}
				time.Sleep(85*time.Minute - time.Since(c.start))
				c.want(t, tc.want...)
			})
		})
	}
}

// A configuration that makes the interval shorter comes to a whole fleet at once.
// Its Macs do not check at once, and a check that is due is not put off again and
// again.
func TestShorterIntervalKeepsTheSplay(t *testing.T) {
	inBubble(t, 24*time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		s.Identify("C02EXAMPLE")
		place := schedule.Place("C02EXAMPLE", 10*time.Minute)
		time.Sleep(time.Hour)
		for range 3 {
			s.Follow(schedule.Rules{Every: 15 * time.Minute, Splay: 10 * time.Minute})
			time.Sleep(place / 4)
			s.Every(16 * time.Minute)
		}
		time.Sleep(place)
		c.want(t, 0, time.Hour+place)
	})
}

func TestNewRulesEndTheWishOfAServer(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, _ *checks) {
		s.Every(2 * time.Hour)
		if got := s.State().Every; got != 2*time.Hour {
			t.Errorf("it checks every %s", got)
		}
		s.Follow(schedule.Rules{Every: 30 * time.Minute})
		if got := s.State().Every; got != 30*time.Minute {
			t.Errorf("it checks every %s", got)
		}
	})
}

// What the clock on the wall does, by hand, in spring, at a leap second, decides
// nothing; only what people are told of it follows.
func TestTheClockOnTheWallDecidesNothing(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, tc := range []struct {
		name string
		set  []time.Duration // each 20 minutes later than the one before
	}{
		{"nobody sets it", nil},
		{"a year forward", []time.Duration{year}},
		{"a year back", []time.Duration{-year}},
		{"summer time begins", []time.Duration{time.Hour}},
		{"summer time ends", []time.Duration{-time.Hour}},
		{"a leap second", []time.Duration{-time.Second}},
		{"to and fro", []time.Duration{year, -year, 3 * year, -10 * year, time.Hour}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				var off time.Duration
				for _, by := range tc.set {
					time.Sleep(20 * time.Minute)
					off += by
					s.SetClocks(func() time.Time { return time.Now().Round(0).Add(off) }, func() (time.Duration, error) { return time.Since(c.start), nil })
				}
				time.Sleep(150*time.Minute - time.Since(c.start))
				s.Poke(wire.Event) // is no check that would have been due
				if next := s.State().Next; !next.Equal(c.start.Add(off + 3*time.Hour)) {
					t.Errorf("the next check is due at %s by a clock that is %s off", next, off)
				}
				time.Sleep(10 * time.Minute)
				c.want(t, 0, time.Hour, 2*time.Hour, 150*time.Minute+5*time.Second)
				c.wantReasons(t, wire.Scheduled, wire.Scheduled, wire.Scheduled, wire.Event)
			})
		})
	}
}

// However long the Mac slept, and however often a check was due: there is one.
func TestVeryLongSleep(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		time.Sleep(10 * time.Minute)
		asleep(s, c, 3*365*24*time.Hour)
		if next, now := s.State().Next, c.start.Add(10*time.Minute+3*365*24*time.Hour); !next.Equal(now) {
			t.Errorf("a check that was due in sleep is due at %s, it is %s", next, now)
		}
		s.Poke(wire.Event)
		time.Sleep(65 * time.Minute)
		c.want(t, 0, 10*time.Minute+5*time.Second, 70*time.Minute+5*time.Second)
	})
}

// Where the machine does not say how long it slept, it never did.
func TestWithoutTheClockThatGoesOn(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		s.SetClocks(time.Now, func() (time.Duration, error) { return 0, context.Canceled })
		time.Sleep(150 * time.Minute)
		s.Poke(wire.Event)
		time.Sleep(time.Minute)
		c.want(t, 0, time.Hour, 2*time.Hour, 150*time.Minute+5*time.Second)
	})
}

func TestStretchedIntervals(t *testing.T) {
	low, plugged := schedule.Power{Battery: true, Percent: 12}, schedule.Power{Percent: 12}
	for _, tc := range []struct {
		name   string
		every  time.Duration
		rules  schedule.Rules
		power  schedule.Power
		want   time.Duration
		reason schedule.Stretched
	}{
		{"low", time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, low, 4 * time.Hour, schedule.LowBattery},
		{"just low", time.Hour, schedule.Rules{BatteryLow: 12, BatteryFactor: 4}, low, 4 * time.Hour, schedule.LowBattery},
		{"not low", time.Hour, schedule.Rules{BatteryLow: 11, BatteryFactor: 4}, low, time.Hour, ""},
		{"empty, but plugged in", time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, plugged, time.Hour, ""},
		{"not known", time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, schedule.Power{}, time.Hour, ""},
		{"not wanted", time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 1}, low, time.Hour, ""},
		{"not wanted, by percent", time.Hour, schedule.Rules{BatteryFactor: 4}, schedule.Power{Battery: true}, time.Hour, ""},
		{"not set", time.Hour, schedule.Rules{}, low, time.Hour, ""},
		{"not longer than a day", 10 * time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, low, 24 * time.Hour, schedule.LowBattery},
		{"a factor that does not fit", time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 1 << 62}, low, 24 * time.Hour, schedule.LowBattery},
		{"it was longer than a day", 48 * time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, low, 48 * time.Hour, ""},
		{"it was a day", 24 * time.Hour, schedule.Rules{BatteryLow: 20, BatteryFactor: 4}, low, 24 * time.Hour, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBubble(t, tc.every, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
				tc.rules.Every = tc.every
				s.Follow(tc.rules)
				s.Power(tc.power)
				state := s.State()
				if state.Every != tc.want || state.Stretched != tc.reason || state.Next.Sub(c.start) != tc.want {
					t.Errorf("State = %+v, want %s", state, tc.want)
				}
				time.Sleep(tc.want)
				c.want(t, 0, tc.want)
			})
		})
	}
}

// On a battery that is low, events are gathered for longer, requests are served
// as always, and with the power comes the usual interval.
func TestLowBattery(t *testing.T) {
	inBubble(t, time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		s.Follow(schedule.Rules{Every: time.Hour, BatteryLow: 20, BatteryFactor: 4})
		s.Power(schedule.Power{Battery: true, Percent: 20})
		poke(t, s, c, 10*time.Minute)
		time.Sleep(10 * time.Minute)
		c.want(t, 0, 10*time.Minute+20*time.Second)
		if err := s.Now(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Power(schedule.Power{Percent: 20})
		poke(t, s, c, 30*time.Minute)
		time.Sleep(65 * time.Minute)
		c.want(t, 0, 10*time.Minute+20*time.Second, 20*time.Minute, 30*time.Minute+5*time.Second, 90*time.Minute+5*time.Second)
	})
}

func TestEventsThatDoNotEndOnALowBattery(t *testing.T) {
	inBubble(t, 24*time.Hour, 0, 0, func(t *testing.T, s *schedule.Schedule, c *checks) {
		s.Follow(schedule.Rules{Every: 24 * time.Hour, BatteryLow: 20, BatteryFactor: 1000})
		s.Power(schedule.Power{Battery: true, Percent: 20})
		poke(t, s, c, upTo(time.Minute, 30*time.Minute, time.Second)...)
		if began, _ := c.seen(); len(began) < 2 || began[1] != 6*time.Minute {
			t.Errorf("events that do not end wait until %v", began)
		}
	})
}
