//go:build !darwin

package chaos

import (
	"encoding/json"
	"fmt"
	"sync"
)

// promise is a report that the daemon said to have stored.
type promise struct {
	ReportID string `json:"report_id"`
	Epoch    string `json:"epoch"`
	Seq      uint64 `json:"seq"`
}

// truth is what the daemons said, read from their log. A line of one that is dead is no
// promise: the process whose line it would have been is not there any more.
type truth struct {
	story *story
	alive func() bool

	mu       sync.Mutex
	promised []promise
	numbers  map[string]string // who bears a number of an epoch
	moved    int               // a daemon found itself in another Mac so many times
	log      []byte            // all of it, for whoever looks for secrets
	broken   []string
}

// Write takes one line of the log.
func (t *truth) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.log = append(t.log, line...)
	var said struct {
		Level, Msg, Logger, Error, Verdict string
		promise
	}
	if err := json.Unmarshal(line, &said); err != nil {
		t.broken = append(t.broken, fmt.Sprintf("a line of the log is no JSON: %q", line))
		return len(line), nil
	}
	if !t.alive() {
		return len(line), nil
	}
	t.story.note("daemon: %s", line[:len(line)-1])
	if said.Msg == "this disk was in another Mac before" {
		t.moved++
	}
	if said.Msg == "checked" && said.ReportID != "" {
		t.promise(said.promise)
	}
	return len(line), nil
}

// Sync is for zapcore.WriteSyncer.
func (t *truth) Sync() error { return nil }

func (t *truth) promise(p promise) {
	t.promised = append(t.promised, p)
	number := fmt.Sprint(p.Epoch, " ", p.Seq)
	if other := t.numbers[number]; other != "" && other != p.ReportID {
		t.broken = append(t.broken, fmt.Sprintf("number %s was given to %s and to %s", number, other, p.ReportID))
	}
	t.numbers[number] = p.ReportID
}

// breaks notes that a law was broken while the daemon lived.
func (t *truth) breaks(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken = append(t.broken, fmt.Sprintf(format, args...))
}
