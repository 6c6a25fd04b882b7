package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tokenward/tokenward/collectors"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/macsim/state"
	"github.com/tokenward/tokenward/internal/run"
)

// subject is one collector and what it is known to write.
type subject struct {
	facts     []evidence.FactName
	needsRoot bool // without root, an answer that cannot be read counts as denied
	anyExit   bool // the exit status does not say whether there is an answer
	silence   bool // nothing is an answer
}

func subjects() map[string]subject {
	return map[string]subject{
		"os-version":      {facts: []evidence.FactName{evidence.OSVersionFact, evidence.OSBuildFact, evidence.OSExtraFact}},
		"platform":        {facts: []evidence.FactName{evidence.SerialFact, evidence.HardwareUUIDFact, evidence.ModelFact}},
		"machine":         {facts: []evidence.FactName{evidence.ChipFact}},
		"console-user":    {facts: []evidence.FactName{evidence.ConsoleUserFact}},
		"enrollment":      {facts: []evidence.FactName{evidence.DEPFact, evidence.MDMFact, evidence.UserApprovedFact, evidence.MDMServerFact}},
		"bootstrap-token": {facts: []evidence.FactName{evidence.BootstrapSupportedFact, evidence.BootstrapEscrowedFact}, needsRoot: true},
		"device-information": {facts: []evidence.FactName{
			evidence.EACSPreflightFact, evidence.SupervisedFact, evidence.AwaitingFact, evidence.BootstrapOptionFact,
			evidence.ActivationLockFact, evidence.ManagedAdminsFact,
		}, needsRoot: true},
		"crypto-users": {facts: []evidence.FactName{evidence.CryptoUsersFact}},
		"filevault-status": {facts: []evidence.FactName{
			evidence.FileVaultStateFact, evidence.FileVaultPercentFact, evidence.FileVaultDeferredFact, evidence.FileVaultDeferUserFact,
		}, anyExit: true},
		"filevault-users": {facts: []evidence.FactName{evidence.FileVaultUsersFact}, needsRoot: true, anyExit: true},
		"directory-users": {facts: []evidence.FactName{evidence.DirectoryFact}},
		"admin-group":     {facts: []evidence.FactName{evidence.AdminsFact}},

		"kernel":             {facts: []evidence.FactName{evidence.BootedAtFact, evidence.VirtualFact, evidence.AppleSiliconFact}, anyExit: true},
		"system-integrity":   {facts: []evidence.FactName{evidence.SIPFact}},
		"startup-volume":     {facts: []evidence.FactName{evidence.FileSystemFact}},
		"startup-policy":     {facts: []evidence.FactName{evidence.StartupModeFact, evidence.StartupUserMDMFact, evidence.StartupDEPMDMFact}, needsRoot: true},
		"firmware-password":  {facts: []evidence.FactName{evidence.FirmwarePasswordFact}, needsRoot: true},
		"passwords":          {facts: []evidence.FactName{evidence.PasswordsFact}, needsRoot: true},
		"logins":             {facts: []evidence.FactName{evidence.LoginsFact}},
		"personal-key":       {facts: []evidence.FactName{evidence.PersonalKeyFact}, needsRoot: true, anyExit: true},
		"institutional-key":  {facts: []evidence.FactName{evidence.InstitutionalKeyFact}, needsRoot: true, anyExit: true},
		"filevault-deferral": {facts: []evidence.FactName{evidence.DeferralFact}, needsRoot: true, anyExit: true},
		"filevault-records":  {facts: []evidence.FactName{evidence.FileVaultRecordsFact}, needsRoot: true, anyExit: true},
		"groups":             {facts: []evidence.FactName{evidence.GroupsFact}},
		"password-policy":    {facts: []evidence.FactName{evidence.PolicyFact}},
		"platform-sso":       {facts: []evidence.FactName{evidence.PlatformSSOFact}},
		"active-directory":   {facts: []evidence.FactName{evidence.ADDomainFact}, silence: true},
		"proxy":              {facts: []evidence.FactName{evidence.ProxyFact}},
		"security-info": {facts: []evidence.FactName{
			evidence.SecureBootFact, evidence.MDMControlFact, evidence.BootstrapForAuthFact, evidence.BootstrapForUpdateFact,
			evidence.BootstrapForKextsFact, evidence.RecoveryLockFact, evidence.SecurityFirmwareFact, evidence.SecurityDEPFact,
			evidence.SecurityApprovedFact, evidence.UserEnrollmentFact, evidence.SecurityKeyFact, evidence.SecurityIRKFact, evidence.KeySealedFact,
		}, needsRoot: true},
	}
}

// ending is one way in which a run can end without an answer.
type ending struct {
	name   string
	err    error
	result func(good run.Result) run.Result // nil: no result beside the error
	reads  bool                             // the tool ran; without root that may be why there is no answer
	state  evidence.State
	reason evidence.Reason
}

func endings() []ending {
	prints := func(exit int, text string) func(run.Result) run.Result {
		return func(r run.Result) run.Result {
			return run.Result{Exit: exit, Stdout: []byte(text), Started: r.Started}
		}
	}
	truncated := func(r run.Result) run.Result {
		r.Truncated = true
		return r
	}
	const garbage = "FileVault ist aktiviert.\nSicherheitstoken: JA\n"
	return []ending{
		{name: "missing", err: run.ErrMissing, state: evidence.Failed, reason: evidence.Missing},
		{name: "too slow", err: run.ErrTimeout, state: evidence.Failed, reason: evidence.Timeout},
		{name: "denied", err: run.ErrDenied, state: evidence.Denied},
		{name: "leaves a child", err: run.ErrOrphans, state: evidence.Failed, reason: evidence.Orphans},
		{name: "not recorded", err: run.ErrNotRecorded, state: evidence.NotObserved},
		{name: "cancelled", err: context.Canceled, state: evidence.NotObserved},
		{name: "another error", err: errors.New("input/output error"), state: evidence.Failed, reason: evidence.Exit},
		{name: "an answer beside an error", err: run.ErrTimeout, result: func(r run.Result) run.Result { return r }, state: evidence.Failed, reason: evidence.Timeout},
		{name: "exit 1 and nothing", result: prints(1, ""), reads: true, state: evidence.Failed, reason: evidence.Exit},
		{name: "exit 1 and garbage", result: prints(1, garbage), reads: true, state: evidence.Failed, reason: evidence.Exit},
		{name: "killed by a signal", result: prints(-1, ""), reads: true, state: evidence.Failed, reason: evidence.Exit},
		{name: "cut off", result: truncated, reads: true, state: evidence.Failed, reason: evidence.Unreadable},
		{name: "nothing", result: prints(0, ""), reads: true, state: evidence.Failed, reason: evidence.Unreadable},
		{name: "blanks", result: prints(0, " \n\t\n"), reads: true, state: evidence.Failed, reason: evidence.Unreadable},
		{name: "garbage", result: prints(0, garbage), reads: true, state: evidence.Failed, reason: evidence.Unreadable},
		{name: "bytes", result: prints(0, "\x00\xff\xfe\x00"), reads: true, state: evidence.Failed, reason: evidence.Unreadable},
	}
}

// run answers every command in this way.
func (e ending) run(r run.Runner) answers {
	return func(ctx context.Context, c run.Command) (run.Result, error) {
		good, _ := r.Run(ctx, c)
		result := run.Result{Exit: -1, Started: now}
		if e.result != nil {
			result = e.result(good)
		}
		if e.err != nil {
			return result, fmt.Errorf("run %s: %w", c, e.err)
		}
		return result, nil
	}
}

func (e ending) want(needsRoot, privileged bool) (evidence.State, evidence.Reason) {
	if e.reads && needsRoot && !privileged {
		return evidence.Denied, evidence.NoReason
	}
	return e.state, e.reason
}

// collect runs one collector on its own.
func collect(t *testing.T, c collectors.Collector, r run.Runner, privileged bool) evidence.Snapshot {
	t.Helper()
	var s evidence.Snapshot
	patch, _ := c.Collect(t.Context(), collectors.Mac{Run: r, Privileged: privileged}, seenBy(c))
	patch(&s)
	return s
}

// seenBy is what the other collectors have told: a Mac that has what this one
// asks about.
func seenBy(c collectors.Collector) evidence.Snapshot {
	is := evidence.Meta{State: evidence.Observed}
	seen := evidence.Snapshot{
		TakenAt: now, Arch: evidence.Is(is, "arm64"), OSVersion: evidence.Is(is, "26.1"),
		Machine: evidence.Machine{BootedAt: evidence.Is(is, now.Add(-time.Hour))},
	}
	if c.Name == "firmware-password" {
		seen.Arch, seen.Machine.AppleSilicon = evidence.Is(is, "x86_64"), evidence.Obs[bool]{State: evidence.Absent}
	}
	return seen
}

// having is a Mac that has what this collector asks about.
func having(t *testing.T, c collectors.Collector) state.Mac {
	t.Helper()
	if c.Name == "firmware-password" {
		return load(t, "catalina-intel-office-mac")
	}
	return load(t, "healthy")
}

// tools are the collectors that ask a tool.
func tools() []collectors.Collector {
	return slices.DeleteFunc(collectors.All(), func(c collectors.Collector) bool { return !isTool(c) })
}

func TestFailuresAreEvidenceOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, c := range tools() {
		healthy := simulated(having(t, c))
		about, ok := subjects()[c.Name]
		if !ok {
			t.Errorf("nobody has said which facts %s writes", c.Name)
		}
		for _, e := range endings() {
			if about.silence && (e.name == "nothing" || e.name == "blanks") {
				continue
			}
			for _, privileged := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, root %v", c.Name, e.name, privileged), func(t *testing.T) {
					t.Parallel()
					s := collect(t, c, e.run(healthy), privileged)
					state, reason := e.want(about.needsRoot, privileged)
					checkFailed(t, s, about, evidence.Meta{State: state, Reason: reason, At: now, From: evidence.Source(c.Command.String())})
				})
			}
		}
	}
}

// checkFailed wants these facts to be missing in this way, and nobody else's
// facts to be touched.
func checkFailed(t *testing.T, s evidence.Snapshot, about subject, want evidence.Meta) {
	t.Helper()
	for _, f := range s.Facts() {
		if slices.Contains(about.facts, f.Name) {
			if f.Meta != want || f.Value != nil {
				t.Errorf("%s = %v, %+v; want %+v", f.Name, f.Value, f.Meta, want)
			}
			continue
		}
		if f.Meta.State != evidence.NotObserved || !f.Meta.At.IsZero() {
			t.Errorf("it also writes %s: %+v", f.Name, f.Meta)
		}
	}
}

// An answer with an error's exit status is none, but for the tools whose status
// tells something else.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	for _, c := range tools() {
		healthy := simulated(having(t, c))
		about := subjects()[c.Name]
		for _, exit := range []int{1, 2, 125} {
			failing := rewrite(healthy, c.Command.Tool, func(r run.Result) run.Result {
				r.Exit = exit
				return r
			})
			want := evidence.Meta{State: evidence.Failed, Reason: evidence.Exit, At: now, From: evidence.Source(c.Command.String())}
			s := collect(t, c, failing, true)
			if !about.anyExit {
				checkFailed(t, s, about, want)
			} else if f, _ := s.Fact(about.facts[0]); f.Meta.State != evidence.Observed && f.Meta.State != evidence.Absent {
				t.Errorf("%s with exit %d is %+v", f.Name, exit, f.Meta)
			}
		}
	}
}

func TestSysadminctlFails(t *testing.T) {
	t.Parallel()
	healthy := simulated(load(t, "healthy"))
	unknown := ending{name: "only a log line", state: evidence.Failed, reason: evidence.Unreadable, result: func(r run.Result) run.Result {
		return run.Result{Started: r.Started, Stderr: []byte("2026-03-04 05:06:07.000 sysadminctl[1:2] something new\n")}
	}}
	for _, e := range append(endings(), unknown) {
		for _, privileged := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, root %v", e.name, privileged), func(t *testing.T) {
				t.Parallel()
				broken := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					if c.Tool == run.Sysadminctl {
						return e.run(healthy).Run(ctx, c)
					}
					return healthy.Run(ctx, c)
				})
				s := collectors.Take(t.Context(), collectors.Mac{Run: broken, Privileged: privileged}, now, collectors.All())
				o, answered := s.TokenStatus["mbauer"]
				if answered != (e.state != evidence.NotObserved) {
					t.Fatalf("answers: %v", s.TokenStatus)
				}
				want := evidence.Meta{State: e.state, Reason: e.reason, At: now, From: "sysadminctl -secureTokenStatus mbauer"}
				if answered && (o.Meta() != want || o.Value != "") {
					t.Errorf("%q, %+v; want %+v", o.Value, o.Meta(), want)
				}
			})
		}
	}
}

// For some messages it is not known on which stream they come: a tool that
// answers on the other one is understood, and noise beside an answer is not.
func TestEitherStreamWillDo(t *testing.T) {
	t.Parallel()
	swap := func(r run.Result) run.Result {
		r.Stdout, r.Stderr = r.Stderr, r.Stdout
		return r
	}
	noise := func(r run.Result) run.Result {
		if len(r.Stdout) == 0 {
			r.Stdout = []byte("warning: something\n")
		} else {
			r.Stderr = []byte("warning: something\n")
		}
		return r
	}
	for _, scenario := range []string{"healthy", "migrated-twice", "encrypting-since-this-morning"} {
		for name, change := range map[string]func(run.Result) run.Result{"swapped": swap, "with noise": noise} {
			t.Run(scenario+" "+name, func(t *testing.T) {
				t.Parallel()
				plain := simulated(load(t, scenario))
				changed := answers(func(ctx context.Context, c run.Command) (run.Result, error) {
					result, err := plain.Run(ctx, c)
					if c.Tool == run.Sysctl || len(result.Stdout)+len(result.Stderr) == 0 {
						return result, err // its streams are documented; and beside silence, noise is the answer
					}
					return change(result), err
				})
				checkSame(t, take(t, changed), take(t, plain))
			})
		}
	}
}

// The tool's refusal while FileVault is off is an answer: there is no list. It
// needs no root, and neither stream nor exit status is certain.
func TestFileVaultListWhileOff(t *testing.T) {
	t.Parallel()
	const refusal = "Error: FileVault is Off.\n"
	for _, tc := range []struct {
		name   string
		result run.Result
	}{
		{"on the error stream", run.Result{Exit: 1, Stderr: []byte(refusal)}},
		{"on the other", run.Result{Exit: 1, Stdout: []byte(refusal)}},
		{"as a success", run.Result{Stderr: []byte(refusal)}},
		{"with a number of its own", run.Result{Exit: 33, Stdout: []byte(refusal)}},
	} {
		for _, privileged := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, root %v", tc.name, privileged), func(t *testing.T) {
				t.Parallel()
				refused := tc.result
				refused.Started = now
				off := answers(func(context.Context, run.Command) (run.Result, error) { return refused, nil })
				for _, c := range collectors.All() {
					if c.Name != "filevault-users" {
						continue
					}
					want := evidence.Meta{State: evidence.Absent, At: now, From: "fdesetup list"}
					if got := collect(t, c, off, privileged).FileVaultUsers; got.Meta() != want || got.Value != nil {
						t.Errorf("got %+v, want %+v", got, want)
					}
				}
			})
		}
	}
}
