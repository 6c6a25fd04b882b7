package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

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
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// strict decodes a value only into its own type; a duration is a text.
func strict(c *mapstructure.DecoderConfig) {
	c.WeaklyTypedInput = false
	c.ErrorUnused = true
	c.DecodeHook = mapstructure.DecodeHookFuncType(func(from, to reflect.Type, value any) (any, error) {
		if to != reflect.TypeFor[time.Duration]() || from == to {
			return value, nil
		}
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a duration such as 90s or 15m", value)
		}
		return time.ParseDuration(text)
	})
}
