package identity

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// Why says for what reason keys were made.
type Why string

// The reasons.
const (
	First    Why = "first"
	Moved    Why = "moved"    // the disk was in another Mac before
	Damaged  Why = "damaged"  // the files could not be read, or others could
	Revoked  Why = "revoked"  // the server will never take the former key again
	Disowned Why = "disowned" // the server has the former key for that of another Mac
	Rotated  Why = "rotated"
)

// key is the private half of an identity. It prints as a placeholder, whatever prints
// it.
type key struct {
	signing  ed25519.PrivateKey
	sealing  *age.X25519Identity
	hardware Hardware
	made     time.Time
	why      Why
}

func newKey(why Why, hardware Hardware, now time.Time) (*key, error) {
	_, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	sealing, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	return &key{signing: signing, sealing: sealing, hardware: hardware, made: now.UTC().Truncate(time.Second), why: why}, nil
}

func (k *key) public() ed25519.PublicKey {
	return ed25519.PublicKey(k.signing[ed25519.PrivateKeySize-ed25519.PublicKeySize:])
}

// name is how the public key is written wherever it stands for the key.
func (k *key) name() string { return base64.StdEncoding.EncodeToString(k.public()) }

func (k *key) recipient() string { return k.sealing.Recipient().String() }

// wipe clears what can be cleared: the copies that the runtime and the library of the
// sealing key made stay until their memory is used again.
func (k *key) wipe() { clear(k.signing) }

const placeholder = "[private key]"

// String returns a placeholder.
func (key) String() string { return placeholder }

// GoString returns a placeholder.
func (key) GoString() string { return placeholder }

// Format writes a placeholder for every verb.
func (key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// MarshalText writes a placeholder, in JSON and YAML as well.
func (key) MarshalText() ([]byte, error) { return []byte(placeholder), nil }
