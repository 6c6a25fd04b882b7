// Package health is the token-health model: what the evidence means, what is
// wrong, what comes of it, and what to do and not to do.
//
// Everything here is a pure function: no clock, no file, no program, no logger.
// [Derive] reconciles what the tools said into a [Model], [Diagnose] turns the
// model into findings, [Judge] turns findings and gaps into one verdict.
package health

// Tri is a fact that may not be known. The zero value is Unknown, and Unknown
// is neither yes nor no: code that wants one of them must ask for it.
type Tri int8

// The three answers.
const (
	Unknown Tri = iota
	Yes
	No
)

// String returns the answer as a report writes it.
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	case Unknown:
	}
	return "unknown"
}

// MarshalText writes the answer as a report does.
func (t Tri) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads an answer. One that is not known reads as Unknown, since
// readers must accept what later versions write.
func (t *Tri) UnmarshalText(b []byte) error {
	switch string(b) {
	case "yes":
		*t = Yes
	case "no":
		*t = No
	default:
		*t = Unknown
	}
	return nil
}

// TriOf turns a known answer into a Tri.
func TriOf(yes bool) Tri {
	if yes {
		return Yes
	}
	return No
}

// And is yes where all are yes, no where any is no, else unknown.
func And(all ...Tri) Tri {
	result := Yes
	for _, t := range all {
		switch t {
		case No:
			return No
		case Unknown:
			result = Unknown
		case Yes:
		}
	}
	return result
}

// Or is yes where any is yes, no where all are no, else unknown.
func Or(some ...Tri) Tri {
	result := No
	for _, t := range some {
		switch t {
		case Yes:
			return Yes
		case Unknown:
			result = Unknown
		case No:
		}
	}
	return result
}

// Not turns yes into no and no into yes. What is not known stays so.
func Not(t Tri) Tri {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	case Unknown:
	}
	return Unknown
}
