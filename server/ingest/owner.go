package ingest

import (
	"cmp"
	"net/http"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/problem"
	"github.com/tokenward/tokenward/server/store"
)

// belongTo leaves the reports that are about the Mac of the key, and rejects the others.
// What a report does not know of its Mac, the key knows: a Mac that could not read its
// hardware UUID is no other Mac for that. Where no report is about that Mac, the disk was
// moved or cloned, and the whole request is refused, so that nothing is given up before
// the Mac has a key of its own.
func (s *sorted) belongTo(key store.DeviceKey) error {
	var good []store.Report
	var called []names
	for i, r := range s.good {
		if !aboutMac(s.names[i].hardwareUUID, r.Device.Serial, key) {
			s.rejected = append(s.rejected, wire.Rejection{ReportID: s.names[i].report, Reason: wire.ProblemDevice + ": the report is about another Mac than the key"})
			continue
		}
		r.Device.ID = key.HardwareUUID
		good, called = append(good, r), append(called, s.names[i])
	}
	if len(good) == 0 && len(s.good) > 0 {
		return &problem.Error{
			Status: http.StatusForbidden, Type: wire.ProblemDevice,
			Detail: "the reports are about another Mac than the key that signed them: make a new key and enrol",
		}
	}
	s.good, s.names = good, called
	return nil
}

func aboutMac(hardwareUUID, serial string, key store.DeviceKey) bool {
	return store.SameMac(key, cmp.Or(hardwareUUID, key.HardwareUUID), serial)
}
