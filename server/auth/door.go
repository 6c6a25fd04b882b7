package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/server/freshfile"
	"github.com/tokenward/tokenward/server/problem"
)

// Door lets people in by their roles. A nil door stands open for reading: the server
// then listens on a loopback address alone. It is safe for concurrent use.
type Door struct {
	roles *freshfile.Value[*Roles]
	log   *zap.Logger
}

// NewDoor reads the file of roles, and follows it while the server runs.
func NewDoor(path string, log *zap.Logger) (*Door, error) {
	read := func() (*Roles, error) { return ReadRoles(path) }
	roles, err := freshfile.New(time.Now(), read, path)
	if err != nil {
		return nil, err
	}
	return &Door{roles, log.Named("auth")}, nil
}

// Require lets a request pass to next with the token of somebody who has that role.
//
// A program shows the token as a bearer. A browser shows it as the password of the Basic
// scheme, with any name: it asks once, keeps it until it is closed, and there is no
// session that could be stolen or forged. That another site's page cannot use it, the
// guard in front of all handlers sees to.
func (d *Door) Require(role Role, next http.Handler) http.Handler {
	if d == nil && role == Viewer {
		return next
	}
	if d == nil {
		return problem.Refuse(http.StatusForbidden, "this needs a person with the role "+role.String()+": start the server with --roles")
	}
	anonymous := problem.Refuse(http.StatusUnauthorized, "a token of somebody with the role "+role.String()+" is needed")
	lesser := problem.Refuse(http.StatusForbidden, "this needs the role "+role.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		person, ok := d.who(r)
		if !ok {
			w.Header().Add("WWW-Authenticate", `Bearer realm="tokenward"`)
			w.Header().Add("WWW-Authenticate", `Basic realm="tokenward", charset="UTF-8"`)
			anonymous.ServeHTTP(w, r)
			return
		}
		if person.Role < role {
			lesser.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), personOfRequest{}, person)))
	})
}

func (d *Door) who(r *http.Request) (Person, bool) {
	roles, err := d.roles.Get(time.Now())
	if err != nil {
		d.log.Error("file of roles not read, the former one stands", zap.Error(err))
	}
	if _, password, ok := r.BasicAuth(); ok {
		return roles.who(password)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Person{}, false
	}
	return roles.who(strings.TrimSpace(token))
}

type personOfRequest struct{}

// PersonOf returns who sent a request that a door let in.
func PersonOf(ctx context.Context) (Person, bool) {
	p, ok := ctx.Value(personOfRequest{}).(Person)
	return p, ok
}
