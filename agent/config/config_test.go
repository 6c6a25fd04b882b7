package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/wire"
)

func isError(err, want error) bool { return err != nil && errors.Is(err, want) }

func TestDefaultsAreValid(t *testing.T) {
	t.Parallel()
	if err := config.Default().Validate(); err != nil {
		t.Error(err)
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	labels := func(n int) []wire.Label {
		all := make([]wire.Label, n)
		for i := range all {
			all[i] = wire.Label{Key: strings.Repeat("k", 64), Value: strings.Repeat("v", 256)}
		}
		return all
	}
	for _, tc := range []struct {
		name   string
		change func(*config.Config)
		want   string // the key in the error, empty where there is none
	}{
		{"the shortest interval", func(c *config.Config) { c.Interval = time.Second }, ""},
		{"a shorter interval", func(c *config.Config) { c.Interval = time.Second - 1 }, "interval: "},
		{"the longest interval", func(c *config.Config) { c.Interval = 24 * time.Hour }, ""},
		{"a longer interval", func(c *config.Config) { c.Interval = 24*time.Hour + 1 }, "interval: "},
		{"no splay", func(c *config.Config) { c.Splay = 0 }, ""},
		{"a negative splay", func(c *config.Config) { c.Splay = -1 }, "splay: "},
		{"no limit of a check", func(c *config.Config) { c.CheckLimit = 0 }, "check_limit: "},
		{"a long limit of a check", func(c *config.Config) { c.CheckLimit = 2 * time.Hour }, "check_limit: "},
		{"no limit of a tool", func(c *config.Config) { c.ToolLimit = 0 }, "tool_limit: "},
		{"no timeout", func(c *config.Config) { c.Server.Timeout = 0 }, "server.timeout: "},
		{"no report", func(c *config.Config) { c.Spool.MaxReports = 0 }, "spool.max_reports: "},
		{"one report", func(c *config.Config) { c.Spool.MaxReports = 1 }, ""},
		{"few bytes", func(c *config.Config) { c.Spool.MaxBytes = 1<<20 - 1 }, "spool.max_bytes: "},
		{"an unknown level", func(c *config.Config) { c.Log.Level = "trace" }, "log.level: "},
		{"a level in capitals", func(c *config.Config) { c.Log.Level = "INFO" }, "log.level: "},
		{"as many labels as allowed", func(c *config.Config) { c.Device.Labels = labels(32) }, ""},
		{"too many labels", func(c *config.Config) { c.Device.Labels = labels(33) }, "device.labels: "},
		{"a label without a key", func(c *config.Config) { c.Device.Labels = []wire.Label{{Value: "v"}} }, "device.labels: "},
		{"a label with a long key", func(c *config.Config) { c.Device.Labels = []wire.Label{{Key: strings.Repeat("k", 65)}} }, "device.labels: "},
		{"a label with a long value", func(c *config.Config) {
			c.Device.Labels = []wire.Label{{Key: "k", Value: strings.Repeat("v", 257)}}
		}, "device.labels: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := config.Default()
			tc.change(&c)
			err := c.Validate()
			if (err == nil) != (tc.want == "") || (err != nil && !strings.HasPrefix(err.Error(), tc.want)) {
				t.Errorf("Validate = %v, want %q", err, tc.want)
			}
		})
	}
}

// A report, and the token with it, must not travel in the clear.
func TestServerURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, url string
		ok        bool
	}{
		{"none", "", true},
		{"https", "https://reports.example.com", true},
		{"a port and a path", "https://reports.example.com:8443/base/", true},
		{"http to this machine", "http://localhost:8080", true},
		{"http to this address", "http://127.0.0.1:8080/", true},
		{"http to all of the loopback net", "http://127.8.9.10", true},
		{"http to the IPv6 loopback", "http://[::1]:8080", true},
		{"http", "http://reports.example.com", false},
		{"http to another address", "http://10.0.0.1", false},
		{"http to any address", "http://0.0.0.0", false},
		{"a name that begins like this machine's", "http://localhost.example.com", false},
		{"an address in a name", "http://127.0.0.1.example.com", false},
		{"this machine as a user", "http://localhost@example.com", false},
		{"another scheme", "ftp://reports.example.com", false},
		{"no scheme", "reports.example.com", false},
		{"no host", "https:///v1", false},
		{"a port without a host", "https://:8443", false},
		{"a password", "https://user:hunter2@reports.example.com", false},
		{"a broken password", "https://user:hunter2%zz@reports.example.com", false},
		{"a query", "https://reports.example.com?token=hunter2", false},
		{"a fragment", "https://reports.example.com#hunter2", false},
		{"a blank", "https://reports example.com", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := config.Default()
			c.Server.URL = tc.url
			err := c.Validate()
			if (err == nil) != tc.ok || (err != nil && !strings.HasPrefix(err.Error(), "server.url: ")) {
				t.Errorf("Validate = %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func today() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }
