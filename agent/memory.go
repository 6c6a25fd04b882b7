package agent

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/internal/paths"
	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

// memory is which Mac this is. A check that cannot read the serial number must
// still be filed under the right Mac.
type memory struct {
	Serial       string `json:"serial"`
	HardwareUUID string `json:"hardware_uuid"`
}

func memoryPath(p paths.Paths) string { return filepath.Join(p.State(), "device.json") }

func recall(p paths.Paths, log *zap.Logger) (m memory) {
	readState(memoryPath(p), &m, log)
	return m
}

func readLedger(p paths.Paths, log *zap.Logger) (l health.Ledger) {
	readState(p.Ledger(), &l, log)
	return l
}

func writeLedger(p paths.Paths, l health.Ledger) error { return writeState(p.Ledger(), l) }

// readState leaves v empty where the file is missing or broken: what it holds
// can be learned again, and must not keep the daemon from starting.
func readState(path string, v any, log *zap.Logger) {
	data, err := rootfile.Read(path, maxSmallFile)
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("state file not readable, starting without it", zap.String("path", path), zap.Error(err))
	}
}

func writeState(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return rootfile.Write(path, append(data, '\n'), 0o600)
}

// identify fills in which Mac a report is about where the tools did not say,
// and remembers it where they did. Another hardware UUID than the remembered
// one means that the disk came from another Mac: its numbering ends there.
func (a *Agent) identify(report *wire.Report) {
	seen := memory{report.Device.Serial, report.Device.HardwareUUID}
	if seen.Serial == "" {
		report.Device.Serial = a.memory.Serial
	}
	if seen.HardwareUUID == "" {
		report.Device.HardwareUUID = a.memory.HardwareUUID
	}
	now := memory{report.Device.Serial, report.Device.HardwareUUID}
	if now == a.memory {
		return
	}
	if a.memory.HardwareUUID != "" && now.HardwareUUID != a.memory.HardwareUUID && a.spool != nil {
		a.log.Warn("this disk was in another Mac before", zap.String("hardware_uuid", now.HardwareUUID))
		if err := a.spool.Renew(); err != nil {
			a.log.Error("numbering not renewed", zap.Error(err))
			return
		}
	}
	a.memory = now
	if err := writeState(memoryPath(a.paths), now); err != nil {
		a.log.Warn("device not remembered", zap.Error(err))
	}
}

func firstLine(data []byte) string {
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(line)
}
