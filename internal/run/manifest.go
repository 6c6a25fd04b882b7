package run

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// manifestName is a file in the form of sha256sum, so that a recording can be
// checked without this program. It is optional: hand-made recordings have none.
const manifestName = "manifest.sha256"

const maxManifest = 1 << 20

// manifest lists what a recording consists of, with hashes.
func manifest(files []Content) Content {
	var list bytes.Buffer
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name)
	}
	return Content{manifestName, list.Bytes()}
}

// readManifest returns the hash of each file, nil where there is no manifest.
func readManifest(source opener) (map[string]string, error) {
	data, err := source.open(manifestName, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nil stands for a recording without one
	}
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(data)) {
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		if !ok || len(sum) != hex.EncodedLen(sha256.Size) {
			return nil, fmt.Errorf("%w: %s: the line %q", ErrNotARecording, manifestName, line)
		}
		sums[strings.TrimPrefix(name, "*")] = strings.ToLower(sum)
	}
	return sums, nil
}

// verify compares one file with the manifest.
func verify(sums map[string]string, name string, data []byte) error {
	if sums == nil {
		return nil
	}
	want, listed := sums[name]
	if !listed {
		return fmt.Errorf("%s is not in %s", name, manifestName)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
		return fmt.Errorf("%s is not what %s says: the recording was changed or damaged", name, manifestName)
	}
	return nil
}
