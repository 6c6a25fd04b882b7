//go:build race

package chaos

// usual is how many schedules are tried where nobody says how many. The race detector
// makes each of them many times slower, and looks for something else than the laws.
const usual = 60
