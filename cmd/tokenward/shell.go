package main

import "strings"

// shellWord writes a name so that a shell takes it as one word: names come from a
// directory, and the line that holds it is there to be copied.
func shellWord(name string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@"
	if name != "" && name[0] != '-' && strings.Trim(name, plain) == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
