package state

import "testing"

func TestCharge(t *testing.T) {
	t.Parallel()
	m := start("15.7.1", person("lea"))
	play(t, m, &Charge{Percent: 12, Unplugged: true})
	if want := (Power{Battery: true, Percent: 12, Unplugged: true}); m.Power != want {
		t.Errorf("got %+v, want %+v", m.Power, want)
	}
	play(t, m, &Charge{Percent: 13})
	if m.Power.Unplugged || m.Power.Percent != 13 {
		t.Errorf("got %+v", m.Power)
	}
	for _, percent := range []int{-1, 101} {
		if _, err := m.Do(m.Clock, &Charge{Percent: percent}); err == nil {
			t.Errorf("it has %d%%", percent)
		}
	}
}

func TestPowerThatNoMacHas(t *testing.T) {
	t.Parallel()
	for _, p := range []Power{{Unplugged: true}, {Percent: 1}, {Battery: true, Percent: 101}, {Battery: true, Percent: -1}} {
		m := start("15.7.1", person("lea"))
		m.Power = p
		if err := m.Complete(); err == nil {
			t.Errorf("a Mac with %+v", p)
		}
	}
}
