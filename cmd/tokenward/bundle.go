package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/collectors/redact"
	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/run"
)

func (a *app) bundleCommand() *cobra.Command {
	var o bundleOptions
	c := &cobra.Command{
		Use:   "bundle [FILE]",
		Short: "Pack what the Mac answers into a file for others to look at",
		Long: "Asks the Mac everything, takes out what is secret, and writes a recording that tokenward diagnose\n" +
			"judges as it would judge this Mac. It names accounts, people and hosts, unless --redact-names\n" +
			"gives each of them another name. Recovery keys and passwords are never in it.\n\n" +
			"FILE is tokenward-SERIAL-DATE.tar.gz in this folder unless another is named. No file is overwritten.\n\n" + exitHelp,
		Args: atMostOneArgument,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.file = args[0]
			}
			return a.bundle(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.names, "redact-names", false, "replace the names of accounts, people, hosts and machines as well")
	c.Flags().StringVar(&o.from, "from", "", "take an existing `recording`, a folder or a .tar.gz, instead of asking this Mac")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print what was written as JSON")
	return c
}

func atMostOneArgument(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(fmt.Errorf("%s takes one file, not %q; see %s --help", c.CommandPath(), args, c.CommandPath()))
	}
	return nil
}

type bundleOptions struct {
	file   string // empty: named for the Mac and the day
	from   string // empty: this Mac is asked
	names  bool
	asJSON bool
}

// bundle asks, or reads what was asked before, and writes the redacted recording.
func (a *app) bundle(ctx context.Context, o bundleOptions) error {
	if o.file != "" {
		if _, err := os.Lstat(o.file); err == nil {
			return fmt.Errorf("bundle: %s is there already, and is not overwritten", o.file)
		}
	}
	recording, err := a.toBundle(ctx, o.from)
	if err != nil {
		return err
	}
	serial, err := serialOf(ctx, recording)
	if err != nil {
		return &codeError{exitUnreadable, err}
	}
	redacted := redact.Secrets(recording)
	if o.names {
		redacted, serial = redact.Names(recording), ""
	}
	redacted.Provenance.Tool = "tokenward " + version
	if o.file == "" {
		o.file = bundleName(serial, recording.TakenAt)
	}
	written, err := writeBundle(o.file, redacted)
	if err != nil {
		return err
	}
	if o.asJSON {
		return a.printJSON(written)
	}
	_, err = a.out.Write([]byte(written.text(redact.Unknown(recording))))
	return err
}

// toBundle is what is to be redacted.
func (a *app) toBundle(ctx context.Context, from string) (run.Recording, error) {
	if from == "" {
		return a.askEverything(ctx)
	}
	recording, err := run.OpenRecording(from)
	if err != nil {
		return run.Recording{}, &codeError{exitUnreadable, err}
	}
	return recording, nil
}

// askEverything asks this Mac as check --deep does.
func (a *app) askEverything(ctx context.Context) (run.Recording, error) {
	cfg, err := a.load()
	if err != nil {
		return run.Recording{}, err
	}
	if err := native(); err != nil {
		return run.Recording{}, err
	}
	if !a.privileged() {
		fmt.Fprintln(a.err, "tokenward: not run as root: several tools will not answer, and the bundle will say so little")
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	now, mac := time.Now().UTC(), a.mac(cfg)
	recorder := run.NewRecorder(a.waiting(mac.Run), mac.Files, mac.Net)
	mac.Run, mac.Files, mac.Net = recorder, recorder, recorder
	limited, cancel := context.WithTimeout(ctx, cfg.CheckLimit)
	defer cancel()
	collectors.Take(limited, mac, now, collectors.All())
	if ctx.Err() != nil {
		return run.Recording{}, errors.New("bundle: interrupted; nothing was written")
	}
	return recorder.Recording(now), nil
}

// serialOf judges the recording once, which also finds out whether it can be, and
// returns the serial number in it; empty where it does not say.
func serialOf(ctx context.Context, recording run.Recording) (string, error) {
	replay, err := run.NewReplay(recording)
	if err != nil {
		return "", err
	}
	mac := collectors.Mac{Run: replay, Files: replay, Net: replay, Privileged: true, Free: true}
	found := agent.Look(ctx, mac, replay.TakenAt(), collectors.All(), health.Policy{})
	serial, _ := found.Snapshot.Serial.Known()
	return serial, nil
}

var plainSerial = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

func bundleName(serial string, at time.Time) string {
	day := at.UTC().Format(time.DateOnly)
	if !plainSerial.MatchString(serial) {
		return "tokenward-" + day + ".tar.gz"
	}
	return "tokenward-" + serial + "-" + day + ".tar.gz"
}

// bundled is what was written.
type bundled struct {
	Path     string   `json:"path"`
	SHA256   string   `json:"sha256"`
	Files    []string `json:"files"` // in the archive
	Redacted []string `json:"redacted"`
}

func writeBundle(path string, recording run.Recording) (bundled, error) {
	var packed bytes.Buffer
	if err := recording.WriteArchive(&packed); err != nil {
		return bundled{}, err
	}
	files, err := recording.Contents()
	if err != nil {
		return bundled{}, err
	}
	if err := writeNew(path, packed.Bytes()); err != nil {
		return bundled{}, fmt.Errorf("bundle: %w", err)
	}
	sum := sha256.Sum256(packed.Bytes())
	w := bundled{Path: path, SHA256: hex.EncodeToString(sum[:]), Redacted: recording.Provenance.Redacted}
	for _, f := range files {
		w.Files = append(w.Files, f.Name)
	}
	return w, nil
}

// writeNew writes a file that must not be there, for its owner alone. A file that
// could not be written whole is removed.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// text says what is in the file, what is not, and how to look at it. Of the
// commands, some may have been left out.
func (w bundled) text(left int) string {
	const index, sums = 1, 1
	took := "secrets were taken out, names of accounts, people and hosts are in it (--redact-names)"
	if slices.Contains(w.Redacted, "names") {
		took = "secrets were taken out, and names were replaced by others"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: what the Mac answered, in %d files; %s.\n", w.Path, len(w.Files)-index-sums, took)
	switch {
	case left == 1:
		b.WriteString("1 command of the recording is unknown to this version and was left out.\n")
	case left > 1:
		fmt.Fprintf(&b, "%d commands of the recording are unknown to this version and were left out.\n", left)
	}
	fmt.Fprintf(&b, "Look at it with: tokenward diagnose %[1]s · tar -xzf %[1]s\n", w.Path)
	return b.String()
}
