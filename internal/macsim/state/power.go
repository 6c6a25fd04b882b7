package state

import (
	"errors"
	"fmt"
)

// Power is what the Mac runs on. The zero value is one without a battery, which is
// plugged in.
type Power struct {
	Battery   bool `yaml:"battery,omitempty"`   // there is one inside
	Percent   int  `yaml:"percent,omitempty"`   // of its charge
	Unplugged bool `yaml:"unplugged,omitempty"` // the Mac runs on it
}

func (p Power) check() error {
	switch {
	case p.Percent < 0 || p.Percent > 100:
		return fmt.Errorf("power.percent: %d is not between 0 and 100", p.Percent)
	case !p.Battery && (p.Unplugged || p.Percent != 0):
		return errors.New("power.battery: a Mac without one is plugged in, and has no charge")
	}
	return nil
}
