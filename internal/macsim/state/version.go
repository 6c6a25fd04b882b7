package state

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// AtLeast compares the version, number by number; what is missing counts as 0.
func (o OS) AtLeast(want ...int) bool {
	have, err := numbers(o.Version)
	if err != nil {
		return false
	}
	for len(have) < len(want) {
		have = append(have, 0)
	}
	return slices.Compare(have, want) >= 0
}

// numbers splits a version such as 10.15.7.
func numbers(version string) ([]int, error) {
	parts := strings.Split(version, ".")
	if len(parts) > 3 {
		return nil, fmt.Errorf("%q has more than three numbers", version)
	}
	out := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%q is not a version such as 15.7.1", version)
		}
		out[i] = int(n)
	}
	return out, nil
}

// product is what the system calls itself. documented.
func (o OS) product() string {
	if o.AtLeast(11) {
		return "macOS"
	}
	return "Mac OS X"
}

// shell is the login shell of a new account. documented: zsh since 10.15.
func (o OS) shell() string {
	if o.AtLeast(10, 15) {
		return "/bin/zsh"
	}
	return "/bin/bash"
}
