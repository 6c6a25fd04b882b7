package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/agent/config/publish"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
)

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration, check a file of it, make a profile",
		Long: "The configuration comes from layers, the weakest first: defaults, /Library/Preferences, the YAML\n" +
			"file, the environment, flags, and managed preferences, which a profile lays down and nothing\n" +
			"overrides.",
		Args: knownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.configShowCommand(), a.configCheckCommand(), a.configReloadCommand(), a.configProfileCommand(),
		a.published("manifest", "Write the manifest of the settings for profile editors (ProfileManifests)", publish.Manifest),
		a.published("schema", "Write the JSON schema of the settings for Jamf Pro", publish.Schema))
	return c
}

// published is a command that writes what is made from the list of keys alone.
func (a *app) published(name, short string, write func() ([]byte, error)) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			data, err := write()
			if err != nil {
				return err
			}
			_, err = a.out.Write(data)
			return err
		},
	}
}

func (a *app) configCheckCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE|-",
		Short: "Say what is wrong with a configuration before a Mac uses it",
		Long: "Reads a YAML file, a property list (XML or binary) or a configuration profile, and lists every\n" +
			"mistake with its line and key. A property list is checked as one that a profile lays down, unless\n" +
			"it is that in /Library/Preferences. Binary property lists have no lines. A signed profile cannot\n" +
			"be read.\n\n" +
			"Exit codes: 0 nothing is wrong · 1 the file cannot be read · 2 mistakes, or wrong usage",
		Example: "  tokenward config check config.yaml\n  tokenward config check tokenward.mobileconfig",
		Args:    oneArgument("a file, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			draft, err := a.draft(args[0], a.layerOf(args[0]))
			if err != nil {
				return err
			}
			return a.checked(args[0], draft, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the mistakes as JSON")
	return c
}

// layerOf is the layer that a file would be read as; empty where its form decides.
func (a *app) layerOf(path string) config.Layer {
	if filepath.Clean(path) == a.paths().Preferences() {
		return config.FromPreferences
	}
	return ""
}

// draft reads a file that nothing has to be trusted in: it is looked at, not used.
func (a *app) draft(path string, layer config.Layer) (config.Draft, error) {
	const limit = 2 << 20 // more than a configuration may have
	in := a.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return config.Draft{}, fmt.Errorf("config: %w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit))
	if err != nil {
		return config.Draft{}, fmt.Errorf("config: %w", err)
	}
	return config.Examine(path, data, layer, time.Now()), nil
}

func (a *app) checked(path string, draft config.Draft, asJSON bool) error {
	if asJSON {
		if err := a.printJSON(checkedFile{File: path, Form: string(draft.Form), Keys: len(draft.Keys), Problems: problems(draft.Problems)}); err != nil {
			return err
		}
	} else if err := view.WriteCheckedConfig(a.out, a.screen(), path+": "+string(draft.Form), len(draft.Keys), lines(draft.Problems)); err != nil {
		return err
	}
	if len(draft.Problems) > 0 {
		return &codeError{code: exitUsage}
	}
	return nil
}

// checkedFile is config check --json.
type checkedFile struct {
	File     string    `json:"file"`
	Form     string    `json:"form"`
	Keys     int       `json:"keys"` // that are set and can be read
	Problems []problem `json:"problems"`
}

type problem struct {
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
	Key  string `json:"key,omitempty"`
	Text string `json:"text"`
}

func problems(all []config.Problem) []problem {
	out := []problem{}
	for _, p := range all {
		out = append(out, problem{Path: p.Path, Line: p.Line, Key: p.Key, Text: p.Text})
	}
	return out
}

func lines(all []config.Problem) (out []string) {
	for _, p := range all {
		out = append(out, p.Error())
	}
	return out
}

func (a *app) configProfileCommand() *cobra.Command {
	var from string
	var labels publish.Labels
	c := &cobra.Command{
		Use:   "profile",
		Short: "Write a configuration profile with the settings",
		Long: "Writes a .mobileconfig to standard output. It lays the settings down as managed preferences, which\n" +
			"nothing on the Mac overrides. The settings are those of a file, or those of this Mac that are no\n" +
			"defaults. The same settings give the same bytes. The profile is not signed.\n\n" +
			"Exit codes: 0 written · 1 failed · 2 the settings hold a mistake, or wrong usage",
		Example: "  tokenward config profile --from config.yaml --organization 'Example Ltd' > tokenward.mobileconfig", //nolint:misspell // the flag is spelt as Apple's key
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			draft, err := a.settled(from)
			if err != nil {
				return err
			}
			data, err := publish.Profile(draft.Settings(), labels)
			if err != nil {
				return usage(err)
			}
			if draft.Secret() {
				fmt.Fprintln(a.err, "tokenward: every user of the Mac can read the enrolment secret in managed preferences; it opens no more than a pending enrolment")
			}
			_, err = a.out.Write(data)
			return err
		},
	}
	c.Flags().StringVar(&from, "from", "", "`file` with the settings: YAML, a property list or a profile")
	c.Flags().StringVar(&labels.Organisation, "organization", "", "`name` of the organisation") //nolint:misspell // as Apple's key is spelt
	c.Flags().StringVar(&labels.Identifier, "identifier", "", "the profile's `identifier` (default dev.tokenward.agent.profile)")
	c.Flags().StringVar(&labels.Name, "name", "", "the profile's display `name` (default Tokenward)")
	return c
}

// settled are the settings that a profile is made of: all of them, or none.
func (a *app) settled(from string) (config.Draft, error) {
	if from == "" {
		sources := a.sources(nil)
		if _, err := config.Load(sources); err != nil {
			return config.Draft{}, usage(err)
		}
		return config.Current(sources, time.Now()).Draft(), nil
	}
	draft, err := a.draft(from, config.FromManaged)
	if err != nil {
		return draft, err
	}
	if len(draft.Problems) == 0 {
		return draft, nil
	}
	errs := make([]error, len(draft.Problems))
	for i, p := range draft.Problems {
		errs[i] = p
	}
	return draft, usage(errors.Join(errs...))
}
