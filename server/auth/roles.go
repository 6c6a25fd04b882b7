package auth

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// Role is what somebody may do. Each role may do what the ones before it may.
type Role uint8

// The roles.
const (
	Viewer   Role = iota + 1 // see the fleet
	Operator                 // and have Macs do something
	Approver                 // and let Macs in and shut them out, and see who did what
	Admin                    // and make codes and import serials, which let Macs in without anybody
)

// String returns the name of a role as files have it.
func (r Role) String() string {
	return map[Role]string{Viewer: "viewer", Operator: "operator", Approver: "approver", Admin: "admin"}[r]
}

// ParseRole reads the name of a role.
func ParseRole(name string) (Role, error) {
	for r := Viewer; r <= Admin; r++ {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("the role %q is not viewer, operator, approver or admin", name)
}

// Person is who shows a token: somebody, or a program of theirs.
type Person struct {
	Name string
	Role Role
}

// Roles are the people who may use the server, by the hashes of their tokens.
type Roles struct {
	hashes [][sha256.Size]byte
	people []Person
}

var nameForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._@-]{0,63}$`)

// ReadRoles reads a file with lines "role name hash"; empty lines and lines that begin
// with # do not count. It refuses a file in which there is nobody, and one that others
// could have read or put there: see rootfile.ReadSecret.
func ReadRoles(path string) (*Roles, error) {
	path, err := filepath.Abs(path) // so that all folders above it are looked at
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	data, err := rootfile.ReadSecret(path, maxTokenFile)
	if err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	roles, err := parseRoles(data)
	if err != nil {
		return nil, fmt.Errorf("roles: %s: %w", path, err)
	}
	return roles, nil
}

func parseRoles(data []byte) (*Roles, error) {
	all, names := &Roles{}, map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		if err := all.add(text); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		name := all.people[len(all.people)-1].Name
		if names[name] {
			return nil, fmt.Errorf("line %d: %s is there twice: the audit could not tell who did what", n, name)
		}
		names[name] = true
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(all.people) == 0 {
		return nil, errors.New("there is nobody in the file")
	}
	return all, nil
}

func (r *Roles) add(text string) error {
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return errors.New("not a role, a name and the hash of a token")
	}
	role, err := ParseRole(fields[0])
	if err != nil {
		return err
	}
	if !nameForm.MatchString(fields[1]) {
		return errors.New("the name is not letters, digits and ._@-")
	}
	hash, err := hex.DecodeString(fields[2])
	if err != nil || len(hash) != sha256.Size {
		return errors.New("the third word is not the SHA-256 of a token, which is 64 hexadecimal digits: see token new")
	}
	r.hashes = append(r.hashes, [sha256.Size]byte(hash))
	r.people = append(r.people, Person{fields[1], role})
	return nil
}

// who compares with every hash, so that the time says nothing about which.
func (r *Roles) who(token string) (Person, bool) {
	hash, found := sha256.Sum256([]byte(token)), -1
	for i := range r.hashes {
		if subtle.ConstantTimeCompare(r.hashes[i][:], hash[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return Person{}, false
	}
	return r.people[found], true
}

// NewToken makes a token for somebody, and the line for the file of roles. The token is
// random enough that its plain hash gives nothing away.
func NewToken(p Person) (token, line string, err error) {
	if p.Role.String() == "" || !nameForm.MatchString(p.Name) {
		return "", "", errors.New("a token needs a role, and a name of letters, digits and ._@-")
	}
	token = "tw_" + rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(token))
	return token, fmt.Sprintf("%s %s %s", p.Role, p.Name, hex.EncodeToString(hash[:])), nil
}

// CheckRoles says what is wrong with the content of a file of roles.
func CheckRoles(data []byte) error {
	_, err := parseRoles(data)
	return err
}
