package collectors

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
)

// maxQuestions is how many accounts sysadminctl is asked about in one check: it
// is one process for each, and a Mac may have thousands.
const maxQuestions = 8

// tokenStatus asks sysadminctl about the accounts for which it matters.
func tokenStatus(ctx context.Context, mac Mac, s evidence.Snapshot) map[string]evidence.Obs[evidence.TokenStatus] {
	names := doubtful(s)
	if mac.Free {
		names = everybody(s)
	}
	answers := make([]evidence.Obs[evidence.TokenStatus], len(names))
	var group errgroup.Group
	for i, name := range names {
		group.Go(func() error {
			answers[i] = askStatus(ctx, mac, name)
			return nil
		})
	}
	_ = group.Wait() // an answer is never an error
	status := make(map[string]evidence.Obs[evidence.TokenStatus], len(names))
	for i, name := range names {
		if answers[i].State != evidence.NotObserved {
			status[name] = answers[i]
		}
	}
	return status
}

// askStatus asks about one account. Its answer is the directory's tag seen
// through another program, so it settles nothing by itself.
func askStatus(ctx context.Context, mac Mac, name string) evidence.Obs[evidence.TokenStatus] {
	c := run.Command{Tool: run.Sysadminctl, Args: []string{"-secureTokenStatus", name}}
	answer, meta := question(ctx, mac, c, reader[parse.TokenAnswer]{
		parse: parse.SysadminctlSecureTokenStatus, stderr: true, anyExit: true, // it is 0 almost always
	})
	if meta.State == evidence.Observed && answer.Token == parse.TokenUnknown {
		meta.State, meta.Reason = evidence.Failed, evidence.Unreadable
	}
	return evidence.Is(meta, answer.Token)
}

// doubtful returns the accounts for which one more source matters, most
// important first: who is at the Mac, who alone holds a token, and those on
// whom the directory and the volume disagree or of whom one says nothing.
func doubtful(s evidence.Snapshot) []string {
	accounts, _ := s.Directory.Known()
	holders, known := holderUUIDs(s)
	holds := func(a evidence.DirectoryAccount) bool { return holders[strings.ToUpper(a.GUID)] }
	alone := known && count(accounts, holds) == 1
	var names []string
	for _, matters := range []func(evidence.DirectoryAccount) bool{
		func(a evidence.DirectoryAccount) bool { return atConsole(s, a) },
		func(a evidence.DirectoryAccount) bool { return alone && holds(a) },
		func(a evidence.DirectoryAccount) bool { return known && holds(a) != a.TokenTag },
		func(a evidence.DirectoryAccount) bool { return !known && a.TokenTag },
	} {
		for _, a := range accounts {
			if matters(a) && askable(a.Name) && !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
			if len(names) == maxQuestions {
				return names
			}
		}
	}
	return names
}

func atConsole(s evidence.Snapshot, a evidence.DirectoryAccount) bool {
	user, ok := s.ConsoleUser.Known()
	return ok && (a.Name == user.Name || slices.Contains(a.OtherNames, user.Name))
}

func count(accounts []evidence.DirectoryAccount, is func(evidence.DirectoryAccount) bool) (n int) {
	for _, a := range accounts {
		if is(a) {
			n++
		}
	}
	return n
}

func everybody(s evidence.Snapshot) []string {
	accounts, _ := s.Directory.Known()
	var names []string
	for _, a := range accounts {
		if askable(a.Name) {
			names = append(names, a.Name)
		}
	}
	return names
}

// askable refuses the one kind of name that the tool would read as an option.
func askable(name string) bool {
	return name != "" && !strings.HasPrefix(name, "-") && !strings.ContainsRune(name, 0)
}

// holderUUIDs returns whom the volume has a key for, and whether it said.
func holderUUIDs(s evidence.Snapshot) (holders map[string]bool, known bool) {
	users, known := s.CryptoUsers.Known()
	holders = map[string]bool{}
	for _, u := range users {
		if u.Type == evidence.LocalUser {
			holders[strings.ToUpper(u.UUID)] = true
		}
	}
	return holders, known
}
