package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
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
			if !slices.Contains([]string{"", "pending", "active", "retired", "refused", "revoked"}, state) {
				return usage{fmt.Errorf("--state %q is not pending, active, retired, refused or revoked", state)}
			}
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
	for _, k := range e.Replaces {
		all = append(all, "WOULD RETIRE "+k.Fingerprint+" of "+visible(cmp.Or(k.Serial, "no serial"))+" "+k.HardwareUUID)
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
	most, how := 1, "FINGERPRINT"
	if verb == "refuse" { // a flood is refused at once; to let in is a decision about one Mac
		most, how = math.MaxInt, "FINGERPRINT..."
	}
	cmd := &cobra.Command{
		Use:   verb + " " + how,
		Short: short,
		Args:  func(_ *cobra.Command, args []string) error { return checkFingerprints(args, most) },
		RunE: func(cmd *cobra.Command, args []string) error {
			*started = true
			var failed error // one that is gone keeps nobody from refusing the others
			for _, fingerprint := range args {
				if err := m.say(cmd, fingerprint, verb, said); err != nil {
					failed = errors.Join(failed, fmt.Errorf("%s: %w", fingerprint, err))
				}
			}
			return failed
		},
	}
	cmd.Flags().StringVar(&said.Reason, "reason", "", "why, for the audit")
	if verb == "approve" {
		cmd.Flags().BoolVar(&said.Replace, "replace", false, "approve even where that retires the keys of several Macs (see WOULD RETIRE in the list)")
	}
	return cmd
}

func checkFingerprints(args []string, most int) error {
	if len(args) < 1 || len(args) > most {
		return errors.New("one fingerprint is needed")
	}
	for _, a := range args {
		if !fingerprintForm.MatchString(a) {
			return fmt.Errorf("%q is not a whole fingerprint, which is 64 hexadecimal digits", a)
		}
	}
	return nil
}

// say tells the server a decision about one key.
func (m *remote) say(cmd *cobra.Command, fingerprint, verb string, said wire.EnrollmentDecision) error {
	var row wire.EnrollmentRow
	if err := m.call(cmd.Context(), http.MethodPost, "/v1/enrollments/"+fingerprint+"/"+verb, said, &row); err != nil {
		return err
	}
	return m.print(cmd.OutOrStdout(), row, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s of %s is %s\n", row.Fingerprint, visible(row.Serial), row.State)
		return err
	})
}

const longestCode = 90 * 24 * time.Hour // as the server has it

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
			if expires < time.Second || expires > longestCode {
				return usage{fmt.Errorf("--expires %s is not between 1s and %s", expires, longestCode)}
			}
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
	cmd.Flags().DurationVar(&expires, "expires", expires, "how long it is valid, at most "+longestCode.String())
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
				return usage{err}
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

// maxSerialsFile is what the server takes; a list that was cut would end in half a serial.
const maxSerialsFile = 4 << 20

func readSerials(stdin io.Reader, path string) ([]string, error) {
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // was only read
		stdin = f
	}
	text, err := io.ReadAll(io.LimitReader(stdin, maxSerialsFile+1))
	if err != nil {
		return nil, fmt.Errorf("read serials: %w", err)
	}
	if len(text) > maxSerialsFile {
		return nil, fmt.Errorf("%s: it is longer than %d bytes: import it in parts", path, maxSerialsFile)
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
