// Command demo shows the whole of Tokenward on any machine: a server, three
// simulated Macs, and the real agent on each of them. It is never shipped.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// SIGPIPE too: who reads may go first, and the agents must not be left behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	err := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "demo: %s\n", err)
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// scenarios are the Macs of the demo and what they are called.
func scenarios() []simulated {
	return []simulated{
		{"healthy", "Front desk"},
		{"bootstrap-not-escrowed-standard-holder", "Workshop"},
		{"user-without-token", "Design studio"},
	}
}

// firstReports is how long the Macs may take to report for the first time.
const firstReports = time.Minute

func run(ctx context.Context, out, progress io.Writer, args []string) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(progress)
	once := flags.Bool("once", false, "end after the first reports")
	asJSON := flags.Bool("json", false, "print the body of GET /v1/devices and nothing else")
	listen := flags.String("listen", "127.0.0.1:8480", "address of the server; with port 0 a free one is taken")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if *once {
		*listen = "127.0.0.1:0" // nobody will look at the page
	}
	dir, err := os.MkdirTemp("", "tokenward-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(progress, "Building the agent, the server and the simulated Macs …")
	f, err := newFleet(ctx, dir, *listen, progress)
	if err != nil {
		return err
	}
	defer f.stop()
	if err := f.start(ctx); err != nil {
		return err
	}
	fmt.Fprintln(progress, "Waiting for the first report of each Mac …")
	body, err := f.waitForReports(ctx, firstReports)
	if err != nil {
		return err
	}
	if *asJSON {
		_, err := out.Write(body)
		return err
	}
	return f.present(ctx, out, *once)
}

// present shows what an admin would see: each Mac's own status, then the fleet.
func (f *fleet) present(ctx context.Context, out io.Writer, once bool) error {
	for _, m := range f.macs {
		status, err := f.status(ctx, m)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "━━━ %s: tokenward status\n\n%s\n", m.name, status)
	}
	fmt.Fprintf(out, "The fleet: %s\n", f.url)
	if once {
		return nil
	}
	fmt.Fprintln(out, "The Macs report again every 15 seconds. Press Ctrl-C to end.")
	select {
	case <-ctx.Done():
		return nil
	case err := <-f.died:
		return err
	}
}
