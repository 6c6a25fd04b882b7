package parse

import (
	"bytes"

	"github.com/tokenward/tokenward/internal/pattern"
)

// boundDomain is the line that names the domain. community: the lines before and
// after it, all of one form.
var boundDomain = pattern.Lazy(`^Active Directory Domain += ([\w.-]+)$`)

// DsconfigadShow reads dsconfigad -show: the domain; nil where there is none. For
// this tool silence is an answer: it prints nothing where the Mac is not bound.
// community.
func DsconfigadShow(out []byte) (*string, error) {
	if len(bytes.TrimSpace(out)) == 0 {
		return nil, nil
	}
	all, err := lines(out)
	if err != nil {
		return nil, err
	}
	var domain once[string]
	for _, line := range all[:len(all)-1] { // behind the last line end a name could be cut off
		m := boundDomain.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if err := domain.say("the domain", m[1]); err != nil {
			return nil, err
		}
	}
	if !domain.said {
		return nil, unreadable("it names no domain")
	}
	return domain.pointer(), nil
}
