package wire

import (
	"encoding/json"
	"time"

	"github.com/tokenward/tokenward/health"
)

// Summary is the body of GET /v1/summary.
type Summary struct {
	Devices   int                    `json:"devices"`
	Verdicts  map[string]int         `json:"verdicts"`
	Findings  []FindingCount         `json:"findings"`
	Forecasts map[string]AnswerCount `json:"forecasts"` // by name; of those about the Mac as a whole
}

// AnswerCount says how many Macs answer a question how.
type AnswerCount struct {
	Yes     int `json:"yes"`
	No      int `json:"no"`
	Unknown int `json:"unknown"`
}

// AnswersOf is how counts by answer are told.
func AnswersOf(n map[health.Tri]int) AnswerCount {
	return AnswerCount{Yes: n[health.Yes], No: n[health.No], Unknown: n[health.Unknown]}
}

// FindingCount says how many Macs have a finding.
type FindingCount struct {
	Code    string `json:"code"`
	Devices int    `json:"devices"`
}

// DeviceList is the body of GET /v1/devices.
type DeviceList struct {
	Devices    []DeviceRow `json:"devices"`
	NextCursor *string     `json:"next_cursor"` // null on the last page
}

// DeviceRow is one Mac in a list.
type DeviceRow struct {
	ID          string         `json:"id"`
	Serial      string         `json:"serial"`
	Name        string         `json:"name"`
	Verdict     health.Verdict `json:"verdict"`
	Findings    []string       `json:"findings"` // codes, each once, sorted
	HoldRestart health.Tri     `json:"hold_restart"`
	LastSeen    time.Time      `json:"last_seen"`
}

// DeviceDetail is the body of GET /v1/devices/{id}.
type DeviceDetail struct {
	Device DeviceRow       `json:"device"`
	Report json.RawMessage `json:"report"` // the latest snapshot, as the device wrote it
}

// HistoryPage is the body of GET /v1/devices/{id}/history, newest first.
type HistoryPage struct {
	Reports    []HistoryRow `json:"reports"`
	NextCursor *string      `json:"next_cursor"`
}

// HistoryRow is one stored report.
type HistoryRow struct {
	ReportID   string         `json:"report_id"`
	Epoch      string         `json:"epoch"`
	Seq        uint64         `json:"seq"`
	Kind       Kind           `json:"kind"`
	Verdict    health.Verdict `json:"verdict"`
	Findings   []string       `json:"findings"`
	ObservedAt time.Time      `json:"observed_at"`
	ReceivedAt time.Time      `json:"received_at"`
}
