package conform

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// ReportFormat names the form of a report.
const ReportFormat = "tokenward-realmac-1"

// Report is what is sent in: nothing in it tells whose Mac it was.
type Report struct {
	Format    string  `json:"format"`
	Simulated bool    `json:"simulated,omitempty"`
	Version   string  `json:"version"`
	Build     string  `json:"build"`
	Chip      string  `json:"chip"`
	Root      bool    `json:"root"`
	FileVault bool    `json:"filevault"`
	Enrolled  bool    `json:"enrolled"`
	ADE       bool    `json:"ade"`
	Tier      Tier    `json:"tier"`
	Cases     []Entry `json:"cases"`
}

// Entry is one case in a report.
type Entry struct {
	ID         string  `json:"id"`
	Verdict    Verdict `json:"verdict"`
	Claim      string  `json:"claim"`
	Known      string  `json:"known"`
	Question   string  `json:"question,omitempty"`
	Says       string  `json:"says,omitempty"`
	LeftBehind string  `json:"left_behind,omitempty"`
	Seen       []Shown `json:"seen,omitempty"` // of what differs, and wherever there is a question, in the Mac's own words
}

// Shown is one step as a report shows it.
type Shown struct {
	Command  string `json:"command"`
	Exit     int    `json:"exit"`
	Stdout   string `json:"stdout,omitempty"`
	Stderr   string `json:"stderr,omitempty"`
	Terminal string `json:"terminal,omitempty"`
	Answer   string `json:"answer,omitempty"`
}

// NewReport returns the report of a suite's results.
func NewReport(s *Suite, tier Tier, results []Result) Report {
	f := &s.Facts
	r := Report{
		Format: ReportFormat, Simulated: f.Simulated, Version: f.Version, Build: f.Build, Chip: string(f.Chip),
		Root: f.Root, FileVault: f.FileVault, Enrolled: f.Enrolled, ADE: f.ADE, Tier: tier, Cases: []Entry{},
	}
	redactor := NewRedactor(f, &s.Names)
	for _, result := range results {
		r.Cases = append(r.Cases, entry(redactor, result))
	}
	return r
}

func entry(r *Redactor, result Result) Entry {
	e := Entry{
		ID: result.ID, Verdict: result.Verdict, Claim: result.Claim, Known: result.Known, Question: result.Question,
		Says: r.Redact(result.Says), LeftBehind: result.LeftBehind,
	}
	if result.Verdict == Differs || result.Verdict == Unanswered || result.Verdict == Holds && result.Question != "" {
		for _, run := range result.Seen {
			e.Seen = append(e.Seen, shown(r, run))
		}
	}
	return e
}

// longestShown is how much of a stream a report shows.
const longestShown = 8000

func shown(r *Redactor, run Run) Shown {
	cover := func(text string) string {
		text = r.Redact(run.kept(text))
		if len(text) > longestShown {
			return text[:longestShown] + "…"
		}
		return text
	}
	s := Shown{Exit: run.Output.Exit, Stdout: cover(run.Output.Stdout), Stderr: cover(run.Output.Stderr), Terminal: cover(run.Output.Terminal), Answer: run.Answer}
	step := run.Step
	if run.Who != "" {
		step.Argv = append([]string{run.Command.Path}, run.Command.Args...)
	}
	s.Command = r.Redact(step.String())
	return s
}

// kept are the lines that the step is about.
func (run Run) kept(text string) string {
	if run.Only == nil {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if slices.ContainsFunc(run.Only, func(key string) bool { return strings.Contains(line, key) }) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Count counts the cases with a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, e := range r.Cases {
		if e.Verdict == v {
			n++
		}
	}
	return n
}

// LeftBehind are the things that were not undone.
func (r *Report) LeftBehind() []string {
	var left []string
	for _, e := range r.Cases {
		if e.LeftBehind != "" && !slices.Contains(left, e.LeftBehind) {
			left = append(left, e.LeftBehind)
		}
	}
	return left
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "macOS %s (%s), %s, root: %v, FileVault: %v, enrolled: %v, by ADE: %v\n", r.Version, r.Build, r.Chip, r.Root, r.FileVault, r.Enrolled, r.ADE)
	for _, e := range r.Cases {
		fmt.Fprintf(&b, "\n%-15s %s\n", strings.ReplaceAll(string(e.Verdict), "_", " "), e.ID)
		e.writeText(&b)
	}
	fmt.Fprintf(&b, "\n%d hold, %d differ, %d open questions answered by this Mac, %d not applicable, %d could not be asked\n",
		r.Count(Holds), r.Count(Differs), r.Count(Unanswered), r.Count(NotApplicable), r.Count(CouldNotAsk))
	for _, left := range r.LeftBehind() {
		fmt.Fprintf(&b, "NOT UNDONE: %s\n", left)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (e *Entry) writeText(b *strings.Builder) {
	if e.Verdict == Holds && e.Question == "" {
		return
	}
	fmt.Fprintf(b, "    claim: %s (%s)\n", e.Claim, e.Known)
	if e.Question != "" {
		fmt.Fprintf(b, "    question: %s\n", e.Question)
	}
	if e.Says != "" {
		fmt.Fprintf(b, "    here: %s\n", e.Says)
	}
	for _, s := range e.Seen {
		fmt.Fprintf(b, "    $ %s\n", s.Command)
		for _, stream := range []pair{{s.Terminal, "terminal"}, {s.Stdout, "stdout"}, {s.Stderr, "stderr"}, {s.Answer, "answer"}} {
			for line := range strings.Lines(stream.text) {
				fmt.Fprintf(b, "      %s| %s\n", stream.standIn, strings.TrimSuffix(line, "\n"))
			}
		}
		fmt.Fprintf(b, "      exit %d\n", s.Exit)
	}
}
