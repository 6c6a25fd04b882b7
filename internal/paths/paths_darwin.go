package paths

// System returns the places on this Mac.
func System() Paths { return Paths{} }
