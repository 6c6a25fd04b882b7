package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// withAccount changes an account of the office.
func withAccount(name string, change func(*state.Account)) func(*state.Mac) {
	return func(m *state.Mac) {
		if a, ok := m.Account(name); ok {
			change(a)
		}
	}
}

// clerkAdmin makes the clerk an administrator, without a token.
func clerkAdmin(m *state.Mac) {
	withAccount("clerk", func(a *state.Account) { a.Admin = state.Admin{Name: true, GUID: true} })(m)
}

// clerkHolds gives the clerk a token and a place in the list of FileVault.
func clerkHolds(m *state.Mac) {
	withAccount("clerk", func(a *state.Account) {
		a.Token = state.Token{Tag: true, CryptoUser: true, VolumeOwner: true, Password: a.Password}
		a.FileVault, a.Preboot = true, true
	})(m)
}

// bossStandard takes the administrator's rights away.
func bossStandard(m *state.Mac) {
	withAccount("boss", func(a *state.Account) { a.Admin = state.Admin{} })(m)
}

// bossDrifted leaves the token behind with a former password.
func bossDrifted(m *state.Mac) {
	withAccount("boss", func(a *state.Account) { a.Token.Password = "former" })(m)
}

// has checks one thing of the Mac when the tool has ended.
func has(what string, right func(*state.Mac) bool) func(*testing.T, *state.Mac) {
	return func(t *testing.T, m *state.Mac) {
		t.Helper()
		if !right(m) {
			t.Errorf("not so: %s", what)
		}
	}
}

// piped is an Input that takes lines of standard input for answers and notes the
// questions.
type piped struct {
	prompts *[]string
	lines   *[]string
}

func (p piped) Ask(q Question) (string, error) {
	if !q.Pipe {
		return "", ErrNoTerminal
	}
	*p.prompts = append(*p.prompts, q.Prompt)
	return Script{Answers: p.lines}.Ask(Question{})
}

func (p piped) All() (string, error) { return "", nil }

// noting is a terminal whose questions are noted.
type noting struct {
	Script
	prompts *[]string
}

func (n noting) Ask(q Question) (string, error) {
	*n.prompts = append(*n.prompts, q.Prompt)
	return n.Script.Ask(q)
}

// asks runs a tool at a terminal and returns what it asked.
func asks(t *testing.T, path string, args, answers []string, change func(*state.Mac)) []string {
	t.Helper()
	var prompts []string
	Answer(officeWith(t, change), Call{Path: path, Args: args, Input: noting{Script{Answers: &answers}, &prompts}})
	return prompts
}
