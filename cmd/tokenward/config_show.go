package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/agent/config"
	"github.com/tokenward/tokenward/cmd/tokenward/internal/view"
)

func (a *app) configShowCommand() *cobra.Command {
	var asJSON, changed bool
	c := &cobra.Command{
		Use:   "show",
		Short: "Show every setting with the layer that it comes from",
		Long: "Shows the configuration that a daemon would have if it began now, what is wrong with it first.\n" +
			"What comes from managed preferences is forced: nothing on the Mac overrides it. Secrets are not\n" +
			"shown. Flags of a daemon that runs are not known here.\n\n" +
			"Exit codes: 0 shown · 2 a layer holds a mistake, so that something else is in force, or wrong usage",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			loaded := config.Current(a.sources(nil), time.Now())
			shown := settingsOf(loaded, changed)
			var err error
			if asJSON {
				err = a.printJSON(shown.json(loaded))
			} else {
				err = view.WriteConfig(a.out, a.screen(), origin(loaded.From), lines(loaded.Problems), shown)
			}
			if err == nil && loaded.From != config.Fresh {
				err = &codeError{code: exitUsage}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the settings as JSON")
	c.Flags().BoolVar(&changed, "changed", false, "leave out what is a default")
	return c
}

// origin says what is in force where the layers hold a mistake.
func origin(from config.Origin) string {
	switch from {
	case config.LastGood:
		return "A layer holds a mistake, so the last good configuration stands in its place. What is marked caution is the strictest value, until it is mended."
	case config.Defaults:
		return "A layer holds a mistake and no good configuration is known from before, so defaults stand in its place. What is marked caution is the strictest value, until it is mended."
	case config.Fresh:
	}
	return ""
}

type shownSettings []view.Setting

func settingsOf(l config.Loaded, changed bool) shownSettings {
	var all shownSettings
	for _, k := range config.Keys() {
		layer := l.Layers[k.Path]
		if changed && layer == config.FromDefault {
			continue
		}
		all = append(all, view.Setting{
			Key: k.Path, Value: config.OneLine(config.ValueOf(l.Config, k)), Layer: string(layer), Forced: layer == config.FromManaged,
		})
	}
	return all
}

// shownConfig is config show --json.
type shownConfig struct {
	From     string         `json:"from"` // fresh, last_good, defaults
	Problems []problem      `json:"problems"`
	Settings []shownSetting `json:"settings"`
}

type shownSetting struct {
	Key    string `json:"key"`
	Plist  string `json:"plist"`
	Value  any    `json:"value"`
	Layer  string `json:"layer"`
	Forced bool   `json:"forced"`
}

func (s shownSettings) json(l config.Loaded) shownConfig {
	out := shownConfig{From: string(l.From), Problems: problems(l.Problems), Settings: []shownSetting{}}
	for _, k := range config.Keys() {
		i := slices.IndexFunc(s, func(one view.Setting) bool { return one.Key == k.Path })
		if i < 0 {
			continue
		}
		out.Settings = append(out.Settings, shownSetting{
			Key: k.Path, Plist: k.Plist, Value: config.Plain(config.ValueOf(l.Config, k)), Layer: s[i].Layer, Forced: s[i].Forced,
		})
	}
	return out
}
