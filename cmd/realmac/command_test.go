package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/conform"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		args           []string
		exit           int
		stdout, stderr string // a part of it
	}{
		{"help", []string{"--help"}, 0, "--tier", ""},
		{"unknown flag", []string{"--now"}, 2, "", "realmac: unknown flag: --now"},
		{"unknown tier", []string{"--tier", "wild"}, 2, "", `"wild" is none of read_only`},
		{"unknown case", []string{"--case", "nonsense"}, 2, "", `there is no case "nonsense" in the tier read_only`},
		{"case of another tier", []string{"--case", "grant-by-pipe"}, 2, "", "there is no case"},
		{"nothing to go on with", []string{"--continue"}, 2, "", "--continue needs one --case"},
		{"unknown scenario", []string{"--simulate", "nonsense"}, 2, "", `no scenario "nonsense"`},
		{"list", []string{"--list"}, 0, "$ /usr/bin/profiles status -type bootstraptoken\n", ""},
		{"one case", []string{"--simulate", "healthy", "--case", "version-report"}, 0, "1 hold, 0 differ", "[1/1] version-report"},
		{"differs", []string{"--simulate", "still-on-catalina", "--case", "bootstrap-status-two-lines"}, 3, "escrowed on server", "differs from the simulated one"},
		{"open question", []string{"--simulate", "bought-in-a-shop", "--case", "bootstrap-status-not-enrolled"}, 0, "unanswered", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			exit := runCommand(tc.args, strings.NewReader(""), &stdout, &stderr)
			if exit != tc.exit || !strings.Contains(stdout.String(), tc.stdout) || !strings.Contains(stderr.String(), tc.stderr) {
				t.Errorf("got %d\n%s\n%s\nwant %d\n%s\n%s", exit, &stdout, &stderr, tc.exit, tc.stdout, tc.stderr)
			}
		})
	}
}

func TestListIsComplete(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	if exit := runCommand([]string{"--list", "--json", "-"}, nil, &stdout, os.Stderr); exit != 0 {
		t.Fatalf("exit %d", exit)
	}
	var got []listed
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || len(got) != len(conform.Cases()) {
		t.Errorf("%d cases are listed (%v), want %d", len(got), err, len(conform.Cases()))
	}
}

// A whole tier runs through real processes, and its report is written.
func TestReadOnlyTier(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "report.json")
	var stdout, stderr bytes.Buffer
	if exit := runCommand([]string{"--simulate", "healthy", "--json", file}, nil, &stdout, &stderr); exit != 0 {
		t.Fatalf("exit %d\n%s\n%s", exit, &stdout, &stderr)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report conform.Report
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	if report.Format != conform.ReportFormat || report.Version != "26.1" || len(report.Cases) != len(conform.Of(conform.ReadOnly)) || report.Count(conform.Holds) < 40 {
		t.Errorf("got %d cases, %d of them hold: %+v", len(report.Cases), report.Count(conform.Holds), report)
	}
	for _, secret := range []string{"mbauer", "Marlene", "FVTEST0001", "mdm.example.com", "6A1C7E0E"} {
		if strings.Contains(string(data)+stdout.String(), secret) {
			t.Errorf("%s is in the report", secret)
		}
	}
}

// Cases that change something run through real processes and terminals too.
func TestChangingTiers(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"--tier reversible --case grant-shows-everywhere,add-user-password-by-pipe,root-dscl-passwd-on-holder,bootstrap-install-prompts,root-passwd-words,login-window-grants",
		"--tier destructive --case bootstrap-install-lines,window-after-grant,unenrolment-leaves-crypto-user,skipped-account-escrows",
	} {
		t.Run(strings.Fields(args)[1], func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			exit := runCommand(append([]string{"--simulate", "healthy"}, strings.Fields(args)...), nil, &stdout, &stderr)
			if exit != 0 || !strings.Contains(stdout.String(), " 0 differ, 0 open questions answered by this Mac, 0 not applicable, 0 could not be asked") {
				t.Errorf("exit %d\n%s\n%s", exit, &stdout, &stderr)
			}
		})
	}
}

// An interrupt undoes what was done, and says so.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "realmac")
	if err := os.Symlink(exe, program); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, "--simulate", "healthy", "--tier", "reversible")
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		told.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "sysadminctl -secureTokenStatus realmactest") && !strings.Contains(told.String(), "-deleteUser") {
			if err := c.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); c.ProcessState.ExitCode() != exitFailed || !strings.HasSuffix(told.String(), "realmac: interrupted; what was changed has been undone\n") {
		t.Errorf("%v\n%s", err, &told)
	}
	if !strings.Contains(told.String(), "sysadminctl -deleteUser realmactest") {
		t.Errorf("the account was not removed:\n%s", &told)
	}
}
