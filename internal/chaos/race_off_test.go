//go:build !race

package chaos

// usual is how many schedules are tried where nobody says how many.
const usual = 300
