package wire

// Hash is the state hash as Build computes it, for reports that tests change.
func (r Report) Hash() string { return r.hash() }
