//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec" //nolint:depguard // it measures programs; nothing of it is shipped
	"path/filepath"
	"strings"
)

const module = "github.com/tokenward/tokenward"

// program is one of those that are built, by its package.
type program string

const (
	agentProgram program = "cmd/tokenward"
	floorProgram program = "internal/floor/daemon"
	toolProgram  program = "cmd/footprint/tool"
)

// system is what a program is built for.
type system struct{ os, arch string }

func (s system) String() string { return s.os + "/" + s.arch }

// here is where everything runs; the others are only looked at.
func here() system { return system{"linux", "amd64"} }

func shipped() []system { return []system{here(), {"darwin", "arm64"}, {"darwin", "amd64"}} }

func (b *bench) path(p program, s system) string {
	return filepath.Join(b.dir, "bin", s.os+"-"+s.arch, filepath.Base(string(p)))
}

// build makes a program as the Makefile makes what is shipped.
func (b *bench) build(ctx context.Context, p program, s system) error {
	//nolint:gosec // our own packages, into our own folder
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=bench", "-o", b.path(p, s), module+"/"+string(p))
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+s.os, "GOARCH="+s.arch)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s for %s: %w\n%s", p, s, err, out)
	}
	return nil
}

// sizes builds everything and notes how large it is.
func (b *bench) sizes(ctx context.Context) error {
	if err := b.build(ctx, toolProgram, here()); err != nil {
		return err
	}
	for _, s := range b.systems {
		for _, p := range []program{agentProgram, floorProgram} {
			if err := b.build(ctx, p, s); err != nil {
				return err
			}
			info, err := os.Stat(b.path(p, s))
			if err != nil {
				return err
			}
			b.note(size(s), map[program]subject{agentProgram: ours, floorProgram: floor}[p], float64(info.Size())/1e6)
		}
	}
	return nil
}

// findExporter returns the path of Debian's prometheus-node-exporter. Where it is
// not installed its package is unpacked into our folder: installing it would
// start a service.
func (b *bench) findExporter(ctx context.Context) (string, error) {
	const name = "prometheus-node-exporter"
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	folder := filepath.Join(b.dir, "debian")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // apt fetches as a user of its own
		return "", err
	}
	for _, line := range [][]string{{"apt-get", "download", "-q", name}, {"sh", "-c", "dpkg-deb -x *.deb ."}} {
		c := exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // fixed words
		c.Dir = folder
		if out, err := c.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(line, " "), err, strings.TrimSpace(string(out)))
		}
	}
	return filepath.Join(folder, "usr/bin", name), nil
}
