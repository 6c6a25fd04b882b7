package sqlite

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxPayload bounds what a payload may unpack to: a damaged row must not take
// all memory. No report that gets in is as large.
const maxPayload = 4 << 20

// codecs returns an encoder and a decoder for whole payloads. Both are safe for
// concurrent use that way, and neither keeps a goroutine.
func codecs() (*zstd.Encoder, *zstd.Decoder, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("zstd encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxPayload))
	if err != nil {
		return nil, nil, fmt.Errorf("zstd decoder: %w", err)
	}
	return enc, dec, nil
}
