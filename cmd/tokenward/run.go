package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kardianos/service"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/tokenward/tokenward/agent"
	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/internal/paths"
)

func (a *app) runCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "run",
		Short: "Run as the daemon, under launchd or in the foreground",
		Long: "Checks the Mac at once and then at every interval, answers tokenward status, and sends\n" +
			"reports to the server if one is configured. Ends on SIGTERM and on Ctrl-C.\n\n" + exitHelp,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.load(settings(c.Flags()))
			if err != nil {
				return err
			}
			if err := native(); err != nil {
				return err
			}
			ctx, stop := interruptible(c.Context())
			defer stop()
			return a.daemon(ctx, cfg)
		},
	}
	f, d := c.Flags(), config.Default()
	f.Duration("interval", d.Interval, "time between checks")
	f.Duration("splay", d.Splay, "random time added to the interval, and to the first delivery")
	f.Duration("tool-limit", d.ToolLimit, "the longest that one tool may take")
	f.String("device-name", "", "what this Mac is called in reports")
	f.String("server-url", "", "where reports go, `https://…`")
	f.String("server-token-file", "", "`file` with the server's bearer token")
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

// daemon runs the agent through the service library, which knows how the
// system that started us wants to be answered.
func (a *app) daemon(ctx context.Context, cfg config.Config) error {
	log := a.logger(cfg.Log.Level)
	defer log.Sync() //nolint:errcheck // standard error may be a pipe
	daemon, err := agent.New(agent.Options{Config: cfg, Paths: a.paths(), Mac: a.mac(cfg), Version: build(), Log: log})
	if err != nil {
		return err
	}
	p := &program{ctx: ctx, daemon: daemon, done: make(chan struct{})}
	s, err := service.New(p, &service.Config{
		Name:   paths.Label,
		Option: service.KeyValue{"RunWait": func() { <-p.done }},
	})
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
	done   chan struct{}
	err    error // read after done is closed
}

// Start begins the work and returns at once, as the library requires.
func (p *program) Start(service.Service) error {
	go func() {
		defer close(p.done)
		p.err = p.daemon.Run(p.ctx)
	}()
	return nil
}

// Stop has nothing left to do: the work has ended when it is called.
func (p *program) Stop(service.Service) error { return nil }

// logger writes lines for a person to a terminal and JSON to anything else.
// Nothing is sampled away.
func (a *app) logger(level string) *zap.Logger {
	parsed, err := zapcore.ParseLevel(level)
	if err != nil {
		parsed = zapcore.InfoLevel // validated with the configuration
	}
	encoding := zap.NewProductionEncoderConfig()
	encoding.EncodeTime = zapcore.TimeEncoderOfLayout(time.RFC3339)
	encoding.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(encoding)
	if isTerminal(a.err) {
		encoder = zapcore.NewConsoleEncoder(encoding)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(a.err)), parsed)).Named("tokenward")
}
