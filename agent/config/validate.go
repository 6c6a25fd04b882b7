package config

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// fault is a value that cannot be, or that does not fit another one.
type fault struct{ key, text string }

func (f *fault) Error() string { return f.key + ": " + f.text }

func faultf(key, format string, args ...any) *fault {
	return &fault{key: key, text: fmt.Sprintf(format, args...)}
}

type faults []*fault

func (all *faults) add(f *fault) {
	if f != nil {
		*all = append(*all, f)
	}
}

func (all *faults) addf(key, format string, args ...any) { all.add(faultf(key, format, args...)) }

// Validate checks ranges and what must fit together. It reports every problem,
// each with its key.
func (c Config) Validate() error { return c.faults().err() }

func (all faults) err() error {
	errs := make([]error, len(all))
	for i, f := range all {
		errs[i] = f
	}
	return errors.Join(errs...)
}

func (c Config) faults() (found faults) {
	for _, k := range Keys() {
		found.add(k.fault(valueAt(c, k.Path)))
	}
	return slices.Concat(found, c.Server.faults(), c.Enrollment.faults(), c.Device.faults(), c.Policy.faults(), c.Remediation.faults(), c.Orders.faults())
}

// fault checks a value against the bounds and choices of its key.
func (k Key) fault(v any) *fault {
	switch v := v.(type) {
	case time.Duration:
		return between(k.Path, v, time.Duration(k.Low), time.Duration(k.High))
	case int:
		return within(k.Path, v, int(k.Low), int(k.High))
	case Level:
		return oneOf(k.Path, string(v), k.Choices...)
	case string:
		if k.Choices != nil {
			return oneOf(k.Path, v, k.Choices...)
		}
		return fits(k, v)
	}
	return nil
}

func between(key string, v, low, high time.Duration) *fault {
	if v < low || v > high {
		return faultf(key, "%s is not between %s and %s", v, low, high)
	}
	return nil
}

func within(key string, v, low, high int) *fault {
	if v < low || v > high {
		return faultf(key, "%d is not between %d and %d", v, low, high)
	}
	return nil
}

func oneOf(key, v string, allowed ...string) *fault {
	if slices.Contains(allowed, v) {
		return nil
	}
	return faultf(key, "%q is none of %q", v, allowed)
}

// fits checks the length of a text. The value is not shown: it may be long, and it
// may be what somebody pasted in the wrong place.
func fits(k Key, v string) *fault {
	switch {
	case int64(len(v)) > k.High:
		return faultf(k.Path, "%d bytes, at most %d are allowed", len(v), k.High)
	case k.File && v != "" && v[0] != '/':
		return faultf(k.Path, "it is no whole path: the daemon has no folder of its own to begin at")
	}
	return nil
}
