package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func charged(percent int, unplugged bool) func(*state.Mac) {
	return func(m *state.Mac) { m.Power = state.Power{Battery: true, Percent: percent, Unplugged: unplugged} }
}

func TestPmset(t *testing.T) {
	testAnswers(t, "/usr/bin/pmset", []answerCase{
		{name: "settings", args: "-g", want: out("System-wide power settings:\nCurrently in use:\n")},
		{name: "battery", args: "-g|batt", want: out("Now drawing from 'AC Power'\n")},
		{name: "power sources", args: "-g|ps", want: out("Now drawing from 'AC Power'\n")},
		{name: "on battery", args: "-g|batt", change: charged(72, true), want: out("Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1234567)\t72%; discharging; (no estimate) present: true\n")},
		{name: "charging", args: "-g|ps", change: charged(0, false), want: out("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1234567)\t0%; charging; (no estimate) present: true\n")},
		{name: "full", args: "-g|batt", change: charged(100, false), want: out("Now drawing from 'AC Power'\n -InternalBattery-0 (id=1234567)\t100%; charged; 0:00 remaining present: true\n")},
		{name: "assertions", args: "-g|assertions", want: out("2026-03-09 08:07:06 +0000 \nAssertion status system-wide:\n" +
			"   BackgroundTask                 0\n   ApplePushServiceTask           0\n   UserIsActive                   0\n" +
			"   PreventUserIdleDisplaySleep    0\n   PreventSystemSleep             0\n   ExternalMedia                  0\n" +
			"   PreventUserIdleSystemSleep     0\n   NetworkClientActive            0\nListed by owning process:\nNo kernel assertions.\n")},
		{name: "unknown", args: "-g|custom", want: errText(125, "macsim: pmset -g custom is not simulated\n")},
		{name: "changing", args: "sleepnow", want: errText(125, "macsim: pmset sleepnow is not simulated\n")},
	})
}
