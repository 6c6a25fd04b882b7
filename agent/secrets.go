package agent

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/secret"
	"github.com/tokenward/tokenward/internal/wire"
)

const maxSmallFile = 1 << 20

// readFile reads a file that an admin named. It lies on the machine's own disk.
func (a *Agent) readFile(path string) ([]byte, error) { return rootfile.Read(path, maxSmallFile) }

// token reads the bearer token anew for each batch, so that it can be replaced
// without a restart.
func (a *Agent) token() (secret.Text, error) {
	return fileSecret("server.token_file", a.configured().Server.TokenFile)
}

// enrollmentSecret is what opens an enrolment, empty where there is nothing.
func (a *Agent) enrollmentSecret() (secret.Text, error) {
	c := a.configured().Enrollment
	if c.SecretFile == "" {
		return c.Secret, nil
	}
	return fileSecret("enrollment.secret_file", c.SecretFile)
}

// forgetSecret removes the file of a secret that has been used. One that is gone is
// removed.
func (a *Agent) forgetSecret() error {
	path := a.configured().Enrollment.SecretFile
	if path == "" {
		return nil
	}
	return rootfile.Remove(path)
}

// spendSecret removes the file of a secret that was used by a start that ended before
// it could. It is called when it is known which Mac this is: for a Mac with the disk of
// another one, which is enrolled, the secret is still to be used.
func (a *Agent) spendSecret(out *sending) error {
	path := a.configured().Enrollment.SecretFile
	if state, _ := out.identity.Standing(); out.spent || path == "" || state != wire.EnrollActive {
		return nil
	}
	out.spent = true
	if _, err := (rootfile.Files{}).Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	a.log.Info("the enrolment secret was used and is removed", zap.String("path", path))
	return a.forgetSecret()
}

func fileSecret(key, path string) (secret.Text, error) {
	if path == "" {
		return secret.Text{}, nil
	}
	data, err := rootfile.ReadSecret(path, maxSmallFile)
	if err != nil {
		return secret.Text{}, fmt.Errorf("%s: %w", key, err)
	}
	return secret.New(firstLine(data)), nil
}

// privacyKey is the key of this Mac's pseudonyms, which is made when it is first
// needed. One that cannot be read is not replaced: every name would be another.
func (a *Agent) privacyKey() (wire.PrivacyKey, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.privacy != nil {
		return *a.privacy, nil
	}
	key, err := a.readPrivacyKey()
	if errors.Is(err, fs.ErrNotExist) {
		key, err = a.newPrivacyKey()
	}
	if err != nil {
		return wire.PrivacyKey{}, fmt.Errorf("key of the pseudonyms: %w", err)
	}
	a.privacy = &key
	return key, nil
}

func (a *Agent) readPrivacyKey() (wire.PrivacyKey, error) {
	const enough = 4 << 10
	data, err := a.files.ReadSecret(a.paths.PrivacyKey(), enough)
	if err != nil {
		return wire.PrivacyKey{}, err
	}
	return wire.ParsePrivacyKey(strings.TrimSpace(string(data)))
}

func (a *Agent) newPrivacyKey() (wire.PrivacyKey, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	key, err := wire.NewPrivacyKey(random)
	if err != nil {
		return wire.PrivacyKey{}, err
	}
	return key, a.files.Write(a.paths.PrivacyKey(), []byte(key.Text().Open()+"\n"), 0o600)
}
