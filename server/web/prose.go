package web

import "strings"

// span is a part of a sentence; Code is a command to be copied.
type span struct {
	Text string
	Code bool
}

// spans splits a sentence at its backquotes, between which agents put commands.
func spans(text string) []span {
	var all []span
	for i, part := range strings.Split(text, "`") {
		if part != "" {
			all = append(all, span{Text: part, Code: i%2 == 1})
		}
	}
	return all
}
