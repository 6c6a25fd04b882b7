package uplink

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// packer makes the bodies of requests. Its compressor is made for the first batch and
// kept, with its 0.8 MB: made anew for each batch it was a fifth of all that the agent
// allocated. It is safe for concurrent use.
type packer struct {
	mu     sync.Mutex
	zipped *gzip.Writer // nil before the first batch
}

// pack makes the body of a request, a [wire.Batch].
func (p *packer) pack(batch []wire.Queued, now time.Time) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out bytes.Buffer
	if p.zipped == nil {
		p.zipped = gzip.NewWriter(&out)
	} else {
		p.zipped.Reset(&out)
	}
	if err := writeBatch(p.zipped, batch, now); err != nil {
		return nil, err
	}
	if err := p.zipped.Close(); err != nil {
		return nil, err
	}
	p.zipped.Reset(io.Discard) // the body is not to be held as long as the compressor
	return out.Bytes(), nil
}

// writeBatch puts the reports in as they are: an encoder may change the bytes, and to a
// server the same ID with other bytes is another report.
func writeBatch(w io.Writer, batch []wire.Queued, now time.Time) error {
	at, err := json.Marshal(now.UTC())
	if err != nil {
		return err
	}
	if _, err := w.Write(append(append([]byte(`{"sent_at":`), at...), `,"reports":[`...)); err != nil {
		return err
	}
	for n, r := range batch {
		if n > 0 {
			if _, err := w.Write([]byte(",")); err != nil {
				return err
			}
		}
		if _, err := w.Write(r.Data); err != nil {
			return err
		}
	}
	_, err = w.Write([]byte(`]}`))
	return err
}
