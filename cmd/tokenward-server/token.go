package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/auth"
)

const maxRoles = 1 << 20

// newToken returns the command that gives somebody a token. It needs no server: with the
// file of roles it makes the first admin.
func newToken(started *bool) *cobra.Command {
	root := &cobra.Command{Use: "token", Short: "Give people tokens"}
	var role, name, file string
	cmd := &cobra.Command{
		Use:   "new --role ROLE --name NAME [--roles FILE]",
		Short: "Make a token and print it, this once",
		Long: "Prints the token on standard output. With --roles its hash is added to that file, which a running\n" +
			"server reads again by itself; without, the line for the file goes to standard error.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			*started = true
			r, err := auth.ParseRole(role)
			if err != nil {
				return usage{fmt.Errorf("--role: %w", err)}
			}
			token, line, err := auth.NewToken(auth.Person{Name: name, Role: r})
			if err != nil {
				return usage{fmt.Errorf("--name %q: %w", name, err)}
			}
			if file == "" {
				_, err = fmt.Fprintln(cmd.ErrOrStderr(), line)
			} else {
				err = addLine(file, line)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), token)
			return err
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "viewer, operator, approver or admin (required)")
	cmd.Flags().StringVar(&name, "name", "", "whose it is, for the audit (required)")
	cmd.Flags().StringVar(&file, "roles", "", "file of roles, made if it is missing")
	_ = cmd.MarkFlagRequired("role") // the flags exist
	_ = cmd.MarkFlagRequired("name")
	root.AddCommand(cmd)
	return root
}

// addLine writes the file anew, and refuses where what comes out of it is no file of
// roles: somebody twice, for instance.
func addLine(path, line string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	text, err := rootfile.ReadSecret(path, maxRoles)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file of roles: %w", err)
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	text = append(text, line+"\n"...)
	if err := auth.CheckRoles(text); err != nil {
		return fmt.Errorf("file of roles: %s: %w", path, err)
	}
	return rootfile.Write(path, text, 0o600)
}
