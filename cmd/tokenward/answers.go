package main

import (
	"fmt"
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

// answersOf reads the answers that were given on the command line.
func answersOf(yes, no []string) (plan.Answers, error) {
	said := plan.Answers{}
	for _, answer := range []struct {
		words []string
		is    health.Tri
	}{{yes, health.Yes}, {no, health.No}} {
		for _, word := range answer.words {
			c, err := credentialOf(word)
			if err != nil {
				return nil, err
			}
			if before, twice := said[c]; twice && before != answer.is {
				return nil, usage(fmt.Errorf("%s is answered with yes and with no", word))
			}
			said[c] = answer.is
		}
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

// flags are answers as they are typed after a command.
func flags(said plan.Answers) []string {
	words := []string{}
	for about, is := range said {
		switch is {
		case health.Yes:
			words = append(words, "--yes "+answerWord(about))
		case health.No:
			words = append(words, "--no "+answerWord(about))
		case health.Unknown: // nothing to say
		}
	}
	slices.Sort(words)
	return words
}
