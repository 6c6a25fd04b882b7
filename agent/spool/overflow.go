package spool

// Overflowed is how many reports were ever dropped because too many waited, too much,
// or for too long. What was lost for another reason, such as a disk that came to
// another Mac, is in the count of Waiting alone.
func (s *Spool) Overflowed() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all uint64
	for _, reason := range []string{tooMany, tooMuch, tooOld} {
		all += s.ledger.Reasons[reason]
	}
	return all
}
