package health

import (
	"slices"
	"strconv"
	"strings"
)

// Version is a version of macOS. The zero value is not known, and is neither
// older nor newer than any other.
type Version struct {
	Text         string
	Major, Minor int
	Patch        int
}

// ParseVersion reads "15.7.1". What it cannot read is the zero value.
func ParseVersion(text string) Version {
	var numbers [3]int
	for i, part := range strings.SplitN(text, ".", 4) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return Version{}
		}
		if i < len(numbers) {
			numbers[i] = n
		}
	}
	return Version{Text: text, Major: numbers[0], Minor: numbers[1], Patch: numbers[2]}
}

// AtLeast says whether the version is that one or a later one.
func (v Version) AtLeast(major, minor int) Tri {
	if v.Text == "" {
		return Unknown
	}
	return TriOf(v.Major > major || (v.Major == major && v.Minor >= minor))
}

// from says whether the version is that one or a later one, down to the patch.
func (v Version) from(want [3]int) Tri {
	if v.Text == "" {
		return Unknown
	}
	return TriOf(slices.Compare([]int{v.Major, v.Minor, v.Patch}, want[:]) >= 0)
}
