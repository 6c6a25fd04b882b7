package spool

import (
	"fmt"
	"hash/crc32"
)

// seal puts before a text what it is and a checksum of it, as one line begins:
// "tokenward-report/1 89abcdef …". CRC32C finds every single bit that turned
// over, and every burst of up to 32 (Castagnoli et al., 1993); whoever may write
// here may also compute it.
func seal(what string, text []byte) []byte {
	return append([]byte(sealOf(what, text)), text...)
}

// unseal returns the text; ok is false if it is not what it says, unchanged.
func unseal(what string, data []byte) (text []byte, ok bool) {
	length := len(sealOf(what, nil))
	if len(data) < length {
		return nil, false
	}
	text = data[length:]
	return text, sealOf(what, text) == string(data[:length])
}

func sealOf(what string, text []byte) string {
	return fmt.Sprintf("%s %08x ", what, crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}
