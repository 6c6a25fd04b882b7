package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kardianos/service"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/log"
	"github.com/tokenward/tokenward/internal/paths"
)

func (a *app) runCommand() *cobra.Command {
	var logFile string
	c := &cobra.Command{
		Use:   "run",
		Short: "Run as the daemon, under launchd or in the foreground",
		Long: "Checks the Mac at once and then at every interval, answers tokenward status, and sends\n" +
			"reports to the server if one is configured. Ends on SIGTERM and on Ctrl-C, at once at the second;\n" +
			"SIGHUP has it read its configuration anew.\n\n" + exitHelp,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			sources := a.sources(settings(c.Flags()))
			if err := config.Typed(sources); err != nil {
				return usage(err)
			}
			if err := native(); err != nil {
				return err
			}
			ctx, stop := interruptible(c.Context())
			defer stop()
			return a.daemon(ctx, sources, logFile)
		},
	}
	f, d := c.Flags(), config.Default()
	f.Duration("interval", d.Interval, "time between checks")
	f.Duration("splay", d.Splay, "what a fleet spreads over: each Mac waits for its own part of it")
	f.Duration("tool-limit", d.ToolLimit, "the longest that one tool may take")
	f.String("device-name", "", "what this Mac is called in reports")
	f.String("server-url", "", "where reports go, `https://…`")
	f.String("server-token-file", "", "`file` with the server's bearer token")
	f.StringVar(&logFile, "log-file", "", "log to this `file`, - for standard error (default: the terminal, else /var/log/tokenward/agent.log)")
	return c
}

// settings returns the flags that were given, as settings above the file.
func settings(flags *pflag.FlagSet) []config.Setting {
	keys := map[string]config.Setting{
		"interval": {Key: "interval"}, "splay": {Key: "splay"}, "tool-limit": {Key: "tool_limit"},
		"device-name": {Section: "device", Key: "name"},
		"server-url":  {Section: "server", Key: "url"}, "server-token-file": {Section: "server", Key: "token_file"},
	}
	var given []config.Setting
	flags.Visit(func(f *pflag.Flag) {
		if s, ok := keys[f.Name]; ok {
			s.Value = f.Value.String()
			given = append(given, s)
		}
	})
	return given
}

// mostStderr is what is kept of earlier panics: nothing but the daemon's start bounds
// the file that launchd makes.
const mostStderr = 1 << 20

// daemon runs the agent through the service library, which knows how the
// system that started us wants to be answered. No configuration keeps it from running.
func (a *app) daemon(ctx context.Context, sources config.Sources, logFile string) (err error) {
	shortened := log.Shorten(a.paths().Stderr(), mostStderr)
	read := func() config.Loaded { return config.Current(sources, time.Now()) }
	loaded := read()
	out := a.logTo(loaded.Config, logFile)
	if shortened != nil {
		out.logger.Warn("standard error is not kept short", zap.Error(shortened))
	}
	defer func() {
		if err != nil {
			out.logger.Error("ended", zap.Error(err))
		}
		_ = out.close() // it is said on the way out, and nobody reads more
	}()
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	daemon, err := agent.New(agent.Options{
		Config: loaded, Paths: a.paths(), Mac: a.mac, Version: build(), Log: out.logger, Read: read, Applied: out.change,
		Settings: config.Files(sources), Unified: out.unified, Hangups: hangups, Outside: agent.Outside{Built: built(), Rest: rest},
	})
	if err != nil {
		return err
	}
	p := &program{ctx: ctx, daemon: daemon, ended: make(chan error, 1)}
	s, err := service.New(p, &service.Config{Name: paths.Label, Option: service.KeyValue{"RunWait": p.wait}})
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	if err := s.Run(); err != nil {
		return err
	}
	return p.err
}

// program is the agent as the service library sees it. The library's own way
// of waiting would not notice that the work has failed: ours ends with it.
type program struct {
	ctx    context.Context //nolint:containedctx // the library's Start has none
	daemon *agent.Agent
	ended  chan error // holds one, so that nobody has to wait for it
	err    error      // of wait alone
}

// Start begins the work and returns at once, as the library requires.
func (p *program) Start(service.Service) error {
	go func() { p.ended <- p.daemon.Run(p.ctx) }()
	return nil
}

// Stop has nothing left to do: the work has ended when it is called.
func (p *program) Stop(service.Service) error { return nil }

// endWithin is how long the whole daemon may take to end, whatever hangs: a disk that
// takes no write lets nothing end in order.
const endWithin = 4500 * time.Millisecond

var errHangs = errors.New("it did not end in time and is left behind")

// wait returns when the work has ended, or has had its time to.
func (p *program) wait() {
	select {
	case p.err = <-p.ended:
		return
	case <-p.ctx.Done():
	}
	timer := time.NewTimer(endWithin)
	defer timer.Stop()
	select {
	case p.err = <-p.ended:
	case <-timer.C:
		p.err = errHangs
	}
}

// logs are where the daemon says what it does.
type logs struct {
	logger  *zap.Logger
	unified *log.Unified // nil: not to the unified log
	change  func(config.Config)
	close   func() error
}

// logTo takes standard error where a person watches, or where somebody who is not
// root runs the daemon, and else the file. What launchd keeps of standard error is
// then for panics alone.
func (a *app) logTo(cfg config.Config, path string) logs {
	if path == "-" || (path == "" && (isTerminal(a.err) || !a.privileged())) {
		level := zap.NewAtomicLevelAt(log.Level(cfg.Log.Level))
		return logs{
			logger: log.Console(a.err, isTerminal(a.err), level), close: func() error { return nil },
			change: func(c config.Config) { level.SetLevel(log.Level(c.Log.Level)) },
		}
	}
	file := a.logFile(cfg.Log, path)
	const closeWithin = 400 * time.Millisecond
	return logs{
		logger: file.Logger(), unified: log.NewUnified(systemTools(a.root)),
		change: func(c config.Config) { file.Change(log.Level(c.Log.Level), limitsOf(c.Log)) },
		close:  func() error { return file.Close(closeWithin) },
	}
}

// logFile opens the daemon's log, or the file that was named. Only the folder of the
// one is ours to make and to close to others.
func (a *app) logFile(cfg config.Log, path string) *log.Log {
	if path == "" || filepath.Dir(path) == a.paths().Logs() {
		return log.Open(cmp.Or(path, a.paths().Log()), limitsOf(cfg), log.Level(cfg.Level))
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole // all folders above it are looked at
	}
	return log.OpenIn(path, limitsOf(cfg), log.Level(cfg.Level))
}

func limitsOf(c config.Log) log.Limits { return log.Limits{Bytes: c.MaxBytes, Files: c.MaxFiles} }
