package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/identity"
	"github.com/tokenward/tokenward/agent/spool"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// memory is which Mac this is. A check that cannot read the serial number must
// still be filed under the right Mac.
type memory struct {
	Serial       string `json:"serial"`
	HardwareUUID string `json:"hardware_uuid"`
	Moved        int64  `json:"moved,omitempty"` // since when the disk is in this Mac, if it was in another: seconds since 1970
}

// movedFor is how long it is told that a disk was in another Mac.
const movedFor = 7 * 24 * time.Hour

func (m memory) movedLately(now time.Time) bool {
	age := now.Sub(time.Unix(m.Moved, 0))
	return m.Moved != 0 && age < movedFor && age > -movedFor
}

// within says whether what was seen may be of the Mac that is remembered.
func (m memory) within(known memory) bool {
	return (m.Serial == "" || m.Serial == known.Serial) && (m.HardwareUUID == "" || m.HardwareUUID == known.HardwareUUID)
}

// hardware is what keys are bound to.
func (m memory) hardware() identity.Hardware {
	return identity.Hardware{UUID: m.HardwareUUID, Serial: m.Serial}
}

func recall(f rootfile.Files, p paths.Paths, log *zap.Logger) memory {
	return readState[memory](f, p.Device(), maxSmallFile, log)
}

// readState returns nothing where the file is missing or broken: what it holds
// can be learned again, and must not keep the daemon from starting.
func readState[T any](f rootfile.Files, path string, most int64, log *zap.Logger) T {
	var v, none T
	data, err := f.Read(path, most)
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err == nil {
		return v
	}
	if !errors.Is(err, fs.ErrNotExist) {
		log.Warn("state file not readable, starting without it", zap.String("path", path), zap.Error(err))
	}
	return none
}

func writeState(f rootfile.Files, path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.Write(path, append(data, '\n'), 0o600)
}

// identify fills in which Mac a report is about where the tools did not say,
// and remembers it where they did. Another hardware UUID than the remembered
// one means that the disk came from another Mac: its numbering ends there, and renewed
// says so. An error means that it has not ended yet, and that the report belongs into
// none; the next check tries again.
func (a *Agent) identify(report *wire.Report) (renewed bool, err error) {
	known := *a.memory.Load()
	seen := memory{Serial: report.Device.Serial, HardwareUUID: report.Device.HardwareUUID}
	if seen.Serial == "" && seen.within(known) {
		report.Device.Serial = known.Serial
	}
	if seen.HardwareUUID == "" && seen.within(known) {
		report.Device.HardwareUUID = known.HardwareUUID
	}
	now := memory{report.Device.Serial, report.Device.HardwareUUID, known.Moved}
	if now == known && !a.unsaved {
		return false, nil
	}
	moved := known.HardwareUUID != "" && now.HardwareUUID != known.HardwareUUID
	if moved {
		a.log.Warn("this disk was in another Mac before", zap.String("hardware_uuid", now.HardwareUUID))
	}
	if moved && now.HardwareUUID != "" {
		now.Moved = time.Now().Unix()
	}
	if moved && a.configured().Server.URL != "" {
		if err := a.renumber(); err != nil {
			return false, fmt.Errorf("numbering not renewed: %w", err)
		}
		renewed = true
	}
	a.memory.Store(&now)
	unsaved := writeState(a.files, a.paths.Device(), now)
	if unsaved != nil {
		a.log.Warn("device not remembered", zap.Error(unsaved))
	}
	a.unsaved = unsaved != nil
	return renewed, nil
}

var errNoSpool = errors.New("there is no spool yet")

// renumber ends the numbering of another Mac. Where its spool could not be opened, what
// waits there would else go out as if this Mac had made it.
func (a *Agent) renumber() error {
	out := a.out()
	if out == nil {
		return errNoSpool
	}
	return out.spool.Renew()
}

// bind has the keys belong to the Mac that was seen. Those of another Mac, whose disk
// this was, are given up. renewed: its numbering has ended already.
func (a *Agent) bind(renewed bool) error {
	a.binding.Lock()
	defer a.binding.Unlock()
	out := a.out()
	if out == nil || out.identity == nil {
		return nil
	}
	if err := a.bindKeys(out.identity, out.spool, renewed); err != nil {
		return err
	}
	return a.spendSecret(out)
}

// bindKeys ends the numbering of the former Mac with its keys, where that has not been
// done: the keys may notice what the file about the Mac does not know any more. No
// server takes what waits of that Mac from the new key.
func (a *Agent) bindKeys(keys *identity.Identity, queue *spool.Spool, renewed bool) error {
	made, err := keys.Bind(a.memory.Load().hardware(), time.Now())
	if !made || err != nil {
		return err
	}
	why, _ := keys.Origin()
	a.log.Info("keys made", zap.String("why", string(why)))
	if why != identity.Moved || renewed {
		return nil
	}
	a.mu.Lock()
	a.sendFull = true
	a.mu.Unlock()
	return queue.Renew()
}

func firstLine(data []byte) string {
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(line)
}
