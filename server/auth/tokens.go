// Package auth says who may talk to the server.
//
// Macs sign their requests with keys that were let in (Verifier, Enrolment), or, where
// the site wants that instead, show a token that all of them share (Tokens). People and
// their programs show a token of their own, which has a role (Roles). It must never log
// or return a token, a secret or a code.
package auth

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/problem"
)

const (
	minToken     = 16 // characters: what is shorter can be guessed
	maxTokenFile = 1 << 20
)

// Tokens is a set of bearer tokens. It keeps hashes, so that a comparison takes
// the same time for every length, and a dump of memory does not list them.
type Tokens struct{ hashes [][sha256.Size]byte }

// ReadTokens reads a file with one token a line; empty lines and lines that
// begin with # do not count. It refuses a file without a token, and one that
// others could have read or put there: see rootfile.ReadSecret.
func ReadTokens(path string) (Tokens, error) {
	t, err := readTokens(path)
	if err != nil {
		return Tokens{}, fmt.Errorf("tokens: %w", err)
	}
	return t, nil
}

func readTokens(path string) (Tokens, error) {
	path, err := filepath.Abs(path) // so that all folders above it are looked at
	if err != nil {
		return Tokens{}, err
	}
	data, err := rootfile.ReadSecret(path, maxTokenFile)
	if err != nil {
		return Tokens{}, err
	}
	t, err := parse(bytes.NewReader(data))
	if err != nil {
		return Tokens{}, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func parse(r io.Reader) (Tokens, error) {
	var t Tokens
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		token := bytes.TrimSpace(lines.Bytes())
		if len(token) == 0 || token[0] == '#' {
			continue
		}
		if len(token) < minToken {
			return Tokens{}, fmt.Errorf("the token in line %d is shorter than %d characters", n, minToken)
		}
		t.hashes = append(t.hashes, sha256.Sum256(token))
	}
	if len(t.hashes) == 0 && lines.Err() == nil {
		return Tokens{}, errors.New("there is no token in the file")
	}
	return t, lines.Err()
}

// Require lets a request pass to next only with one of the tokens. A nil set
// lets all pass.
func (t *Tokens) Require(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	refuse := problem.Refuse(http.StatusUnauthorized, "a bearer token that this server knows is needed")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !t.knows(r.Header.Get("Authorization")) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="tokenward"`)
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (t *Tokens) knows(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	return strings.EqualFold(scheme, "Bearer") && t.have(strings.TrimSpace(token))
}

// have compares with every token, so that the time says nothing about which.
func (t *Tokens) have(token string) bool {
	hash, found := sha256.Sum256([]byte(token)), 0
	for i := range t.hashes {
		found |= subtle.ConstantTimeCompare(t.hashes[i][:], hash[:])
	}
	return found == 1
}
