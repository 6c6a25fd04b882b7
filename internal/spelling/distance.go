// Package spelling says how far a written word is from one that exists, for
// messages that offer what was probably meant.
package spelling

import "strings"

// Distance counts the bytes to add, drop or change to make one word of the other
// (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Nearest is the name that somebody who wrote another probably meant: one that
// contains it, or that a few letters make of it; empty where none is near.
func Nearest(written string, names []string) string {
	if written == "" {
		return ""
	}
	best, least := "", max(2, len(written)/4)+1
	for _, name := range names {
		if strings.Contains(name, written) {
			return name
		}
		if n := Distance(written, name); n < least {
			best, least = name, n
		}
	}
	return best
}
