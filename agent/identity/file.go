package identity

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/tokenward/tokenward/internal/rootfile"
)

// fileVersion is the form of a key file: a line of JSON, and the SHA-256 of that line
// in hexadecimal digits. Without the sum a flipped bit could be another key, or make
// this Mac look like another one.
const fileVersion = 1

const maxFile = 4 << 10

var (
	errDamaged = errors.New("the key file is damaged")
	errNewer   = errors.New("the key file is from a later version of this program")
)

// stored is a key as its file has it. Nothing but encode and decode may hold one.
type stored struct {
	Version      int       `json:"version"`
	Seed         []byte    `json:"signing_seed"` // Ed25519, 32 bytes
	Sealing      string    `json:"sealing_key"`  // of age, AGE-SECRET-KEY-1…
	HardwareUUID string    `json:"hardware_uuid"`
	Serial       string    `json:"serial"`
	Made         time.Time `json:"made_at"`
	Why          Why       `json:"why"`
}

// Format writes a placeholder for every verb.
func (stored) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

func encode(k *key) ([]byte, error) {
	s := stored{
		Version: fileVersion, Seed: k.signing.Seed(), Sealing: k.sealing.String(),
		HardwareUUID: k.hardware.UUID, Serial: k.hardware.Serial, Made: k.made, Why: k.why,
	}
	defer clear(s.Seed)
	line, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	defer clear(line)
	sum := sha256.Sum256(line)
	return slices.Concat(line, []byte("\n"+hex.EncodeToString(sum[:])+"\n")), nil
}

func decode(data []byte) (*key, error) {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(line)
	if string(rest) != hex.EncodeToString(sum[:])+"\n" {
		return nil, fmt.Errorf("%w: its sum is wrong", errDamaged)
	}
	var s stored
	if err := json.Unmarshal(line, &s); err != nil {
		return nil, fmt.Errorf("%w: it holds no keys", errDamaged) // the error of the decoder could quote them
	}
	defer clear(s.Seed)
	if s.Version > fileVersion {
		return nil, fmt.Errorf("%w (form %d)", errNewer, s.Version)
	}
	sealing, err := age.ParseX25519Identity(s.Sealing)
	if err != nil || len(s.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%w: a key has the wrong form", errDamaged)
	}
	return &key{
		signing: ed25519.NewKeyFromSeed(s.Seed), sealing: sealing,
		hardware: Hardware{s.HardwareUUID, s.Serial}, made: s.Made, why: s.Why,
	}, nil
}

func readKey(from rootfile.Files, path string) (*key, error) {
	data, err := from.ReadSecret(path, maxFile)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	k, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return k, nil
}

// damaged tells a file that is of no more use from a disk that did not answer, which
// says nothing about the file. Keys that others could have read are of no use either.
func damaged(err error) bool {
	if errors.Is(err, rootfile.ErrUntrusted) || errors.Is(err, errDamaged) {
		return true
	}
	_, ofTheDisk := errors.AsType[*fs.PathError](err)
	return !ofTheDisk && !errors.Is(err, errNewer)
}

// disk is what an identity changes on the disk. Each call is done as a whole or not
// at all, and is there after a power cut.
type disk interface {
	write(path string, data []byte) error
	rename(from, to string) error
	remove(path string) error
}

type files struct{ on rootfile.Files }

func (f files) write(path string, data []byte) error { return f.on.Write(path, data, 0o600) }
func (f files) rename(from, to string) error         { return f.on.Rename(from, to) }
func (f files) remove(path string) error             { return f.on.Remove(path) }

func (i *Identity) write(name string, k *key) error {
	data, err := encode(k)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	defer clear(data)
	if err := i.disk.write(i.path(name), data); err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	return nil
}

func (i *Identity) has(name string) bool {
	_, err := i.from.Lstat(i.path(name))
	return err == nil
}
