package config

import (
	"errors"
	"reflect"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// viper lives in this file alone. It is case-insensitive, splits keys at dots,
// converts types as it likes and ignores what it does not know. So it gets values
// that were read strictly and have their types already, and does what is left: one
// layer above the other.

// keyDelimiter is a character that no key contains, so that viper's own idea of
// nested keys never applies.
const keyDelimiter = "\x1f"

// Load puts the layers together for a command, and is strict: every problem of every
// layer is in the error. Only keys that are unknown in managed preferences are passed
// over. Where nothing but managed preferences are wrong, the error is a
// [ManagedError].
func Load(s Sources) (Config, error) { return load(s, time.Now()) }

// ManagedError means that a profile holds mistakes, and nothing else does. Whoever is
// at the Mac cannot mend it, and must be able to ask all the same: see [Current].
type ManagedError struct{ err error }

func (e *ManagedError) Error() string { return e.err.Error() }

func (e *ManagedError) Unwrap() error { return e.err }

func load(s Sources, now time.Time) (Config, error) {
	all := s.read()
	problems := badKeys(all)
	c, wrong := merge(all)
	if len(problems) == 0 {
		wrong = append(wrong, c.Policy.tooLong(now)...)
		problems = placed(all, wrong)
	}
	if len(problems) == 0 {
		return c, nil
	}
	for _, p := range problems {
		if p.Path != s.Paths.Managed() {
			return Config{}, wrapped(problems)
		}
	}
	return Config{}, &ManagedError{wrapped(problems)}
}

// merge lays one reading above the other, the weakest first. Lists and tables are
// values like others: the stronger layer's replaces the whole of the weaker one's.
func merge(all []*reading) (Config, faults) {
	v := viper.NewWithOptions(viper.KeyDelimiter(keyDelimiter))
	c := Default()
	var failed error
	for _, r := range all {
		failed = errors.Join(failed, v.MergeConfigMap(sectioned(r.values)))
	}
	if err := errors.Join(failed, v.UnmarshalExact(&c, strict)); err != nil {
		return Default(), faults{faultf("", "%v", err)}
	}
	return c, c.faults()
}

// strict decodes a value only into its own type.
func strict(c *mapstructure.DecoderConfig) {
	c.WeaklyTypedInput, c.ErrorUnused, c.ZeroFields = false, true, true
	c.DecodeHook = mapstructure.DecodeHookFuncType(func(_, _ reflect.Type, value any) (any, error) { return value, nil })
}

// placed says of each fault in which file it stands, and on which line.
func placed(all []*reading, wrong faults) (problems []Problem) {
	for _, f := range wrong {
		p := Problem{Key: f.key, Text: f.text}
		if r, k := setter(all, f.key); r != nil {
			p = Problem{Path: r.path, Line: r.lines[k], Key: r.name(f.key), Text: f.text}
		}
		problems = append(problems, p)
	}
	return problems
}
