package watch

// How says how a change is noticed.
type How string

// The ways, from the best to none.
const (
	Watched  How = "watched"  // the kernel tells, within about a second
	Compared How = "compared" // looked at once a minute
	Denied   How = "denied"   // neither is possible
)

// Source is where the news of one cause come from. A cause may have several.
type Source struct {
	Cause   Cause
	Path    string // the file or folder, below the root; empty for the clock and the network
	How     How
	Problem string // why it is not watched; empty if it is, or if it cannot be
}
