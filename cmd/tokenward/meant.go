package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/plan"
)

// meant finds the accounts that answers are about, by name or GeneratedUID, and
// writes each with its record name, by which a plan knows it. An answer that no plan
// would look at is refused: whoever gave it would believe that it counts.
func (s *situation) meant(said plan.Answers) (plan.Answers, error) {
	all := plan.Answers{}
	for about, is := range said {
		var err error
		switch credentialKinds()[about.Kind] {
		case ofAnAccount:
			about.User, err = s.recordName(about.User)
		case ofAStep:
			about.User, err = s.stepKey(about.User)
		case ofNobody:
		}
		if err != nil {
			return nil, err
		}
		if before, twice := all[about]; twice && before != is {
			return nil, usage(fmt.Errorf("%s is answered with yes and with no", answerWord(about)))
		}
		all[about] = is
	}
	return all, nil
}

func (s *situation) recordName(user string) (string, error) {
	account, err := s.account(user)
	if err != nil {
		return "", err
	}
	return account.Name, nil
}

// stepKey reads the key of a step: an action that there is, its form, and two people
// of this Mac, whose names may have blanks in them.
func (s *situation) stepKey(key string) (string, error) {
	parts := strings.Split(key, " ")
	wrong := usage(fmt.Errorf("no plan has a step %q: write it as the plan does, such as A08.0:lea:ada", key))
	if len(parts) < stepParts || !isAction(parts[0]) || !isForm(parts[1]) {
		return "", wrong
	}
	for i := 3; i < len(parts); i++ {
		who, by := s.somebody(strings.Join(parts[2:i], " ")), s.somebody(strings.Join(parts[i:], " "))
		if who != "" && by != "" {
			return strings.Join([]string{parts[0], parts[1], who, by}, " "), nil
		}
	}
	return "", wrong
}

// somebody is the record name of an account, or the word for nobody; empty where no
// account is called that.
func (s *situation) somebody(name string) string {
	if name == nobody {
		return nobody
	}
	if account, there := s.model.Account(name); there {
		return account.Name
	}
	return ""
}

func isAction(id string) bool {
	return slices.ContainsFunc(plan.Actions(), func(a plan.Action) bool { return string(a.ID) == id })
}

// isForm: the forms of an action are numbered with one digit.
func isForm(word string) bool { return len(word) == 1 && word[0] >= '0' && word[0] <= '9' }
