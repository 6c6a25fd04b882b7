package store

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tokenward/tokenward/health"
)

// The limits of a query.
const (
	DefaultLimit = 100
	MaxLimit     = 500
	maxText      = 100  // characters to search for
	maxCursor    = 2048 // bytes
)

// A Sort is an order of devices.
type Sort uint8

// The orders. Text is compared byte by byte.
const (
	ByID       Sort = iota
	WorstFirst      // verdicts as health.Verdicts lists them, then by name, then by ID
)

// A Query selects devices. The zero value of a field selects all.
type Query struct {
	Verdict *health.Verdict
	Finding string      // a code
	Hold    *health.Tri // of hold_restart
	Text    string      // part of the name, of the serial or of the ID, in any case
	Sort    Sort
	Limit   int    // 1 to MaxLimit
	Cursor  string // Page.Next of the page before, with all else the same
}

// A ParamError names the parameter of a URL that is wrong, and says why.
type ParamError struct{ Name, Reason string }

// Error returns both.
func (e *ParamError) Error() string { return fmt.Sprintf("parameter %q %s", e.Name, e.Reason) }

// ParseQuery reads verdict, finding, hold_restart, q, limit and cursor. The error is a
// *ParamError: a filter with a typing error in it must not select everything.
func ParseQuery(values url.Values) (Query, error) {
	if err := onlyOnce(values, "verdict", "finding", "hold_restart", "q", "limit", "cursor"); err != nil {
		return Query{}, err
	}
	q := Query{Finding: values.Get("finding"), Text: values.Get("q"), Cursor: values.Get("cursor")}
	var err error
	if q.Verdict, err = parseVerdict(values.Get("verdict")); err != nil {
		return Query{}, err
	}
	if q.Hold, err = parseAnswer("hold_restart", values.Get("hold_restart")); err != nil {
		return Query{}, err
	}
	if q.Limit, err = ParseLimit(values); err != nil {
		return Query{}, err
	}
	return q, q.check()
}

// ParsePaging reads limit and cursor, of a list that has no filters.
func ParsePaging(values url.Values) (limit int, cursor string, err error) {
	if err := onlyOnce(values, "limit", "cursor"); err != nil {
		return 0, "", err
	}
	limit, err = ParseLimit(values)
	return limit, values.Get("cursor"), err
}

// ParseLimit reads limit, which is DefaultLimit where it is not given.
func ParseLimit(values url.Values) (int, error) {
	text := values.Get("limit")
	if text == "" {
		return DefaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxLimit {
		return 0, &ParamError{"limit", fmt.Sprintf("must be a number from 1 to %d", MaxLimit)}
	}
	return n, nil
}

// Code says whether a text has the form of a finding's code.
func Code(text string) bool {
	if text == "" || len(text) > 64 || text[0] < 'A' || text[0] > 'Z' {
		return false
	}
	for _, c := range []byte(text) {
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func (q Query) check() error {
	if q.Finding != "" && !Code(q.Finding) {
		return &ParamError{"finding", "must be a code such as BT_NOT_ESCROWED"}
	}
	if utf8.RuneCountInString(q.Text) > maxText || !utf8.ValidString(q.Text) {
		return &ParamError{"q", fmt.Sprintf("must be text of at most %d characters", maxText)}
	}
	if len(q.Cursor) > maxCursor {
		return &ParamError{"cursor", "is too long"}
	}
	return nil
}

func onlyOnce(values url.Values, known ...string) error {
	for name, all := range values {
		if !slices.Contains(known, name) {
			return &ParamError{name, "is not known here"}
		}
		if len(all) > 1 {
			return &ParamError{name, "is given more than once"}
		}
	}
	return nil
}

func parseVerdict(text string) (*health.Verdict, error) {
	if text == "" {
		return nil, nil
	}
	for _, v := range health.Verdicts() {
		if v.String() == text {
			return &v, nil
		}
	}
	return nil, &ParamError{"verdict", "must be ok, degraded, critical or unknown"}
}

func parseAnswer(name, text string) (*health.Tri, error) {
	if text == "" {
		return nil, nil
	}
	for _, t := range []health.Tri{health.Yes, health.No, health.Unknown} {
		if t.String() == text {
			return &t, nil
		}
	}
	return nil, &ParamError{name, "must be yes, no or unknown"}
}
