package collectors

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/collectors/parse"
	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/run"
	"github.com/tokenward/tokenward/internal/wallclock"
)

// maxQuestions is how many accounts sysadminctl's answers are kept about: it is
// one process for each, and a Mac may have thousands. They are spread over checks.
const maxQuestions = 8

// statusServes is how long an answer about an account stands for.
const statusServes = time.Hour

// aboutAccount is what sysadminctl said of an account, and what the other sources
// said of it then: with another basis, the answer is worthless.
type aboutAccount struct {
	obs   evidence.Obs[evidence.TokenStatus]
	asked time.Time
	tag   bool
	holds bool
}

// tokenStatus asks sysadminctl about the accounts for which it matters, as many
// as the budget allows, what waited longest first. For those that have to wait
// the last answer stands, with its age, for as long again.
func (r *Rounds) tokenStatus(ctx context.Context, mac Mac, s evidence.Snapshot, o Occasion, budget int) map[string]evidence.Obs[evidence.TokenStatus] {
	accounts := doubtful(s)
	if mac.Free {
		accounts = everybody(s)
	}
	about, due := r.standing(accounts, s, o)
	slices.SortStableFunc(due, func(a, b evidence.DirectoryAccount) int { return r.about[a.Name].asked.Compare(r.about[b.Name].asked) })
	due = due[:min(len(due), max(budget, 0))]
	answers := askAll(ctx, mac, due)
	holders, _ := holderUUIDs(s)
	for i, a := range due {
		about[a.Name] = aboutAccount{answers[i], o.At.Round(0), a.TokenTag, holders[strings.ToUpper(a.GUID)]}
	}
	r.about = about
	status := make(map[string]evidence.Obs[evidence.TokenStatus], len(about))
	for name, a := range about {
		if a.obs.State != evidence.NotObserved {
			status[name] = a.obs
		}
	}
	return status
}

// standing parts the accounts into those with an answer that may stand and those
// that are to be asked about; some are both.
func (r *Rounds) standing(accounts []evidence.DirectoryAccount, s evidence.Snapshot, o Occasion) (about map[string]aboutAccount, due []evidence.DirectoryAccount) {
	about = map[string]aboutAccount{}
	holders, _ := holderUUIDs(s)
	for _, a := range accounts {
		was, known := r.about[a.Name]
		same := known && was.tag == a.TokenTag && was.holds == holders[strings.ToUpper(a.GUID)]
		fresh := same && definite(was.obs.State) && !wallclock.Elapsed(was.asked, o.At, statusServes)
		if same && !wallclock.Elapsed(was.asked, o.At, 2*statusServes) {
			about[a.Name] = was
		}
		if !fresh || o.Wanted {
			due = append(due, a)
		}
	}
	return about, due
}

func askAll(ctx context.Context, mac Mac, accounts []evidence.DirectoryAccount) []evidence.Obs[evidence.TokenStatus] {
	answers := make([]evidence.Obs[evidence.TokenStatus], len(accounts))
	var group errgroup.Group
	group.SetLimit(atATime)
	for i, a := range accounts {
		group.Go(func() error {
			answers[i] = askStatus(ctx, mac, a.Name)
			return nil
		})
	}
	_ = group.Wait() // an answer is never an error
	return answers
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
func doubtful(s evidence.Snapshot) []evidence.DirectoryAccount {
	accounts, _ := s.Directory.Known()
	holders, known := holderUUIDs(s)
	holds := func(a evidence.DirectoryAccount) bool { return holders[strings.ToUpper(a.GUID)] }
	alone := known && count(accounts, holds) == 1
	var chosen []evidence.DirectoryAccount
	for _, matters := range []func(evidence.DirectoryAccount) bool{
		func(a evidence.DirectoryAccount) bool { return atConsole(s, a) },
		func(a evidence.DirectoryAccount) bool { return alone && holds(a) },
		func(a evidence.DirectoryAccount) bool { return known && holds(a) != a.TokenTag },
		func(a evidence.DirectoryAccount) bool { return !known && a.TokenTag },
	} {
		for _, a := range accounts {
			if matters(a) && askable(a.Name) && !isOneOf(chosen, a.Name) {
				chosen = append(chosen, a)
			}
			if len(chosen) == maxQuestions {
				return chosen
			}
		}
	}
	return chosen
}

func isOneOf(accounts []evidence.DirectoryAccount, name string) bool {
	return slices.ContainsFunc(accounts, func(a evidence.DirectoryAccount) bool { return a.Name == name })
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

func everybody(s evidence.Snapshot) []evidence.DirectoryAccount {
	accounts, _ := s.Directory.Known()
	return slices.DeleteFunc(slices.Clone(accounts), func(a evidence.DirectoryAccount) bool { return !askable(a.Name) })
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
