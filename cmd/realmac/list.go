package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/conform"
)

// listed is a case as --list shows it: what it would ask a real Mac.
type listed struct {
	ID       string   `json:"id"`
	Tier     string   `json:"tier"`
	Claim    string   `json:"claim"`
	Known    string   `json:"known"`
	Question string   `json:"question,omitempty"`
	Items    []string `json:"items,omitempty"`
	Settles  []string `json:"settles,omitempty"`
	From     string   `json:"from,omitempty"`
	Below    string   `json:"below,omitempty"`
	Chips    []string `json:"chips,omitempty"`
	Needs    []string `json:"needs,omitempty"`
	Steps    []string `json:"steps"`
}

func list(stdout io.Writer, jsonFile string) error {
	var all []listed
	for _, c := range conform.Cases() {
		l := listed{
			ID: c.ID, Tier: string(c.Tier), Claim: c.Claim, Known: c.Known, Question: c.Question, Items: c.Items, Settles: c.Settles,
			From: c.From, Below: c.Below, Steps: c.Described(),
		}
		for _, chip := range c.Chips {
			l.Chips = append(l.Chips, string(chip))
		}
		for _, n := range c.AllNeeds() {
			l.Needs = append(l.Needs, string(n))
		}
		all = append(all, l)
	}
	if jsonFile != "" {
		return writeJSON(stdout, jsonFile, all)
	}
	for i := range all {
		if _, err := io.WriteString(stdout, all[i].text()); err != nil {
			return err
		}
	}
	return nil
}

func (l *listed) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  (%s)\n    claim: %s (%s)\n", l.ID, strings.ReplaceAll(l.Tier, "_", " "), l.Claim, l.Known)
	if l.Question != "" {
		fmt.Fprintf(&b, "    question: %s\n", l.Question)
	}
	if l.From != "" || l.Below != "" {
		fmt.Fprintf(&b, "    macOS: from %s, below %s\n", orAny(l.From), orAny(l.Below))
	}
	if len(l.Chips) > 0 {
		fmt.Fprintf(&b, "    chips: %s\n", strings.Join(l.Chips, ", "))
	}
	if len(l.Needs) > 0 {
		fmt.Fprintf(&b, "    needs: %s\n", strings.Join(l.Needs, "; "))
	}
	for _, step := range l.Steps {
		fmt.Fprintf(&b, "    $ %s\n", step)
	}
	return b.String() + "\n"
}

func orAny(version string) string {
	if version == "" {
		return "any"
	}
	return version
}

// writeJSON writes to a file that only its owner reads, or to standard output.
func writeJSON(stdout io.Writer, file string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	text = append(text, '\n')
	if file == "-" {
		_, err = stdout.Write(text)
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return giveBack(file)
}

// giveBack gives a file that root has written to whoever called sudo.
func giveBack(file string) error {
	uid, err := strconv.Atoi(os.Getenv("SUDO_UID"))
	if err != nil || os.Geteuid() != 0 {
		return nil //nolint:nilerr // nobody called sudo
	}
	if err := os.Lchown(file, uid, -1); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
