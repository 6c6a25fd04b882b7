package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/macsim"
	"github.com/tokenward/tokenward/internal/macsim/state"
)

// The exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage, or a scenario that cannot be used
	exitRefused = 3 // the Mac refused what was to happen to it
)

// failure is an error that is not the caller's mistake.
type failure struct{ error }

// refusal is the Mac's own no.
type refusal struct{ error }

// runCommand runs the command line and returns the exit code.
func runCommand(args []string, stdout, stderr io.Writer) int {
	c := rootCommand()
	c.SetArgs(args)
	c.SetOut(stdout)
	c.SetErr(stderr)
	err := c.Execute()
	if err == nil {
		return exitDone
	}
	_, _ = fmt.Fprintf(stderr, "macsim: %v\n", err) // nothing is left to be told to
	switch {
	case errors.As(err, new(refusal)):
		return exitRefused
	case errors.As(err, new(failure)):
		return exitFailed
	}
	return exitUsage
}

func rootCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "macsim",
		Short: "A simulated Mac: Apple's command-line tools, answering from a scenario",
		Long: `A simulated Mac: Apple's command-line tools, answering from a state that changes
as a real Mac's would. Lay one out with "macsim up", run your script in it with
"macsim shell", look at the truth with "macsim show".

Exit status: 0 done, 1 failed, 2 wrong usage or scenario, 3 the Mac refused.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("a command is missing; see macsim --help")
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	c.AddCommand(upCommand(), authorityCommand(), scenariosCommand(), shellCommand(), showCommand(), doCommand(), eventsCommand(), callsCommand(), recordCommand())
	return c
}

func upCommand() *cobra.Command {
	var scenario string
	var server macsim.RealServer
	var asJSON bool
	c := &cobra.Command{
		Use:   "up DIR --scenario NAME|FILE",
		Short: "Make DIR the root folder of a simulated Mac",
		Long: `Make DIR the root folder of a simulated Mac: the tools lie in it at their own
paths (DIR/usr/bin/sw_vers and so on) and answer from the scenario. A DIR that
holds a simulated Mac already becomes the new one.`,
		Example:           "  macsim up /tmp/mac --scenario healthy\n  /tmp/mac/usr/bin/profiles status -type bootstraptoken",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFolder,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := up(args[0], scenario, server)
			if err != nil {
				return err
			}
			return sayUp(c.OutOrStdout(), args[0], &m, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVarP(&scenario, "scenario", "s", "", "name of a built-in scenario, or a scenario file (has a slash or ends in .yaml)")
	c.Flags().StringVar(&server.URL, "mdm", "", "check-in `URL` of a real MDM server; the Mac enrols there and not in the simulator's own")
	c.Flags().StringVar(&server.Authority, "mdm-authority", "", "`folder` of the authority that issues the Mac's certificate, whose ca.pem that server trusts; see macsim authority")
	c.MarkFlagsRequiredTogether("mdm", "mdm-authority")
	_ = c.RegisterFlagCompletionFunc("scenario", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return macsim.Scenarios(), cobra.ShellCompDirectiveDefault
	})
	return c
}

func up(dir, scenario string, server macsim.RealServer) (state.Mac, error) {
	s, err := load(scenario)
	if err != nil {
		return state.Mac{}, err
	}
	mac, err := play(&s, dir, server)
	if err != nil {
		return state.Mac{}, err
	}
	exe, err := os.Executable()
	if err != nil {
		return state.Mac{}, failure{fmt.Errorf("find this program: %w", err)}
	}
	if err := macsim.Layout(dir, mac, exe); err != nil {
		return state.Mac{}, failure{err}
	}
	return mac, nil
}

// laidOut is a new Mac for programs.
type laidOut struct {
	Dir     string `json:"dir"`
	Model   string `json:"model"`
	Chip    string `json:"chip"`
	Serial  string `json:"serial"`
	Product string `json:"product"`
	Version string `json:"version"`
	Build   string `json:"build"`
}

func sayUp(stdout io.Writer, dir string, m *state.Mac, asJSON bool) error {
	if asJSON {
		return writeJSON(stdout, laidOut{dir, m.Model, string(m.Chip), m.Serial, m.OS.Product, m.OS.Version, m.OS.Build})
	}
	_, err := fmt.Fprintf(stdout, "%s: %s\n", dir, describe(m))
	return err
}

func authorityCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "authority DIR",
		Short: "Make the authority that issues the certificates of simulated Macs, for a real MDM server",
		Long: `Make the authority that issues the certificates of simulated Macs, in DIR: ca.pem,
which the MDM server must trust, and ca.key. One that is there stays.`,
		Example: "  macsim authority ca\n  nanomdm -listen 127.0.0.1:9000 -ca ca/ca.pem -api secret &\n" +
			"  macsim up mac --scenario healthy --mdm http://127.0.0.1:9000/mdm --mdm-authority ca",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeFolder,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := macsim.MakeAuthority(args[0]); err != nil {
				return failure{err}
			}
			return nil
		},
	}
}

// describe names a Mac in half a line.
func describe(m *state.Mac) string {
	return fmt.Sprintf("a simulated %s with %s %s (%s)", m.Model, m.OS.Product, m.OS.Version, m.OS.Build)
}

// play lets the scenario happen, with a real server where one is named. What
// goes wrong with that one alone is not the scenario's mistake.
func play(s *macsim.Scenario, dir string, server macsim.RealServer) (state.Mac, error) {
	if server.URL == "" {
		return s.Play()
	}
	m, err := macsim.PlayIn(dir, s, server)
	if err == nil {
		return m, nil
	}
	if _, without := s.Play(); without != nil {
		return m, err
	}
	return m, failure{fmt.Errorf("with the server %s: %w", server.URL, err)}
}

// load takes what looks like a path for a file, and all else for a name.
func load(scenario string) (macsim.Scenario, error) {
	if scenario == "" {
		return macsim.Scenario{}, errors.New("--scenario is missing; `macsim scenarios` lists those that are built in")
	}
	isFile := strings.ContainsRune(scenario, filepath.Separator) || strings.HasSuffix(scenario, ".yaml")
	if isFile {
		return macsim.ReadScenario(scenario)
	}
	return macsim.LoadScenario(scenario)
}

func shellCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "shell DIR [COMMAND [ARGUMENT...]]",
		Short: "Open a shell, or run a command, on the simulated Mac in DIR",
		Long: `Open a shell, or run a command, on the simulated Mac in DIR. In it Apple's tools
are found under the paths that they have on a Mac, such as /usr/bin/profiles, so
that a script for Macs runs as it is. Everything else is this machine.

Where Linux allows a mount namespace (most systems; not most containers), every
program sees the tools. Elsewhere only scripts for bash, sh and zsh do.

Every tool answers as root, unless "sudo -u NAME" or MACSIM_USER=NAME says who
calls. The command itself runs with your own rights on your own files: try a
script of strangers in a container.`,
		Example: "  macsim shell /tmp/mac\n  macsim shell /tmp/mac ./escrow.sh localadmin",
		Args:    cobra.MinimumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, cobra.ShellCompDirectiveDefault // a command and its files
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := macsim.Exists(args[0]); err != nil {
				return failure{err}
			}
			return failure{macsim.Shell(args[0], args[1:])} // it returns only where it failed
		},
	}
	c.Flags().SetInterspersed(false)
	return c
}
