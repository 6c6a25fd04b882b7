package plan

import "testing"

// A plan is made while somebody waits, and thousands of times in a proof.
func BenchmarkFor(b *testing.B) {
	m := office()
	for _, tc := range []struct {
		name string
		goal Goal
		said Answers
	}{
		{"answered", Goal{TokenFor, "lea"}, know(Password, "ada", "lea")},
		{"every question open", Goal{Kind: Reenrol}, nil},
		{"no way", Goal{TokenFor, "lea"}, lack(Password, "ada", "lea").With(lack(RecoveryKey, ""))},
	} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				For(m, tc.goal, tc.said)
			}
		})
	}
}
