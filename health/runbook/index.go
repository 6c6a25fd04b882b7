package runbook

import (
	"fmt"
	"strings"
)

// Index is the list of all pages, by what somebody notices.
func Index() string {
	var b strings.Builder
	b.WriteString("# Runbooks\n\nOne page for each branch of the troubleshooting in two vendors' articles. Find the line that says what you see. " +
		"On a Mac that runs, `sudo tokenward status` names the conditions, and `sudo tokenward plan` says what to do with the right names.\n")
	article := ""
	for _, p := range Pages() {
		vendor, _, _ := strings.Cut(p.Article, ": ")
		if vendor != article {
			fmt.Fprintf(&b, "\n## %s\n\n| what you see | page | conditions |\n|---|---|---|\n", vendor)
			article = vendor
		}
		codes := make([]string, 0, len(p.Codes))
		for _, code := range p.Codes {
			codes = append(codes, "`"+string(code)+"`")
		}
		fmt.Fprintf(&b, "| %s | [%s](%s.md) | %s |\n", p.When, p.Title, p.Slug, strings.Join(codes, ", "))
	}
	return b.String()
}
