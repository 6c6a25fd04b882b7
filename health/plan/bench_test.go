package plan

import (
	"fmt"
	"testing"

	"github.com/tokenward/tokenward/health"
)

// multitude is the office with so many people, every tenth of whom lacks a token.
func multitude(people int) health.Model {
	m := office()
	person := m.Accounts[len(m.Accounts)-1]
	for i := len(m.Accounts); i < people; i++ {
		person.Name, person.UID, person.GUID = fmt.Sprintf("user%04d", i), 501+i, fmt.Sprintf("6A1C7E0E-8B1D-4B53-9F4E-%012X", i)
		person.Holder, person.CryptoUser, person.Tag, person.Token = health.Yes, health.Yes, health.Yes, health.TokenUsable
		if i%10 == 0 {
			person.Holder, person.CryptoUser, person.Tag, person.Token = health.No, health.No, health.No, health.TokenAbsent
		}
		m.Accounts = append(m.Accounts, person)
	}
	return m
}

// Every goal there is, of the last of the people where it is about somebody.
func BenchmarkEveryGoal(b *testing.B) {
	for _, people := range []int{5, 100, 2000} {
		m := multitude(people)
		b.Run(fmt.Sprintf("accounts=%d", people), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, g := range Goals() {
					goal := Goal{Kind: g.Kind}
					if g.User {
						goal.User = m.Accounts[len(m.Accounts)-1].Name
					}
					For(m, goal, nil)
				}
			}
		})
	}
}

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
