package state

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// FileVault is the encryption of the startup volume and its recovery keys.
type FileVault struct {
	State         Encryption  `yaml:"state,omitempty"`
	Percent       int         `yaml:"percent,omitempty"` // of encrypting and decrypting
	Deferred      bool        `yaml:"deferred,omitempty"`
	DeferredUser  string      `yaml:"deferred_user,omitempty"` // for whom; empty: whoever comes
	RecoveryKey   RecoveryKey `yaml:"recovery_key,omitempty"`
	Institutional bool        `yaml:"institutional,omitempty"` // there is an institutional recovery key
	ICloud        bool        `yaml:"icloud,omitempty"`        // the iCloud account may unlock it

	EscrowProfile bool `yaml:"escrow_profile,omitempty"` // new keys go to the server
	SealedStays   bool `yaml:"sealed_stays,omitempty"`   // the sealed key's file outlives the key. inferred: that it can
}

// RecoveryKey is the personal recovery key. It changes; the server keeps the
// one that it was sent.
type RecoveryKey struct {
	Generation int `yaml:"generation,omitempty"` // 0: there is none
	Escrowed   int `yaml:"escrowed,omitempty"`   // the generation that the server has; 0 = none
	Last       int `yaml:"last,omitempty"`       // the newest ever made

	Made time.Time `yaml:"made,omitempty"` // when this one was; zero: unknown

	Sealed   int       `yaml:"sealed,omitempty"`    // the generation in a file that stays; 0 = none
	SealedAt time.Time `yaml:"sealed_at,omitempty"` // when that one was made
}

// SealedKey is the generation of the recovery key that lies sealed on the Mac, and
// when it was written.
func (m *Mac) SealedKey() (generation int, at time.Time, there bool) {
	f := &m.FileVault
	k := f.RecoveryKey
	switch {
	case f.EscrowProfile && k.Generation > 0 && k.Escrowed == k.Generation:
		return k.Generation, k.Made, true
	case f.SealedStays && k.Sealed > 0:
		return k.Sealed, k.SealedAt, true
	}
	return 0, time.Time{}, false
}

// Encryption is the state of FileVault.
type Encryption string

// The states of FileVault.
const (
	Off        Encryption = "off"
	On         Encryption = "on"
	Encrypting Encryption = "encrypting"
	Decrypting Encryption = "decrypting"
)

// RecoveryKeyText is the personal recovery key as a person writes it down, empty
// where there is none. It is made from the Mac's number and the generation.
func (m *Mac) RecoveryKeyText() string {
	if m.FileVault.RecoveryKey.Generation == 0 {
		return ""
	}
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	sum := sha256.Sum256(fmt.Appendf(nil, "%s recovery key %d", m.HardwareUUID, m.FileVault.RecoveryKey.Generation))
	var groups [6]string
	for i := range groups {
		for _, b := range sum[4*i : 4*i+4] {
			groups[i] += string(alphabet[int(b)%len(alphabet)])
		}
	}
	return strings.Join(groups[:], "-")
}

// newRecoveryKey replaces the personal recovery key. documented: with the
// payload FDERecoveryKeyEscrow a new key goes to the server, one made before it
// does not.
func (m *Mac) newRecoveryKey() {
	k := &m.FileVault.RecoveryKey
	k.Last++
	k.Generation, k.Made = k.Last, m.Clock
	if m.FileVault.EscrowProfile {
		k.Escrowed = k.Generation
		if m.FileVault.SealedStays {
			k.Sealed, k.SealedAt = k.Generation, k.Made
		}
	}
}
