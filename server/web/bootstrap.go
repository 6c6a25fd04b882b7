package web

import (
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// bootstrap is how well the escrow of the Bootstrap Token is known, in a word
// and in a sentence.
type bootstrap struct {
	Strength, Meaning string
	ProvenAt          *time.Time
}

func bootstrapOf(b *wire.Bootstrap) bootstrap {
	shown := bootstrap{Strength: "unknown", Meaning: "There is not enough evidence to say anything."}
	if b == nil {
		return shown
	}
	switch b.Strength {
	case "proven":
		shown.Meaning = "It was seen to work in this enrolment, or validated against what the MDM server holds."
	case "claimed":
		shown.Meaning = "The Mac says that it is escrowed. Nothing has shown yet that the escrowed token works."
	case "refuted":
		shown.Meaning = "The Mac says that it is escrowed, but the escrowed token does not work."
	case "none":
		shown.Meaning = "No Bootstrap Token is escrowed."
	default:
		return shown
	}
	shown.Strength, shown.ProvenAt = b.Strength, b.ProvenAt
	return shown
}
