//go:build race

package proof

const planRace = true
