//go:build linux

package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// troubleOf is the one of that page and name.
func troubleOf(t *testing.T, slug, name string) trouble {
	t.Helper()
	all := troubles()
	i := slices.IndexFunc(all, func(tr trouble) bool { return tr.slug == slug && tr.name == name })
	if i < 0 {
		t.Fatalf("nobody follows %s %s", slug, name)
	}
	return all[i]
}

// followed lets somebody do what the plan says, and returns that person.
func followed(t *testing.T, slug, name string) *person {
	t.Helper()
	tr := troubleOf(t, slug, name)
	p := tr.begins(t)
	if err := p.follows(tr.goal, tr.user, tr.said, asPrinted); err != nil {
		t.Fatal(err)
	}
	return p
}

// readBy lets somebody do what the page says.
func readBy(t *testing.T, slug, name string) *person {
	t.Helper()
	tr := troubleOf(t, slug, name)
	p := tr.begins(t)
	ways := runbookWays(tr.page(t, p))
	if err := p.reads(ways[tr.way]); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *person) sees(t *testing.T, line, want string) {
	t.Helper()
	if err := p.types(line, nil); err != nil || !strings.Contains(p.shown, want) {
		t.Errorf("%s: %v\n%s\nwant %q", line, err, p.shown, want)
	}
}

const statusOfEscrow = "sudo profiles status -type bootstraptoken"

// F3: the escrow is triggered by hand.
func TestSeed_F3(t *testing.T) {
	t.Parallel()
	followed(t, "bootstrap-token-not-escrowed", "from afar").sees(t, statusOfEscrow, "escrowed to server: YES")
}

// F7: a token that was turned off is seen, and comes back with a login.
func TestSeed_F7(t *testing.T) {
	t.Parallel()
	p := troubleOf(t, "token-turned-off", "with the user").begins(t)
	out, err := p.tokenward("status")
	if err != nil || !strings.Contains(out, "DEGRADED") || !strings.Contains(out, "bkaya has no Secure Token") {
		t.Errorf("%v\n%s", err, out)
	}
	followed(t, "token-turned-off", "with the user").sees(t, "sysadminctl -secureTokenStatus bkaya", "ENABLED")
}

// A3: the credentials of an admin who holds a token escrow.
func TestSeed_A3(t *testing.T) {
	t.Parallel()
	p := followed(t, "no-token-admin-known", "with both")
	p.sees(t, statusOfEscrow, "escrowed to server: YES")
	p.sees(t, "sysadminctl -secureTokenStatus newhire", "ENABLED")
}

// A7: nobody is there: recoveryOS, with the recovery key; without it, an erase may be
// needed.
func TestSeed_A7(t *testing.T) {
	t.Parallel()
	followed(t, "admin-password-unknown", "with the key").sees(t, statusOfEscrow, "escrowed to server: YES")
	followed(t, "nobody-accessible", "with nothing").sees(t, "sysadminctl -secureTokenStatus yito", "ENABLED")
	tr := troubleOf(t, "locked-out-at-filevault", "with nothing")
	p := tr.begins(t)
	page := tr.page(t, p)
	ways := runbookWays(page)
	if err := p.reads(ways[0]); !errors.Is(err, errNoWay) || !strings.Contains(page, "If all other ways are really closed, this destroys least") {
		t.Errorf("without a key: %v", err)
	}
}

// A10: another token user unlocks, in person or with a password that is told and
// changed afterwards.
func TestSeed_A10(t *testing.T) {
	t.Parallel()
	readBy(t, "locked-out-at-filevault", "with a colleague").sees(t, "sysadminctl -secureTokenStatus mbauer", "ENABLED")
	p := readBy(t, "locked-out-at-filevault", "with a password that is told")
	m, err := p.mac()
	if a, there := m.Account("itadmin"); err != nil || !there || a.Password == "itadmin-pw" {
		t.Errorf("the password that was told still counts: %v", err)
	}
}
