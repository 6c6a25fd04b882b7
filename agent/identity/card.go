package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/tokenward/tokenward/internal/reqsign"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// ReadCard returns the public part of the identity in a folder, for an operator who
// compares or pins it. It changes nothing, so it may be read while a daemon runs. It
// fails with ErrNone where there is none.
func ReadCard(folder string) (wire.DeviceCard, error) {
	k, err := readKey(rootfile.Files{}, filepath.Join(folder, keyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return wire.DeviceCard{}, ErrNone
	}
	if err != nil {
		return wire.DeviceCard{}, fmt.Errorf("identity: %w", err)
	}
	defer k.wipe()
	return wire.DeviceCard{
		Serial: k.hardware.Serial, HardwareUUID: k.hardware.UUID, Fingerprint: reqsign.Fingerprint(k.public()),
		SigningKey: k.name(), Recipient: k.recipient(), MadeAt: k.made,
	}, nil
}
