package config

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
)

// lastFormat is the version of the file with the last good configuration. A file of
// another one is passed over.
const lastFormat = 1

// lastFile is that file: the values that were set, with their layers. It holds no
// secret and nothing that counts in managed preferences alone.
type lastFile struct {
	Format int                       `json:"format"`
	Layers map[Layer]json.RawMessage `json:"layers"`
}

// Keep remembers a configuration for the day on which a layer holds a mistake. One
// that is itself no fresh one is not kept, and one that is kept already is not written
// again.
func Keep(p paths.Paths, l Loaded) error {
	if l.From != Fresh {
		return nil
	}
	data, err := lastData(l)
	if err != nil {
		return fmt.Errorf("keep configuration: %w", err)
	}
	if before, err := rootfile.ReadSecret(p.LastConfig(), maxFile); err == nil && bytes.Equal(before, data) {
		return nil
	}
	if err := rootfile.PrivateFolder(p.State()); err != nil {
		return fmt.Errorf("keep configuration: %w", err)
	}
	if err := rootfile.Write(p.LastConfig(), data, 0o600); err != nil {
		return fmt.Errorf("keep configuration: %w", err)
	}
	return nil
}

func lastData(l Loaded) ([]byte, error) {
	f := lastFile{Format: lastFormat, Layers: map[Layer]json.RawMessage{}}
	for _, layer := range Layers()[1:] {
		values := map[string]any{}
		for _, k := range Keys() {
			if l.Layers[k.Path] == layer && k.Who != ManagedOnly {
				values[k.Path] = Plain(valueAt(l.Config, k.Path))
			}
		}
		if len(values) == 0 {
			continue
		}
		data, err := json.Marshal(sectioned(values))
		if err != nil {
			return nil, err
		}
		f.Layers[layer] = data
	}
	return json.MarshalIndent(f, "", "  ")
}

// lastGood reads it, as strictly as any other file. The error wraps fs.ErrNotExist
// where none was kept.
func lastGood(p paths.Paths) ([]*reading, error) {
	data, err := rootfile.ReadSecret(p.LastConfig(), maxFile)
	if err != nil {
		return nil, err
	}
	return parseLast(p.LastConfig(), data)
}

func parseLast(path string, data []byte) ([]*reading, error) {
	var f lastFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("last good configuration: %w", err)
	}
	if f.Format != lastFormat {
		return nil, fmt.Errorf("last good configuration: its format is %d, not %d", f.Format, lastFormat)
	}
	all := []*reading{} // not nil: that nothing was set is known, too
	for _, layer := range Layers()[1:] {
		if len(f.Layers[layer]) == 0 {
			continue
		}
		r := newReading(layer, path)
		r.yaml(f.Layers[layer])
		all = append(all, r)
	}
	if bad := badKeys(all); len(bad) > 0 {
		return nil, fmt.Errorf("last good configuration: %w", bad[0])
	}
	if err := withoutOrders(all); err != nil {
		return nil, err
	}
	return all, nil
}

// withoutOrders makes sure of what Keep promises, whoever wrote the file.
func withoutOrders(all []*reading) error {
	for _, r := range all {
		for _, k := range Keys() {
			if _, set := r.values[k.Path]; set && k.Who == ManagedOnly {
				return fmt.Errorf("last good configuration: %s has no place in it", k.Path)
			}
		}
	}
	return nil
}
