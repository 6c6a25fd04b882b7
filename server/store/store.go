// Package store says what the server keeps and what it promises about it.
//
// It holds the interfaces, one role each, and the types that cross them. A
// handler asks for the role that it needs, never for the whole. Package
// storetest holds the promises as tests, which every implementation runs.
//
// It must know neither SQL nor HTTP, and no clock: times come in.
package store

import (
	"context"
	"errors"
	"time"
)

// The errors that a caller can tell apart. Any other error means that the store
// could not do its work.
var (
	// ErrNotFound says that there is no such device.
	ErrNotFound = errors.New("not found")
	// ErrCursor says that a cursor did not come from an earlier page of the same list.
	ErrCursor = errors.New("not a cursor of this list")
	// ErrClosed says that the store was closed before it took the reports.
	ErrClosed = errors.New("store is closed")
)

// An Ingester takes reports in. It is safe for concurrent use.
type Ingester interface {
	// Ingest stores reports that were received at a time, all or none, and
	// returns once they are durable. Outcomes stand in the order of reports.
	//
	// A report ID is stored once per device: the same bytes again are Repeated
	// and change nothing, other bytes under that ID are a Conflict and change
	// nothing either. So Ingest may be called again after any error.
	//
	// What a device shows follows its newest report, a snapshot or a heartbeat.
	// An epoch ranks by when the store first saw it, within an epoch Seq
	// decides, and a tie goes to the one that was there first. All others are
	// history. The time of a device never orders anything.
	Ingest(ctx context.Context, at time.Time, reports []Report) (Receipt, error)
}

// A Fleet answers questions about all devices. It is safe for concurrent use.
type Fleet interface {
	// Summary counts the devices by verdict and by finding.
	Summary(ctx context.Context) (Summary, error)
	// List returns one page of devices. The error is ErrCursor where
	// Query.Cursor is not one that this list gave out.
	List(ctx context.Context, q Query) (Page, error)
}

// Devices answers questions about one device. It is safe for concurrent use.
type Devices interface {
	// Device returns what is known of a device, or ErrNotFound.
	Device(ctx context.Context, id string) (Detail, error)
	// History returns up to limit reports of a device, the newest first in the
	// order that Ingest speaks of, and the cursor of the next page, which is
	// empty on the last one. The errors are ErrNotFound and ErrCursor.
	History(ctx context.Context, id, cursor string, limit int) (History, error)
}

// A Pinger says whether the store can answer at all.
type Pinger interface {
	Ping(ctx context.Context) error
}

// Store is all roles together, for the one who wires them up.
type Store interface {
	Ingester
	Fleet
	Devices
	Pinger
}
