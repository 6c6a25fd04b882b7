package tool

import (
	"slices"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// installer installs nothing yet, but it says where there is no package.
// community: the text, exit code 1; inferred: the stream.
func installer(m *state.Mac, c *Call) Reply {
	var file string
	switch {
	case len(c.Args) == 4 && c.Args[0] == "-pkg" && c.Args[2] == "-target" && c.Args[3] == "/":
		file = c.Args[1]
	case len(c.Args) == 4 && c.starts("-target", "/", "-pkg"):
		file = c.Args[3]
	}
	if file == "" || slices.ContainsFunc(m.Files, func(f state.File) bool { return f.Path == file }) {
		return notSimulated(c)
	}
	return refused(1, "installer: Error - the package path specified was invalid: '"+file+"'.")
}
