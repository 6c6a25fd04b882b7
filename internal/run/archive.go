package run

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
)

// archiveFolder is what an archive unpacks into, so that its files do not end up
// among others.
const archiveFolder = "tokenward-recording/"

// WriteArchive writes the recording as the .tar.gz that [OpenRecording] reads.
// The same recording gives the same bytes: no times, no owners, no host.
func (r Recording) WriteArchive(w io.Writer) error {
	files, err := r.Contents()
	if err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	zipped := gzip.NewWriter(w)
	packed := tar.NewWriter(zipped)
	for _, f := range files {
		if err := addFile(packed, f); err != nil {
			return fmt.Errorf("write recording: %s: %w", f.Name, err)
		}
	}
	if err := packed.Close(); err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	if err := zipped.Close(); err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	return nil
}

func addFile(packed *tar.Writer, f Content) error {
	header := tar.Header{
		Typeflag: tar.TypeReg, Name: archiveFolder + f.Name, Mode: 0o600, Size: int64(len(f.Data)), Format: tar.FormatUSTAR,
	}
	if err := packed.WriteHeader(&header); err != nil {
		return err
	}
	_, err := packed.Write(f.Data)
	return err
}

// A Transcript is one command of a recording with what it printed.
type Transcript struct {
	Recorded

	Out, Err []byte // standard output and standard error; empty where nothing was printed
}

// Transcripts returns the commands with their outputs, which share memory with
// the recording and must not be changed.
func (r Recording) Transcripts() []Transcript {
	all := make([]Transcript, 0, len(r.Commands))
	for _, c := range r.Commands {
		all = append(all, Transcript{Recorded: c, Out: r.outputs[c.Stdout], Err: r.outputs[c.Stderr]})
	}
	return all
}

// WithTranscripts returns the recording with these commands in the place of its
// own, in the order of their command lines. The outputs get names of their own,
// whatever they were called before. Of a command that is there twice the first
// is kept.
func (r Recording) WithTranscripts(all []Transcript) Recording {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Transcript) int { return cmp.Compare(key(a.Argv, a.Stdin), key(b.Argv, b.Stdin)) })
	sorted = slices.CompactFunc(sorted, func(a, b Transcript) bool { return key(a.Argv, a.Stdin) == key(b.Argv, b.Stdin) })
	r.Commands, r.outputs = make([]Recorded, 0, len(sorted)), map[string][]byte{}
	for i, t := range sorted {
		t.Stdout = r.output(i+1, "stdout", t.Out)
		t.Stderr = r.output(i+1, "stderr", t.Err)
		r.Commands = append(r.Commands, t.Recorded)
	}
	return r
}

// WithoutRecoveryKeys returns what mdmclient printed without the values that hold
// a recovery key, in whatever form they were printed.
func WithoutRecoveryKeys(out []byte) []byte { return dropKeys(out) }
