package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// viper lives in this file alone: it is case-insensitive, splits keys at dots,
// converts types as it likes and ignores what it does not know, and each of
// these is switched off or checked here.

// keyDelimiter is a character that no key contains, so that viper's own idea of
// nested keys never applies.
const keyDelimiter = "\x1f"

// maxFile is the largest configuration that is read.
const maxFile = 1 << 20

// Setting is one value from the command line; it overrides the file.
type Setting struct {
	Section string // empty for a key at the top
	Key     string
	Value   any // of the type of the field
}

// Load reads the file, puts the settings of the command line above it and
// checks the result. A file that does not exist is an empty one, unless the
// caller named it.
func Load(path string, named bool, settings []Setting) (Config, error) {
	data, err := rootfile.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) && !named {
		data, err = nil, nil
	}
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	if err := checkKeys(path, data); err != nil {
		return Config{}, err
	}
	return merge(path, data, settings)
}

func merge(path string, data []byte, settings []Setting) (Config, error) {
	v := viper.NewWithOptions(viper.KeyDelimiter(keyDelimiter))
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(data)); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	for _, s := range settings {
		key := s.Key
		if s.Section != "" {
			key = s.Section + keyDelimiter + s.Key
		}
		v.Set(key, s.Value)
	}
	c := Default()
	if err := v.UnmarshalExact(&c, strict); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	if err := errors.Join(c.Validate(), c.Policy.tooLong(time.Now())); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// strict decodes a value only into its own type; a duration, a day and a severity
// are texts.
func strict(c *mapstructure.DecoderConfig) {
	c.WeaklyTypedInput = false
	c.ErrorUnused = true
	c.DecodeHook = mapstructure.DecodeHookFuncType(func(from, to reflect.Type, value any) (any, error) {
		text, isText := value.(string)
		switch {
		case from == to:
			return value, nil
		case to == reflect.TypeFor[time.Duration]() && !isText:
			return nil, fmt.Errorf("%v is not a duration such as 90s or 15m", value)
		case !isText:
			return value, nil
		}
		return fromText(to, text)
	})
}

// fromText reads what stands in the file as a text and is more than that. Codes are
// written in capitals, which viper takes from them where they are keys.
func fromText(to reflect.Type, text string) (any, error) {
	switch to {
	case reflect.TypeFor[time.Duration]():
		return time.ParseDuration(text)
	case reflect.TypeFor[time.Time]():
		return time.Parse(time.DateOnly, text)
	case reflect.TypeFor[health.Code]():
		return health.Code(strings.ToUpper(text)), nil
	case reflect.TypeFor[health.Severity]():
		var s health.Severity
		err := s.UnmarshalText([]byte(text))
		return s, err
	}
	return text, nil
}
