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
	// ErrNotFound says that there is no such device or key.
	ErrNotFound = errors.New("not found")
	// ErrCursor says that a cursor did not come from an earlier page of the same list.
	ErrCursor = errors.New("not a cursor of this list")
	// ErrClosed says that the store was closed before it took the reports.
	ErrClosed = errors.New("store is closed")
	// ErrUninvited says that nothing speaks for a key that wants to be let in.
	ErrUninvited = errors.New("no secret, code or former key that fits")
	// ErrFull says that too many keys wait for a person already.
	ErrFull = errors.New("too many keys are pending")
	// ErrHasty says that the former key came by rotation itself, less than RotationPause ago.
	ErrHasty = errors.New("the key was changed only just")
	// ErrReplaces says that an approval would retire keys of several Macs, or of one that
	// says something else of itself.
	ErrReplaces = errors.New("the approval would retire keys of other Macs")
	// ErrOtherMac says that a key is that of another Mac.
	ErrOtherMac = errors.New("the key belongs to another Mac")
	// ErrDecided says that a key is no longer in a state in which this can be decided.
	ErrDecided = errors.New("already decided")
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

// A KeyFinder looks up what signatures are checked against. It is safe for concurrent
// use.
type KeyFinder interface {
	// Key returns a key by its fingerprint, or ErrNotFound.
	Key(ctx context.Context, fingerprint string) (DeviceKey, error)
}

// An Enroller lets keys in. It is safe for concurrent use.
type Enroller interface {
	// Enroll decides as Admit does, and returns once the outcome is durable. A key
	// that is there already keeps its state, unless it is pending and the claim now
	// brings what makes it active. ErrOtherMac is returned where the key is there with
	// another hardware UUID or serial. A serial that was not known says nothing: one that
	// a claim brings later is kept, if no other Mac was let in with it, and a key that
	// takes the place of a former one has its serial where it brings none.
	//
	// A serial and a hardware UUID have one active key: a key that becomes active
	// retires the others in the same step. A code is used up by the key that it made
	// active, and by nothing else.
	Enroll(ctx context.Context, at time.Time, c Claim) (DeviceKey, error)
}

// A Registrar is told what people decide about keys. It is safe for concurrent use, and
// everything that it is told stands in the audit with it, or not at all.
type Registrar interface {
	// Decide changes the state of a key. The errors are ErrNotFound, ErrDecided, and
	// ErrReplaces where an approval is Ambiguous; to decide the same again is none.
	// A pending key that no longer asks is not found.
	Decide(ctx context.Context, at time.Time, d Decision) (Enrollment, error)
	// Enrollments lists keys in the order in which they came. The error is ErrCursor.
	Enrollments(ctx context.Context, q EnrollmentQuery) (EnrollmentPage, error)
	// AddCode makes a one-time code known.
	AddCode(ctx context.Context, at time.Time, by string, i Invitation) error
	// AddSerials makes serials expected, and returns how many were not before.
	AddSerials(ctx context.Context, at time.Time, by string, serials []string) (int, error)
}

// An Auditor tells who did what.
type Auditor interface {
	// Audit returns up to limit acts, the newest first. The error is ErrCursor.
	Audit(ctx context.Context, cursor string, limit int) (AuditPage, error)
}

// Store is all roles together, for the one who wires them up.
type Store interface {
	Ingester
	Fleet
	Devices
	Pinger
	KeyFinder
	Enroller
	Registrar
	Auditor
}
