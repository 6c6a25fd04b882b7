//go:build race

package modelcheck

const raceDetector = true
