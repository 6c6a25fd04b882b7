package macsim

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tokenward/tokenward/internal/floor"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// BenchmarkTool starts a tool of a simulated Mac, beside a program that does
// nothing at all.
func BenchmarkTool(b *testing.B) {
	nothing, err := exec.LookPath("true")
	if err != nil {
		b.Skip(err)
	}
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for _, people := range []int{5, 2000} {
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			dir := b.TempDir()
			if err := Layout(dir, crowd(b, people), exe); err != nil {
				b.Fatal(err)
			}
			path := filepath.Join(dir, "usr/bin/profiles")
			ours := func(ctx context.Context) error {
				return exec.CommandContext(ctx, path, "status", "-type", "bootstraptoken").Run()
			}
			plain := func(ctx context.Context) error { return exec.CommandContext(ctx, nothing).Run() }
			floor.ByTurns(b, ours, plain)
		})
	}
}

// BenchmarkRead reads the state of a Mac as each of its tools does, beside a
// program that reads the same bytes and understands nothing.
func BenchmarkRead(b *testing.B) {
	for _, people := range []int{5, 2000} {
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			f := folder(b.TempDir())
			m := crowd(b, people)
			if err := os.MkdirAll(f.path(ownFolder), 0o700); err != nil {
				b.Fatal(err)
			}
			if err := f.save(&m, nil); err != nil {
				b.Fatal(err)
			}
			ours := func(context.Context) error {
				_, err := f.load()
				return err
			}
			plain := func(context.Context) error {
				_, err := os.ReadFile(f.path(statePath))
				return err
			}
			b.ReportAllocs()
			floor.ByTurns(b, ours, plain)
		})
	}
}

// crowd is the office with that many people.
func crowd(b *testing.B, people int) state.Mac {
	b.Helper()
	m := *newOffice(b)
	person := m.Accounts[len(m.Accounts)-1]
	for i := 2; i < people; i++ {
		person.Name, person.UID = fmt.Sprintf("user%04d", i), 501+i
		person.RealName, person.Home = person.Name, "/Users/"+person.Name
		person.GUID = fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i)
		m.Accounts = append(m.Accounts, person)
	}
	return m
}
