package view

import (
	"io"

	"github.com/tokenward/tokenward/internal/wire"
)

// WriteReloaded tells what came of a reload: what is wrong first.
func WriteReloaded(out io.Writer, s Screen, done wire.Reloaded) error {
	p := &page{Screen: s, out: out}
	note := ""
	if len(done.Problems) > 0 {
		note = "The newest configuration holds mistakes. What was good before stays in force in their place."
	}
	p.mistakes(note, done.Problems)
	for _, change := range done.Changed {
		p.line("%s", safe(change))
	}
	if len(done.Changed) == 0 {
		p.line("Nothing is different.")
	}
	return p.err
}
