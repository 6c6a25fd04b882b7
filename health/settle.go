package health

import "time"

// Ledger remembers since when each finding has been there. It is what one check
// hands to the next, and the only memory that judging has.
type Ledger struct {
	Since map[string]time.Time `json:"since"`
}

// Settle gives every finding the time at which it was first seen without a
// break, and returns the ledger for the next check.
func Settle(prev Ledger, found []Finding, now time.Time) (Ledger, []Finding) {
	next := Ledger{Since: make(map[string]time.Time, len(found))}
	settled := make([]Finding, len(found))
	for i, f := range found {
		key := string(f.Code) + " " + f.Subject
		f.Since = now
		if since, known := prev.Since[key]; known && since.Before(now) {
			f.Since = since
		}
		next.Since[key] = f.Since
		settled[i] = f
	}
	return next, settled
}
