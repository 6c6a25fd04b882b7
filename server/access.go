package server

import (
	"fmt"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server/auth"
)

// Access says who is let in. The zero value lets every program on this machine read and
// send reports, and nobody else do anything.
type Access struct {
	Door      *auth.Door   // people; nil: whoever gets here may read
	Tokens    *auth.Tokens // of agents; nil: they sign where there is a door, and else need nothing
	Policy    auth.Policy  // of enrolments
	Authority string       // the host under which agents know the server; empty: as they say
	Path      string       // what they have before /v1, such as /tokenward; empty: nothing
}

// access reads the files that a configuration names.
func (c Config) access(log *zap.Logger) (a Access, err error) {
	if err := c.check(); err != nil {
		return a, err
	}
	if a.Authority, a.Path, err = c.site(); err != nil {
		return a, err
	}
	if c.RolesFile != "" {
		if a.Door, err = auth.NewDoor(c.RolesFile, log); err != nil {
			return a, fmt.Errorf("%w: %w", ErrConfig, err)
		}
	}
	if a.Tokens, err = readTokens(c.TokenFile); err != nil {
		return a, err
	}
	a.Policy = auth.Policy{Open: c.EnrollOpen, BySerial: c.EnrollBySerial}
	a.Policy.Secrets, err = readTokens(c.EnrollSecretFile)
	return a, err
}

func readTokens(path string) (*auth.Tokens, error) {
	if path == "" {
		return nil, nil
	}
	t, err := auth.ReadTokens(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return &t, nil
}

// agents says how agents show who they are, for the log.
func (a Access) agents() string {
	switch {
	case a.Tokens != nil:
		return "token"
	case a.Door != nil:
		return "signed"
	}
	return "open"
}
