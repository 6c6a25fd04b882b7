package run

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

const (
	indexName        = "recording.json"
	maxRecordingSize = 64 << 20 // of all files together, unpacked
	maxArchiveFiles  = 10_000
)

// ErrNotARecording means that a path holds something else.
var ErrNotARecording = errors.New("not a recording")

// OpenRecording reads a recording from a folder or from a .tar.gz. It is
// hostile input: names stay inside it, links are refused, and it is read up to
// 64 MiB in all.
func OpenRecording(name string) (Recording, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Recording{}, fmt.Errorf("open recording: %w", err)
	}
	var source opener
	if !info.IsDir() && !info.Mode().IsRegular() {
		return Recording{}, fmt.Errorf("open recording %s: %w: neither a folder nor a .tar.gz", name, ErrNotARecording)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return Recording{}, fmt.Errorf("open recording: %w", err)
		}
		defer root.Close()
		source = folder{root}
	} else if source, err = unpack(name); err != nil {
		return Recording{}, fmt.Errorf("open recording %s: %w", name, err)
	}
	rec, err := load(source)
	if err != nil {
		return Recording{}, fmt.Errorf("open recording %s: %w", name, err)
	}
	return rec, nil
}

// opener reads one file of a recording by its name, at most limit bytes.
type opener interface {
	open(name string, limit int64) ([]byte, error)
}

func load(source opener) (Recording, error) {
	left := int64(maxRecordingSize)
	index, err := source.open(indexName, left)
	if errors.Is(err, fs.ErrNotExist) {
		return Recording{}, fmt.Errorf("%w: it has no %s", ErrNotARecording, indexName)
	}
	if err != nil {
		return Recording{}, err
	}
	sums, err := readManifest(source)
	if err != nil {
		return Recording{}, err
	}
	if err := verify(sums, indexName, index); err != nil {
		return Recording{}, err
	}
	left -= int64(len(index))
	rec := Recording{outputs: map[string][]byte{}}
	if err := json.Unmarshal(index, &rec); err != nil {
		return Recording{}, fmt.Errorf("%w: %s: %w", ErrNotARecording, indexName, err)
	}
	if rec.Format != RecordingFormat {
		return Recording{}, fmt.Errorf("%w: its format is %q, this version reads %q", ErrNotARecording, rec.Format, RecordingFormat)
	}
	for _, name := range rec.outputNames() {
		data, err := source.open(name, left)
		if err != nil {
			return Recording{}, err
		}
		if err := verify(sums, name, data); err != nil {
			return Recording{}, err
		}
		left -= int64(len(data))
		rec.outputs[name] = data
	}
	return rec, nil
}

func (r Recording) outputNames() []string {
	var names []string
	seen := map[string]bool{"": true}
	for _, c := range r.Commands {
		for _, name := range []string{c.Stdout, c.Stderr} {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// folder is a recording that lies unpacked on the disk.
type folder struct{ root *os.Root }

func (f folder) open(name string, limit int64) ([]byte, error) {
	// O_NONBLOCK: a pipe in the place of a file must not keep us waiting.
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s is a link or no regular file", name)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s is a link or no regular file", name), err)
	}
	return readUpTo(file, name, limit)
}

func readUpTo(r io.Reader, name string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: the recording is larger than %d bytes", name, maxRecordingSize)
	}
	return data, nil
}

// archive is a recording that was unpacked into memory.
type archive map[string][]byte

func (a archive) open(name string, _ int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%q leads out of the recording", name)
	}
	data, ok := a[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return data, nil
}

func unpack(name string) (archive, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	if magic, _ := buffered.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return nil, fmt.Errorf("%w: neither a folder nor a .tar.gz", ErrNotARecording)
	}
	zipped, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotARecording, err)
	}
	files, err := readTar(tar.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	return files.rebased(), nil
}

func readTar(r *tar.Reader) (archive, error) {
	files, left := archive{}, int64(maxRecordingSize)
	for range maxArchiveFiles {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotARecording, err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		name := path.Clean(header.Name)
		if header.Typeflag != tar.TypeReg || !fs.ValidPath(name) {
			return nil, fmt.Errorf("%q in it is a link, no regular file, or leads out of it", header.Name)
		}
		data, err := readUpTo(r, name, left)
		if err != nil {
			return nil, err
		}
		left -= int64(len(data))
		files[name] = data
	}
	return nil, fmt.Errorf("it holds more than %d files", maxArchiveFiles)
}

// rebased makes names relative to recording.json: packing a folder by its name
// puts everything one level down.
func (a archive) rebased() archive {
	if _, ok := a[indexName]; ok {
		return a
	}
	for name := range a {
		dir, base := path.Split(name)
		if base != indexName {
			continue
		}
		inner := archive{}
		for other, data := range a {
			if rest, ok := strings.CutPrefix(other, dir); ok {
				inner[rest] = data
			}
		}
		return inner
	}
	return a
}
