//go:build !race

package proof

const planRace = false
