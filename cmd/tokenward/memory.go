package main

import (
	"runtime"
	"runtime/debug"
)

// How much garbage may lie about, in percent of what is held. On somebody's laptop
// memory is dearer than processor time where a directory holds thousands of
// accounts, and until it is known that it does not. Where little is held, a check
// leaves less garbage than it costs to collect it halfway.
const (
	sparing    = 25
	generous   = 200
	heldLittle = 2 << 20 // bytes
)

// rest gives back what a check has used. It collects once, so that the minutes
// until the next check cost no memory that nobody needs.
func rest() {
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	debug.SetGCPercent(garbage(memory.HeapAlloc))
}

func garbage(held uint64) (percent int) {
	if held < heldLittle {
		return generous
	}
	return sparing
}
