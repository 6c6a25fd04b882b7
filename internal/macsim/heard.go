package macsim

import "github.com/tokenward/tokenward/internal/macsim/tool"

// heard is an Input that remembers what it was told, so that it can be told
// again without asking.
type heard struct {
	from   tool.Input
	asked  []said
	all    *said
	repeat bool
}

// said is an answer, or why there was none.
type said struct {
	text string
	err  error
}

// again returns an Input that gives the same answers in the same order.
func (h *heard) again() *heard {
	return &heard{from: h.from, asked: h.asked, all: h.all, repeat: true}
}

// Ask repeats what was heard, or asks. A tool that asks more the second time,
// because the Mac has changed in between, asks the person.
func (h *heard) Ask(q tool.Question) (string, error) {
	if h.repeat && len(h.asked) > 0 {
		next := h.asked[0]
		h.asked = h.asked[1:]
		return next.text, next.err
	}
	text, err := h.from.Ask(q)
	if !h.repeat {
		h.asked = append(h.asked, said{text, err})
	}
	return text, err
}

// All repeats standard input, which can be read only once.
func (h *heard) All() (string, error) {
	if h.all == nil {
		text, err := h.from.All()
		h.all = &said{text, err}
	}
	return h.all.text, h.all.err
}
