//go:build !darwin

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// namesOn are what people on a Mac are called there. Every Mac has a Guest and a nobody.
func namesOn(t *testing.T, root string) (all []string) {
	t.Helper()
	m, err := macsim.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range m.Accounts {
		if strings.HasPrefix(a.Name, "_") || slices.Contains([]string{"root", "nobody", "daemon", "Guest"}, a.Name) {
			continue
		}
		all = append(all, a.Name)
		if a.RealName != "" {
			all = append(all, a.RealName)
		}
	}
	return all
}

// With hashed names nothing that leaves the Mac, in no kind of request, holds the name
// of an account, while whoever is at the Mac reads them as ever.
func TestNoNameLeavesTheMac(t *testing.T) {
	t.Parallel()
	root, server := simulate(t, "user-without-token", ""), newRecorder(t)
	configure(t, root, server.inYAML()+"privacy: {names: hashed}\n")
	d := startDaemon(t, root)
	d.until(sendsTo(server.url))
	d.check() // which makes everything known again, to a server that has just let it in
	status := d.check()
	waitFor(t, func() bool {
		return slices.ContainsFunc(server.took(), func(r wire.Report) bool { return r.Kind == wire.Heartbeat })
	})

	all, page := server.all(), tokenward(t, "status", "--root", root).out
	names := namesOn(t, root)
	if len(names) < 4 || !strings.Contains(all, wire.EnrollPath) || !strings.Contains(all, `"kind":"snapshot"`) {
		t.Fatalf("there is nothing to compare: %v\n%s", names, all)
	}
	for _, name := range names {
		if strings.Contains(strings.ToLower(all), strings.ToLower(name)) {
			t.Errorf("%q left the Mac", name)
		}
	}
	if host, err := os.Hostname(); err == nil && len(host) > 3 && strings.Contains(all, host) {
		t.Errorf("the host name %q left the Mac", host)
	}
	for _, a := range status.Report.Accounts {
		if !strings.Contains(page, a.Name) {
			t.Errorf("status does not name %s:\n%s", a.Name, page)
		}
	}
	info, err := os.Stat(paths.Under(root).PrivacyKey())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key of the pseudonyms: %v, %v", info, err)
	}
	d.end()
}
