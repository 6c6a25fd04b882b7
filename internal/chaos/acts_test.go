//go:build !darwin

package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/server/store"
)

// act is one thing that happens to a world. It says what it did.
type act struct {
	weight int // how often it is drawn, beside the others
	does   func(*world) string
}

func acts() []act {
	return slices.Concat(onTheNetwork(), onTheDisk(), onTheDaemon(), onTheMac(), atTheServer())
}

func onTheNetwork() []act {
	return []act{
		{14, func(w *world) string {
			all := weathers()
			chosen := all[w.below(len(all))]
			w.network.set(chosen)
			return "network: " + chosen.name
		}},
		{6, func(w *world) string { w.network.set(weather{}); return "network: fine" }},
	}
}

func onTheDisk() []act {
	return []act{
		{3, func(w *world) string {
			all := ailments()
			chosen := all[w.below(len(all))]
			w.drive.ail(chosen)
			return "disk: " + chosen.name
		}},
		{4, func(w *world) string { w.drive.heal(); return "disk: well" }},
		{2, func(w *world) string {
			room := w.below(20_000)
			w.drive.now().Room(room, -1)
			return fmt.Sprintf("disk: %d bytes are free", room)
		}},
		{1, func(w *world) string {
			left := w.below(5)
			w.drive.now().Room(-1, left)
			return fmt.Sprintf("disk: %d inodes are free", left)
		}},
		{2, func(w *world) string {
			name, done := w.drive.flip(w.paths.Spool())
			w.flips++
			return fmt.Sprintf("disk: a bit of %s turns over: %t", name, done)
		}},
	}
}

func onTheDaemon() []act {
	return []act{
		{3, func(w *world) string { w.stop(); return "the daemon is asked to end" }},
		{3, func(w *world) string { w.die(false); return "SIGKILL" }},
		{3, func(w *world) string { w.die(true); return "the power goes" }},
		{5, func(w *world) string { return w.dieAtStep(false) }},
		{6, func(w *world) string { return w.dieAtStep(true) }},
		{2, func(w *world) string {
			w.network.lieInWait(ambush{before: func() { w.die(w.below(2) == 0) }})
			return "it will die before the next request arrives"
		}},
		{3, func(w *world) string {
			w.network.lieInWait(ambush{after: func() { w.die(w.below(2) == 0) }})
			return "it will die after the next request arrived"
		}},
		{2, (*world).staysOff},
		{3, (*world).reconfigured},
		{1, (*world).second},
		{1, (*world).rotate},
	}
}

func (w *world) dieAtStep(power bool) string {
	steps := 1 + w.below(80)
	w.drive.dieAt(steps, func() { w.die(power) })
	return fmt.Sprintf("it will die at step %d of the disk, power cut: %t", steps, power)
}

func (w *world) staysOff() string {
	off := time.Duration(1+w.below(600)) * time.Minute
	w.rest(off)
	w.die(true)
	return fmt.Sprintf("the Mac is off for %s", off)
}

// reconfigured: another interval, other limits, another timeout, for which there is
// another connection.
func (w *world) reconfigured() string {
	which, n := w.below(4), w.below(40)
	w.reconfigure(func(c *config.Config) {
		switch which {
		case 0:
			c.Interval = time.Duration(10+n) * time.Minute
		case 1:
			c.Spool.MaxReports = 3 + n
		case 2:
			c.Server.Timeout = time.Duration(5+n) * time.Second
		case 3:
			c.Spool.MaxBytes = 30<<10 + n<<12
		}
	})
	return fmt.Sprintf("settings: change %d to %d", which, n)
}

// second starts another daemon beside the one that runs, which must refuse.
func (w *world) second() string {
	synctest.Wait()
	l := w.living()
	if l == nil || l.dead.Load() || w.drive.ailing() {
		return "no second daemon"
	}
	o := w.options()
	o.Log = zap.NewNop()
	a, err := agent.New(o)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err = a.Run(ctx)
	}
	if !l.dead.Load() && !errors.Is(err, agent.ErrRunning) {
		w.truth.breaks("a second daemon beside the first: %v", err)
	}
	return fmt.Sprintf("a second daemon: %v", err)
}

// rotate makes the next keys, as an operator's order would, while no daemon runs.
func (w *world) rotate() string {
	w.stop()
	w.settle()
	if w.living() != nil || w.drive.ailing() {
		return "no rotation"
	}
	keys, err := identity.OpenOn(rootfile.Files{Disk: w.drive.now()}, w.paths.Identity(), serverURL)
	if err == nil {
		err = keys.Rotate(time.Now())
	}
	w.secrets.collect(w.drive, w.paths.Identity())
	return fmt.Sprintf("keys are rotated: %v", err)
}

func onTheMac() []act {
	return []act{
		{4, func(w *world) string {
			escrowed := w.below(2) == 0
			w.mac.change(func(s *state.Mac) { s.Bootstrap.Escrowed = escrowed })
			return fmt.Sprintf("the Mac: Bootstrap Token escrowed: %t", escrowed)
		}},
		{3, func(w *world) string {
			name := fmt.Sprint("user", w.below(6))
			if w.below(3) == 0 {
				w.mac.do(&state.Delete{User: name})
				return "the Mac: gone: " + name
			}
			w.mac.do(&state.Create{User: name, Granter: "itadmin"})
			return "the Mac: new: " + name
		}},
		{2, func(w *world) string {
			tools := []run.Tool{run.Fdesetup, run.Diskutil, run.Profiles, run.Dscl, run.Ioreg}
			chosen := tools[w.below(len(tools))]
			broken := w.below(3) > 0
			w.mac.fail(chosen, broken)
			return fmt.Sprintf("the Mac: %s fails: %t", chosen.Path(), broken)
		}},
		{4, func(w *world) string {
			w.sleeping.Store(!w.sleeping.Load())
			return fmt.Sprint("the Mac sleeps: ", w.sleeping.Load())
		}},
		{1, (*world).swap},
	}
}

// swap puts the disk into another Mac of the same make.
func (w *world) swap() string {
	if w.below(3) > 0 {
		return "no other Mac"
	}
	w.stop()
	w.settle()
	n := w.below(1 << 16)
	w.swaps++
	w.mac.change(func(s *state.Mac) {
		s.Serial, s.HardwareUUID = fmt.Sprintf("FVTEST%04X", n), fmt.Sprintf("0B6E6E1B-6C2C-5D0E-9D5C-3E9C6B1F%04X", n)
	})
	return fmt.Sprintf("the disk is in another Mac: %04X", n)
}

func atTheServer() []act {
	return []act{
		{4, func(w *world) string { return fmt.Sprint("server stops: ", w.backend.stop()) }},
		{6, func(w *world) string { return fmt.Sprint("server starts: ", w.backend.restart()) }},
		{8, func(w *world) string { return w.decide(store.KeyPending, "approve") }},
		{1, func(w *world) string { return w.decide(store.KeyPending, "refuse") }},
		{2, func(w *world) string { return w.decide(store.KeyActive, "revoke") }},
	}
}

func (w *world) decide(state store.KeyState, verb string) string {
	n, err := w.backend.decide(state, verb)
	if err != nil {
		return fmt.Sprintf("a person would %s: %v", verb, err)
	}
	return fmt.Sprintf("a person: %s of %d keys", verb, n)
}
