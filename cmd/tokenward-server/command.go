package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tokenward/tokenward/server"
)

// newCommand returns the command line. The second value tells whether a command
// began to run: an error before that is one of usage.
func newCommand(stdout, stderr io.Writer) (*cobra.Command, *bool) {
	var (
		config  server.Config
		format  string
		started bool
	)
	root := &cobra.Command{
		Use:   "tokenward-server --data DIR",
		Short: "Show the Secure Token and Bootstrap Token health of a fleet of Macs",
		Long: "tokenward-server takes the reports of Tokenward agents, keeps them in one SQLite file,\n" +
			"and shows the fleet as web pages and as JSON. Without --roles it listens on a loopback address only.",
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := newLogger(format, stderr)
			if err != nil {
				return err
			}
			started = true
			// Other programs wait for this line; everything else goes to stderr.
			config.Ready = func(url string) { _, _ = fmt.Fprintln(stdout, "listening on", url) }
			return server.Run(cmd.Context(), config, log)
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	flags := root.Flags()
	flags.StringVar(&config.Listen, "listen", "127.0.0.1:8480", "address to listen on; port 0 takes one that is free")
	flags.StringVar(&config.Data, "data", "", "folder of the database, made if it is missing (required)")
	flags.StringVar(&config.TokenFile, "token-file", "", "file with bearer tokens that agents share, one a line, mode 0600; they then do not sign")
	flags.StringVar(&format, "log-format", "console", "console or json, on stderr")
	_ = root.MarkFlagRequired("data") // the flag exists
	accessFlags(flags, &config)
	root.AddCommand(newVersion(&started), newEnrollments(&started), newCodes(&started), newSerials(&started), newToken(&started))
	return root, &started
}

// accessFlags say who is let in.
func accessFlags(flags *pflag.FlagSet, c *server.Config) {
	flags.StringVar(&c.RolesFile, "roles", "", "file of who may do what, mode 0600 (see token new); agents then sign what they send")
	flags.StringVar(&c.PublicURL, "public-url", "", "https://HOST[:PORT][/PATH] under which agents and people reach the server")
	flags.StringVar(&c.TLSCert, "tls-cert", "", "file of the certificate, with those above it; read again when it changes")
	flags.StringVar(&c.TLSKey, "tls-key", "", "file of its private key, mode 0600")
	flags.BoolVar(&c.TLSProxy, "tls-proxy", false, "a proxy in front ends TLS, and nothing else can reach the server")
	flags.StringVar(&c.EnrollSecretFile, "enroll-secret-file", "", "file of secrets with which a Mac may wait for approval, one a line, mode 0600")
	flags.BoolVar(&c.EnrollOpen, "enroll-open", false, "let Macs wait for approval without a secret")
	flags.BoolVar(&c.EnrollBySerial, "enroll-serials", false, "let the first key of an imported serial in without approval, if it brings the secret")
}

func newVersion(started *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			*started = true
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "tokenward-server", version())
			return err
		},
	}
}

// version is that of the module, which a release build takes from its tag.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// errUsage marks what another command line, or another file that it names, would avoid.
var errUsage = errors.New("usage")

// usage marks an error as one of usage, and leaves its text as it is.
type usage struct{ error }

func (usage) Is(target error) bool { return target == errUsage }

func (u usage) Unwrap() error { return u.error }

func exitCode(err error, started bool) int {
	if !started || errors.Is(err, server.ErrConfig) || errors.Is(err, errUsage) {
		return exitUsage
	}
	return exitFailed
}
