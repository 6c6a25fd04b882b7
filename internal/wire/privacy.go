package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/tokenward/tokenward/internal/secret"
)

// HashedNames is what a report says whose names are pseudonyms.
const HashedNames = "hashed"

// PrivacyMark says how a report names people. A report without one names them as
// the Mac does.
type PrivacyMark struct {
	Names string `json:"names"`           // hashed
	KeyID string `json:"key_id"`          // pseudonyms can be compared where it is the same
	Proof string `json:"proof,omitempty"` // of the state hash, see PrivacyKey.Proves; a heartbeat refers to a snapshot that has it
}

func (m *PrivacyMark) withoutProof() *PrivacyMark {
	if m == nil {
		return nil
	}
	return &PrivacyMark{Names: m.Names, KeyID: m.KeyID}
}

// privacyKeySize is that of a key in bytes.
const privacyKeySize = 32

// PrivacyKey makes pseudonyms of names. Each Mac has one of its own, which never
// leaves it: whoever has it can tell of any name whether a report is about it.
type PrivacyKey struct{ key secret.Text }

// NewPrivacyKey makes a key of 32 random bytes.
func NewPrivacyKey(random []byte) (PrivacyKey, error) {
	if len(random) != privacyKeySize {
		return PrivacyKey{}, errors.New("privacy key: it is not 32 bytes long")
	}
	return PrivacyKey{secret.New(string(random))}, nil
}

// ParsePrivacyKey reads what Text wrote; white space around it does not count.
func ParsePrivacyKey(text string) (PrivacyKey, error) {
	random, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return PrivacyKey{}, errors.New("privacy key: it is not written in hexadecimal digits") // and not shown
	}
	return NewPrivacyKey(random)
}

// Text is the key as a file holds it.
func (k PrivacyKey) Text() secret.Text {
	return secret.New(hex.EncodeToString([]byte(k.key.Open())))
}

// ID tells keys apart and gives none away.
func (k PrivacyKey) ID() string { return k.digest("key", "", 8) }

// Pseudonym stands for a name, the same each time: user-3f9a… for that of an
// account, person-… for a full name. Two names of one Mac have the same one in
// one of 2^64 cases. How a name is composed in Unicode does not count.
func (k PrivacyKey) Pseudonym(kind, name string) string {
	return kind + "-" + k.digest(kind, norm.NFC.String(name), 8)
}

// The kinds of pseudonyms.
const (
	UserPseudonym   = "user"
	PersonPseudonym = "person"
)

// Proves says whether the names of a snapshot were made with this key, and nothing
// was changed in it that its state hash covers. Heartbeats carry neither names nor
// a proof; they refer to a snapshot by its hash.
func (k PrivacyKey) Proves(r Report) bool {
	if r.Privacy == nil || r.Privacy.KeyID != k.ID() || r.hash() != r.StateHash {
		return false
	}
	return hmac.Equal([]byte(r.Privacy.Proof), []byte(k.proof(r.StateHash)))
}

func (k PrivacyKey) proof(stateHash string) string {
	return k.digest("proof", k.ID()+" "+stateHash, 16)
}

// digest is keyed, and another for each purpose; of so many bytes, in hexadecimal
// digits.
func (k PrivacyKey) digest(purpose, text string, size int) string {
	mac := hmac.New(sha256.New, []byte(k.key.Open()))
	mac.Write([]byte("tokenward " + purpose + "\x00" + text)) // a hash takes everything
	return hex.EncodeToString(mac.Sum(nil)[:size])
}
