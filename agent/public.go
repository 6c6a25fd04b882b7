package agent

import (
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// tellEverybody leaves the verdict where every user of this Mac may read it. What
// it must not tell them is not in the type.
func (a *Agent) tellEverybody(r wire.Report) {
	if err := writePublic(a.files, a.paths, wire.PublicOf(r, a.due(r))); err != nil {
		a.unkept.seen(time.Now())
		a.log.Warn("public status not written", zap.Error(err))
	}
}

// due is when the check after the one that made a report is made at the latest.
func (a *Agent) due(r wire.Report) time.Time {
	return r.ObservedAt.Add(a.schedule.State().Every + a.configured().Splay)
}

func writePublic(f rootfile.Files, p paths.Paths, public wire.Public) error {
	data, err := json.Marshal(public)
	if err != nil {
		return err
	}
	if err := f.PublicFolder(p.Public()); err != nil {
		return err
	}
	if err := f.Sweep(p.Public()); err != nil {
		return err
	}
	return f.Write(p.PublicStatus(), append(data, '\n'), 0o644)
}

// ReadPublic returns what the daemon left for every user. A file that somebody
// else could have written is an error.
func ReadPublic(p paths.Paths) (wire.Public, error) {
	const enough = 4 << 10
	public, err := readJSON[wire.Public](p.PublicStatus(), enough)
	if err == nil && public.Schema != wire.PublicSchema {
		return wire.Public{}, fmt.Errorf("%s: it is a %q", p.PublicStatus(), public.Schema)
	}
	return public, err
}

// ReadLedger returns what the checks of this Mac's daemon remember, whether it
// runs or not. The error is or wraps fs.ErrNotExist where none ever ran, and
// fs.ErrPermission for anybody but root.
func ReadLedger(p paths.Paths) (health.Ledger, error) {
	return readJSON[health.Ledger](p.Ledger(), maxLedger)
}

func readJSON[T any](path string, limit int64) (T, error) {
	var v, none T
	data, err := rootfile.Read(path, limit)
	if err != nil {
		return none, err
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// History says what changed on this Mac. It is safe for concurrent use.
func (a *Agent) History() wire.History {
	a.mu.Lock()
	defer a.mu.Unlock()
	return wire.HistoryOf(a.ledger)
}
