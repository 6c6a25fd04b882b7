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
	} else if len(names) > maxQuestions {
		names = names[:maxQuestions]
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
	console, _ := s.ConsoleUser.Known()
	holders := holderUUIDs(s)
	var names []string
	add := func(a evidence.DirectoryAccount) {
		if askable(a.Name) && !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
		}
	}
	for _, a := range accounts {
		if a.Name == console.Name {
			add(a)
		}
	}
	for _, a := range accounts {
		holds := holders[strings.ToUpper(a.GUID)]
		sole := holds && len(holders) == 1
		unsure := s.CryptoUsers.State != evidence.Observed && a.TokenTag
		disagree := s.CryptoUsers.State == evidence.Observed && holds != a.TokenTag
		if sole || unsure || disagree {
			add(a)
		}
	}
	return names
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

func holderUUIDs(s evidence.Snapshot) map[string]bool {
	users, _ := s.CryptoUsers.Known()
	holders := map[string]bool{}
	for _, u := range users {
		if u.Type == evidence.LocalUser {
			holders[strings.ToUpper(u.UUID)] = true
		}
	}
	return holders
}
