//go:build linux

package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// printed is the first part of a plan as it stands on a screen or a page: what is to
// be done, or a question.
type printed struct {
	steps    []printedStep
	question string
	yes, no  string // flags to ask again with; on a page what stands below the answers
	noWay    bool
	reached  bool
}

// printedStep is one step in the words in which it stands there.
type printedStep struct {
	of     string // whose it is
	first  string
	do     string
	check  string
	ifSo   string // flags to ask again with
	ifNot  string // the same, where it did not work
	number string
	last   string // number of the step that is done all the same; empty where it stands for itself
}

// The lines of a plan at a terminal, as far as they stand outside of branches.
var (
	stepLine   = regexp.MustCompile(`^(\d+)\. +(.+)$`)
	labelLine  = regexp.MustCompile(`^    (Careful|No other|First|Do|Needs|Then|Check|Undo|If so|If not) *(.*)$`)
	together   = regexp.MustCompile(`^    Steps (\d+) to (\d+) belong together:`)
	answerLine = regexp.MustCompile("^    (Yes|No): .*?(?:\\(`(--[^`]+)`\\)|ask again with `(--[^`]+)`)")
	subject    = regexp.MustCompile(`(?:The user|, for) (.+?)(?:, with| –|$)`)
)

// readPlan reads what `tokenward plan` printed, as far as its first question.
func readPlan(text string) (printed, error) {
	var p printed
	label := ""
	text, _, _ = strings.Cut(text, "If all other ways are really closed") // what is left is no way
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "There is no safe way"):
			p.noWay = true
		case strings.HasPrefix(line, "Nothing is to be done"):
			p.reached = true
		case strings.HasPrefix(line, "?   "):
			p.question, label = line[4:], "question"
		case p.question != "":
			p.answer(line, &label)
		case stepLine.MatchString(line):
			m := stepLine.FindStringSubmatch(line)
			p.steps, label = append(p.steps, printedStep{number: m[1], of: strings.TrimSpace(first(subject.FindStringSubmatch(m[2])))}), ""
		case len(p.steps) > 0:
			p.steps[len(p.steps)-1].read(line, &label)
		}
	}
	p.bind()
	if len(p.steps) == 0 && p.question == "" && !p.noWay && !p.reached {
		return p, fmt.Errorf("nobody can read this plan:\n%s", text)
	}
	return p, nil
}

// bind hands the end of steps that belong together on to those between.
func (p *printed) bind() {
	last := ""
	for i := range p.steps {
		if p.steps[i].last != "" {
			last = p.steps[i].last
		}
		if p.steps[i].number == last {
			last = ""
		}
		p.steps[i].last = last
	}
}

func first(found []string) string {
	if len(found) < 2 {
		return ""
	}
	return found[1]
}

// answer reads a line below a question.
func (p *printed) answer(line string, label *string) {
	if m := answerLine.FindStringSubmatch(line); m != nil {
		flag := m[2] + m[3]
		if m[1] == "Yes" && p.yes == "" {
			p.yes = flag
		} else if m[1] == "No" && p.no == "" {
			p.no = flag
		}
		*label = ""
	}
	if *label == "question" && strings.HasPrefix(line, "    ") {
		p.question += " " + strings.TrimSpace(line)
		return
	}
	*label = ""
}

// read takes one line of a step. A command on a line of its own stands two columns
// deeper than prose.
func (s *printedStep) read(line string, label *string) {
	if m := together.FindStringSubmatch(line); m != nil {
		s.last = m[2]
	}
	if m := labelLine.FindStringSubmatch(line); m != nil {
		*label = m[1]
		s.add(*label, m[2])
		return
	}
	const prose, command = 13, 15
	switch indent := len(line) - len(strings.TrimLeft(line, " ")); {
	case *label == "" || strings.TrimSpace(line) == "":
	case indent == command && *label == "If not":
		s.ifNot = strings.TrimSpace(line)
	case indent == command && *label == "If so":
		s.ifSo = strings.TrimSpace(line)
	case indent == command:
		s.add(*label, "`"+strings.TrimSpace(line)+"`")
	case indent == prose:
		s.add(*label, strings.TrimSpace(line))
	}
}

func (s *printedStep) add(label, text string) {
	text = strings.TrimSpace(text)
	to := map[string]*string{"First": &s.first, "Do": &s.do, "Check": &s.check}[label]
	if to != nil && text != "" {
		*to = strings.TrimSpace(*to + " " + text)
	}
}

// The lines of a page.
var (
	pageQuestion = regexp.MustCompile(`(?m)^#### Question (\d+): (.+)$`)
	pageStep     = regexp.MustCompile(`^(\d+)\. (.+)$`)
	pageLine     = regexp.MustCompile(`^   - (First|Check): (.+)$`)
	goesOn       = regexp.MustCompile(`^: go on with question (\d+)\.`)
)

// runbookWays are the parts of a page below "Do", each without its heading.
func runbookWays(page string) (texts []string) {
	_, do, _ := strings.Cut(page, "\n## Do\n")
	do, _, _ = strings.Cut(do, "\n## ")
	do, _, _ = strings.Cut(do, "\n---\n")
	parts := strings.Split("\n"+do, "\n### ")
	if strings.TrimSpace(parts[0]) != "" {
		texts = append(texts, parts[0])
	}
	for _, part := range parts[1:] {
		_, text, _ := strings.Cut(part, "\n")
		texts = append(texts, text)
	}
	return texts
}

// readWay reads the question of that number in a way, or its steps where it has no
// questions.
func readWay(text string, number string) (printed, error) {
	all := pageQuestion.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return readSteps(text), nil
	}
	for i, at := range all {
		if text[at[2]:at[3]] != number {
			continue
		}
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		below := text[at[1]:end]
		yes, no, found := strings.Cut(below, "\n**No**")
		_, yes, there := strings.Cut(yes, "**Yes**")
		if !found || !there {
			return printed{}, errors.New("a question without two answers: " + below)
		}
		return printed{question: text[at[4]:at[5]], yes: yes, no: no}, nil
	}
	return printed{}, errors.New("there is no question " + number)
}

// readSteps reads the steps of one way on a page.
func readSteps(text string) printed {
	p := printed{
		noWay:   strings.Contains(text, "There is no safe way."),
		reached: strings.Contains(text, "Nothing is to be done"),
	}
	text, _, _ = strings.Cut(text, "There is no safe way.") // what is left is no way
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := pageStep.FindStringSubmatch(line); m != nil {
			p.steps = append(p.steps, printedStep{number: m[1], do: m[2]})
		} else if m := pageLine.FindStringSubmatch(line); m != nil && len(p.steps) > 0 {
			p.steps[len(p.steps)-1].add(m[1], m[2])
		}
	}
	return p
}
