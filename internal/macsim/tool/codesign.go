package tool

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// codesign shows or verifies the signature of a file. documented: man codesign;
// observed: the texts, all on the error stream. What belongs to the system is
// not simulated.
func codesign(m *state.Mac, c *Call) Reply {
	q, ok := askedOfCodesign(c.Args)
	if !ok || ofTheSystem(q.path) {
		return notSimulated(c)
	}
	i := slices.IndexFunc(m.Files, func(f state.File) bool { return f.Path == q.path })
	switch {
	case i < 0:
		return refused(1, q.path+": No such file or directory")
	case m.Files[i].Signer == "":
		return refused(1, q.path+": code object is not signed at all")
	case q.display:
		return Reply{Stderr: joined(signatureLines(m.Files[i], q.verbose))}
	case q.verbose > 0:
		return Reply{Stderr: joined([]string{q.path + ": valid on disk", q.path + ": satisfies its Designated Requirement"})}
	}
	return Reply{}
}

// signatureLines are those that the state knows of; a real one has many more.
// inferred: that the identifier is the file's name.
func signatureLines(f state.File, verbose int) []string {
	lines := []string{"Executable=" + f.Path}
	if verbose > 0 {
		lines = append(lines, "Identifier="+path.Base(f.Path), "TeamIdentifier="+f.Signer)
	}
	return lines
}

// ofTheSystem says whether a path leads to a file that is on every Mac and in no
// state.
func ofTheSystem(file string) bool {
	return slices.ContainsFunc([]string{"/bin/", "/sbin/", "/System/", "/usr/bin/", "/usr/sbin/", "/usr/lib", "/usr/local/bin/dialog"},
		func(prefix string) bool { return strings.HasPrefix(file, prefix) })
}

// codesignQuery is what a command line asks for.
type codesignQuery struct {
	display, verify bool
	verbose         int
	path            string
}

// askedOfCodesign reads the options. documented: a first -v means to verify
// where no operation is named.
func askedOfCodesign(args []string) (q codesignQuery, ok bool) {
	for _, arg := range args {
		if !q.read(arg) {
			return q, false
		}
	}
	if !q.display && !q.verify && q.verbose > 0 {
		q.verify, q.verbose = true, q.verbose-1
	}
	return q, q.path != "" && q.display != q.verify
}

func (q *codesignQuery) read(arg string) bool {
	level, counted := strings.CutPrefix(arg, "--verbose=")
	switch {
	case arg == "--display":
		q.display = true
	case arg == "--verify":
		q.verify = true
	case arg == "--verbose":
		q.verbose++
	case counted:
		n, err := strconv.Atoi(level)
		q.verbose += n
		return err == nil
	case arg == "--strict", arg == "--deep":
		return true
	case strings.HasPrefix(arg, "-"):
		return q.readLetters(arg[1:])
	case q.path == "":
		q.path = arg
	default:
		return false
	}
	return true
}

func (q *codesignQuery) readLetters(letters string) bool {
	q.verbose += strings.Count(letters, "v")
	q.display = q.display || strings.Contains(letters, "d")
	return letters != "" && strings.Trim(letters, "dv") == ""
}
