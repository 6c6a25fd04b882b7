package conform

import "strings"

// TestAccount is the account that cases make and remove.
const TestAccount = "realmactest"

// testFullName is what it is called.
const testFullName = "Conformance Test"

// Names are what the words in braces stand for. The passwords go to tools on
// standard input or at a terminal alone.
type Names struct {
	User   string // the person that a step is about
	Asker  string // the account that asks where root is not to
	Admin  string // an administrator whose password is known
	Mobile string // an account of a directory

	AdminPassword, TestPassword, NewPassword string
}

// secretNames are the braces that must never stand in an argument.
func secretNames() []string { return []string{"{admin-pw}", "{test-pw}", "{new-pw}"} }

// fill puts names and passwords in the place of the braces.
func (n *Names) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.NewReplacer(
		"{user}", n.User, "{admin}", n.Admin, "{mobile}", n.Mobile, "{test}", TestAccount, "{test-name}", testFullName,
		"{admin-pw}", n.AdminPassword, "{test-pw}", n.TestPassword, "{new-pw}", n.NewPassword,
	).Replace(text)
}

// Tell is a text for people with the names filled in, and the passwords left out.
func (n *Names) Tell(text string) string {
	covered := Names{User: n.User, Admin: n.Admin, Mobile: n.Mobile, AdminPassword: "(the administrator's password)", TestPassword: "(the test password)", NewPassword: "(the new password)"}
	return covered.fill(text)
}

func (n *Names) fillAll(texts []string) []string {
	if texts == nil {
		return nil
	}
	filled := make([]string, 0, len(texts))
	for _, t := range texts {
		filled = append(filled, n.fill(t))
	}
	return filled
}
