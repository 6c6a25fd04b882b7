package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/wire"
)

// newEnrollments returns the commands about the keys of Macs.
func newEnrollments(started *bool) *cobra.Command {
	m := &remote{}
	root := &cobra.Command{
		Use:   "enrollments",
		Short: "List the keys of Macs, and decide about them",
		Long: "A Mac signs its reports with a key of its own. A key that nothing else speaks for waits for a person.\n" +
			"Compare its fingerprint with what `sudo tokenward self --card` prints on that Mac. See docs/enrollment.md.",
	}
	m.flags(root)
	root.AddCommand(m.list(started))
	for verb, short := range map[string]string{
		"approve": "Let a key that waits speak for its Mac; a former key of that Mac no longer does",
		"refuse":  "Never let a key in that waits",
		"revoke":  "Take a key back at once, of a Mac that is lost or sold",
	} {
		root.AddCommand(m.decide(started, verb, short))
	}
	return root
}

func (m *remote) list(started *bool) *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List keys, the oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			*started = true
			all := wire.EnrollmentList{Enrollments: []wire.EnrollmentRow{}}
			for cursor := ""; ; {
				var page wire.EnrollmentList
				query := url.Values{"state": {state}, "limit": {"500"}, "cursor": {cursor}}
				if err := m.call(cmd.Context(), http.MethodGet, "/v1/enrollments?"+query.Encode(), nil, &page); err != nil {
					return err
				}
				all.Enrollments = append(all.Enrollments, page.Enrollments...)
				if page.NextCursor == nil {
					return m.print(cmd.OutOrStdout(), all, func(w io.Writer) error { return table(w, all.Enrollments) })
				}
				cursor = *page.NextCursor
			}
		},
	}
	cmd.Flags().StringVar(&state, "state", "pending", "pending, active, retired, refused, revoked; empty for all")
	return cmd
}

func table(w io.Writer, rows []wire.EnrollmentRow) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "FINGERPRINT\tSTATE\tSERIAL\tNAME\tASKED\tREMARKS")
	for _, e := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Fingerprint, e.State, visible(e.Serial), visible(e.Name),
			e.AskedAt.Format(time.RFC3339), strings.Join(remarks(e), ", "))
	}
	return t.Flush()
}

// visible keeps a Mac's own words from steering the terminal.
func visible(s string) string {
	quoted := strconv.QuoteToGraphic(s)
	return quoted[1 : len(quoted)-1]
}

func remarks(e wire.EnrollmentRow) []string {
	all := []string{}
	if e.Known && e.State == "pending" {
		all = append(all, "CLAIMS TO BE A KNOWN MAC")
	}
	if e.Expected {
		all = append(all, "serial imported")
	}
	if e.DecidedBy != "" {
		all = append(all, "by "+e.DecidedBy)
	}
	return all
}

var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (m *remote) decide(started *bool, verb, short string) *cobra.Command {
	var said wire.EnrollmentDecision
	cmd := &cobra.Command{
		Use:   verb + " FINGERPRINT",
		Short: short,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !fingerprintForm.MatchString(args[0]) {
				return errors.New("one whole fingerprint is needed, which is 64 hexadecimal digits")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			*started = true
			var row wire.EnrollmentRow
			if err := m.call(cmd.Context(), http.MethodPost, "/v1/enrollments/"+args[0]+"/"+verb, said, &row); err != nil {
				return err
			}
			return m.print(cmd.OutOrStdout(), row, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%s of %s is %s\n", row.Fingerprint, visible(row.Serial), row.State)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&said.Reason, "reason", "", "why, for the audit")
	return cmd
}

// newCodes returns the command that makes one-time codes.
func newCodes(started *bool) *cobra.Command {
	m, asked, expires := &remote{}, wire.CodeRequest{}, 24*time.Hour
	root := &cobra.Command{Use: "codes", Short: "Make one-time codes, each of which lets one Mac in"}
	m.flags(root)
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Make a code and print it, this once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			*started = true
			asked.ExpiresS = int64(expires.Seconds())
			var code wire.CodeAnswer
			if err := m.call(cmd.Context(), http.MethodPost, "/v1/codes", asked, &code); err != nil {
				return err
			}
			return m.print(cmd.OutOrStdout(), code, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, code.Code)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&asked.Serial, "serial", "", "the only Mac that it is for; a code for any Mac cannot replace the key of a known one")
	cmd.Flags().DurationVar(&expires, "expires", expires, "how long it is valid, at most 2160h")
	root.AddCommand(cmd)
	return root
}

// newSerials returns the command that imports serials.
func newSerials(started *bool) *cobra.Command {
	m := &remote{}
	root := &cobra.Command{Use: "serials", Short: "Say which Macs are the organisation's own"}
	m.flags(root)
	root.AddCommand(&cobra.Command{
		Use:   "import FILE",
		Short: "Import serial numbers, one a line; - reads standard input",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			*started = true
			serials, err := readSerials(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			var answer wire.SerialsAnswer
			if err := m.call(cmd.Context(), http.MethodPost, "/v1/serials", wire.SerialsRequest{Serials: serials}, &answer); err != nil {
				return err
			}
			return m.print(cmd.OutOrStdout(), answer, func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "%d serials, %d of them new\n", len(serials), answer.Added)
				return err
			})
		},
	})
	return root
}

func readSerials(stdin io.Reader, path string) ([]string, error) {
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // was only read
		stdin = f
	}
	text, err := io.ReadAll(io.LimitReader(stdin, 4<<20))
	if err != nil {
		return nil, fmt.Errorf("read serials: %w", err)
	}
	var serials []string
	for n, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.ContainsAny(line, " \t,;\"") {
			return nil, fmt.Errorf("%s: line %d is not one serial number", path, n+1)
		}
		serials = append(serials, line)
	}
	return serials, nil
}

func (m *remote) print(w io.Writer, answer any, human func(io.Writer) error) error {
	if !m.json {
		return human(w)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, string(text))
	return err
}
