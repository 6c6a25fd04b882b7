package sqlite

import (
	"time"

	"github.com/tokenward/tokenward/health"
)

// worstFirst turns a verdict into its place in the database, and verdictAt back.
func worstFirst(v health.Verdict) int {
	switch v {
	case health.VerdictCritical:
		return 0
	case health.VerdictDegraded:
		return 2
	case health.VerdictOK:
		return 3
	case health.VerdictUnknown:
	}
	return 1
}

func verdictAt(place int) health.Verdict {
	switch place {
	case 0:
		return health.VerdictCritical
	case 2:
		return health.VerdictDegraded
	case 3:
		return health.VerdictOK
	}
	return health.VerdictUnknown
}

func timeAt(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
