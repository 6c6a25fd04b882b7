package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/wire"
)

// version is set by the linker when a release is built.
var version = "dev"

// terminal is where the program reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// app is one run of the program.
type app struct {
	terminal
	root       string // of a simulated Mac; always "/" on a real one
	uid        int    // of who runs it; of a simulated Mac, of who is said to
	configFile string
	foresight  foresight
}

// privileged: several of Apple's tools tell the whole truth to root alone.
func (a *app) privileged() bool { return a.uid == 0 }

// execute is the program without the process around it.
func execute(ctx context.Context, t terminal, args []string) int {
	a := &app{terminal: t, foresight: ours()}
	return a.execute(ctx, args)
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.command()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	code, silent := codeOf(err)
	if !silent {
		fmt.Fprintf(a.err, "tokenward: %s\n", view.Lines(err.Error()))
	}
	return code
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "tokenward",
		Short: "Secure Token and Bootstrap Token health of this Mac",
		Long: "Tokenward asks the Mac's own tools about Secure Tokens, the Bootstrap Token, volume\n" +
			"ownership and FileVault, and says what is wrong, why, what to do and what not to do.\n\n" +
			exitHelp,
		SilenceUsage: true, SilenceErrors: true,
		Args: knownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&a.configFile, "config", "", "configuration `file` (default /Library/Tokenward/config.yaml)")
	a.platformFlags(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w; see %s --help", err, c.CommandPath()))
	})
	root.AddCommand(a.statusCommand(), a.checkCommand(), a.explainCommand(), a.planCommand(), a.preflightCommand(),
		a.historyCommand(), a.diagnoseCommand(), a.factsCommand(), a.doctorCommand(), a.bundleCommand(), a.configCommand(),
		a.runCommand(), a.serviceCommand(), a.parseCommand(), a.selfCommand(), a.versionCommand())
	return root
}

// knownCommand is reached with arguments only if the first is no command.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(fmt.Errorf("there is no command %q%s See tokenward --help", args[0], cmp.Or(hint, ".")))
}

const exitHelp = `Exit codes: 0 done, or healthy · 1 failed · 2 wrong usage or configuration · 10 degraded ·
11 critical · 12 unknown (not enough evidence) · 20 not safe, or no safe way · 65 unreadable
input · 69 no daemon · 77 needs root`

// interruptible is for commands that have something to end in order: tools that
// run, reports to store. Any other command dies of a signal as programs do, and
// these do of a second one.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// paths returns where this Mac keeps things.
func (a *app) paths() paths.Paths { return systemPaths(a.root) }

// sources are where the configuration is put together from.
func (a *app) sources(settings []config.Setting) config.Sources {
	return config.Sources{Paths: a.paths(), File: a.configFile, Named: a.configFile != "", Flags: settings, Environ: os.Environ()}
}

// load is strict: who typed something wrong is told so. A mistake in a profile is not
// theirs to mend, so the command goes on as the daemon does.
func (a *app) load() (config.Config, error) {
	sources := a.sources(nil)
	c, err := config.Load(sources)
	var managed *config.ManagedError
	switch {
	case errors.As(err, &managed):
		fmt.Fprintf(a.err, "tokenward: the profile of this Mac holds a mistake, so it is passed over: %s\n", err)
		return config.Current(sources, time.Now()).Config, nil
	case err != nil:
		return config.Config{}, usage(err)
	}
	return c, nil
}

// mac is the Mac that is asked.
func (a *app) mac(c config.Config) collectors.Mac {
	return collectors.Mac{
		Run: systemTools(a.root).Capped(c.ToolLimit), Files: systemDisk(a.root), Net: systemNetwork(a.root), Privileged: a.privileged(),
	}
}

// screen describes standard output: colour is for terminals only, and not where
// the user declined it (https://no-color.org).
func (a *app) screen() view.Screen {
	const unlimited = 100
	file, ok := a.out.(*os.File)
	if !ok || !isTerminal(file) {
		return view.Screen{Width: unlimited}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		width = unlimited
	}
	dumb := os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return view.Screen{Width: width, Color: !dumb}
}

// build says which program this is.
func build() wire.Agent {
	agent := wire.Agent{Version: version}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				agent.Commit = s.Value
			}
		}
	}
	return agent
}

// built is when this program was, zero where it does not know: a clock that shows an
// earlier time is wrong.
func built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, _ := time.Parse(time.RFC3339, s.Value) // zero for what is no time
			return at
		}
	}
	return time.Time{}
}
