package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/health/plan"
	"github.com/tokenward/tokenward/internal/spelling"
)

// whose says what follows the name of something that is answered.
type whose uint8

const (
	ofNobody    whose = iota + 1
	ofAnAccount       // its record name
	ofAStep           // the key of the step
)

// credentialKinds are what a plan can ask about or tell to say when it is asked for
// again.
func credentialKinds() map[plan.CredentialKind]whose {
	return map[plan.CredentialKind]whose{
		plan.Password: ofAnAccount, plan.FormerPassword: ofAnAccount, plan.Presence: ofAnAccount, plan.Visit: ofAnAccount,
		plan.TokenOpens: ofAnAccount, plan.Administers: ofAnAccount, plan.Promoted: ofAnAccount, plan.PasswordNew: ofAnAccount, plan.Doubted: ofAnAccount,
		plan.RecoveryKey: ofNobody, plan.RecoveryLock: ofNobody,
		plan.BootstrapWorks: ofNobody, plan.EscrowedAnew: ofNobody, plan.EnrolledAnew: ofNobody,
		plan.StepWorks: ofAStep,
	}
}

// spoken is an answer as it was typed; unknown takes back what was said before.
type spoken struct {
	word string
	is   health.Tri
}

// spokenFlag is a flag that adds an answer. The three of them share one list, since
// their order matters: what is forgotten can be said again.
type spokenFlag struct {
	all *[]spoken
	is  health.Tri
}

func (f spokenFlag) String() string { return "" }

// Type is what the help calls it.
func (f spokenFlag) Type() string { return "what" }

// Set takes what was given.
func (f spokenFlag) Set(word string) error {
	*f.all = append(*f.all, spoken{word, f.is})
	return nil
}

// answersOf reads the answers that were given on the command line.
func answersOf(all []spoken) (plan.Answers, error) {
	said := plan.Answers{}
	for _, answer := range all {
		c, err := credentialOf(answer.word)
		if err != nil {
			return nil, err
		}
		before, twice := said[c]
		if twice && before != answer.is && answer.is != health.Unknown {
			return nil, usage(fmt.Errorf("%s is answered with yes and with no", answer.word))
		}
		said = said.With(plan.Answers{c: answer.is})
	}
	return said, nil
}

// credentialOf reads password:lea. What stands there is whose password somebody
// knows, and never the password.
func credentialOf(word string) (plan.Credential, error) {
	kind, user, _ := strings.Cut(word, ":")
	c := plan.Credential{Kind: plan.CredentialKind(strings.ReplaceAll(kind, "-", " ")), User: user}
	if c.Kind == plan.StepWorks {
		c.User = stepKey(user)
	}
	switch of, there := credentialKinds()[c.Kind]; {
	case !there:
		return c, usage(noCredential(kind))
	case of != ofNobody && user == "":
		return c, usage(fmt.Errorf("%s is somebody's: write %s:NAME", kind, kind))
	case of == ofNobody && user != "":
		return c, usage(fmt.Errorf("%s is nobody's: leave :%s out", kind, user))
	}
	return c, nil
}

func noCredential(kind string) error {
	names := credentialNames()
	if near := spelling.Nearest(kind, names); near != "" {
		return fmt.Errorf("nothing is called %q; did you mean %s?", kind, near)
	}
	return fmt.Errorf("nothing is called %q; there are %s", kind, strings.Join(names, ", "))
}

// credentialNames are how the kinds are written in a command.
func credentialNames() (names []string) {
	for kind := range credentialKinds() {
		names = append(names, strings.ReplaceAll(string(kind), " ", "-"))
	}
	slices.Sort(names)
	return names
}

// answerWord is how an answer about a credential is written in a command.
func answerWord(c plan.Credential) string {
	word := strings.ReplaceAll(string(c.Kind), " ", "-")
	switch {
	case c.Kind == plan.StepWorks:
		word += ":" + stepWord(c.User)
	case c.User != "":
		word += ":" + health.ShellWord(c.User)
	}
	return word
}

// answerForms are all that can be said, as the help lists it.
func answerForms() (all []string) {
	for _, name := range credentialNames() {
		switch credentialKinds()[plan.CredentialKind(strings.ReplaceAll(name, "-", " "))] {
		case ofAnAccount:
			name += ":NAME"
		case ofAStep:
			name += ":STEP"
		case ofNobody:
		}
		all = append(all, name)
	}
	return all
}

// inLines writes words as lines that fit on a screen.
func inLines(words []string) string {
	const widest = 96
	lines := []string{""}
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if last := len(lines) - 1; len(lines[last])+1+len(word) <= widest {
			lines[last] = strings.TrimLeft(lines[last]+" "+word, " ")
		} else {
			lines = append(lines, word)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// laid lays later answers over earlier ones. What a later one takes back stays in it
// as unknown, so that it can be said to whoever gave the earlier one.
func laid(said, later plan.Answers) plan.Answers {
	all := maps.Clone(said)
	if all == nil {
		all = plan.Answers{}
	}
	for about, is := range later {
		if _, there := all[about]; there || is != health.Unknown {
			all[about] = is
		}
	}
	return all
}

// flags are answers as they are typed after a command, first what is taken back.
func flags(said plan.Answers) []string {
	words := []string{}
	for about, is := range said {
		flag := map[health.Tri]string{health.Yes: "--yes ", health.No: "--no ", health.Unknown: "--forget "}[is]
		words = append(words, flag+answerWord(about))
	}
	slices.Sort(words)
	return words
}
