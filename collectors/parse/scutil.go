package parse

import (
	"strconv"
	"strings"
)

// dictionary is one level of what scutil prints. A list is one, too: its keys are
// the numbers from 0 on.
type dictionary struct {
	key      string
	array    bool
	values   map[string]string
	children []*dictionary
}

func (d *dictionary) child(key string) (*dictionary, bool) {
	for _, c := range d.children {
		if c.key == key {
			return c, true
		}
	}
	return nil, false
}

// expects refuses a key that a dictionary already has, and one that does not
// come next in a list.
func (d *dictionary) expects(key string) error {
	if next := strconv.Itoa(len(d.values) + len(d.children)); d.array && key != next {
		return unreadable("%s stands where %s should", clip(key), next)
	}
	_, value := d.values[key]
	if _, child := d.child(key); value || child {
		return unreadable("%s stands twice", clip(key))
	}
	return nil
}

// blank makes sure that nothing stands after the end.
func blank(rest []string) error {
	if strings.TrimSpace(strings.Join(rest, "")) != "" {
		return unreadable("it goes on after its end")
	}
	return nil
}

const scutilOpening = "<dictionary> {"

// scutilDictionary reads "key : value" lines and what is nested, two blanks deeper
// at each level. observed (12): the form. Full names are printed raw, so they can
// hold lines like these: no key stands twice in one dictionary, lists count from 0
// on, and each line is as far to the right as it belongs.
func scutilDictionary(all []string) (*dictionary, error) {
	if all[0] != scutilOpening {
		return nil, unreadable("it begins with %s", clip(all[0]))
	}
	top := &dictionary{values: map[string]string{}}
	stack := []*dictionary{top}
	for n, line := range all[1:] {
		margin := strings.Repeat("  ", len(stack)-1)
		switch line {
		case "":
		case margin + "}":
			if stack = stack[:len(stack)-1]; len(stack) == 0 {
				return top, blank(all[n+2:])
			}
		default:
			inner, err := stack[len(stack)-1].add(line, margin+"  ")
			if err != nil {
				return nil, err
			}
			if inner != nil {
				stack = append(stack, inner)
			}
		}
	}
	return nil, unreadable("it ends too early")
}

// add reads a pair, which stands behind the margin, and returns what it opens: nil
// for a value.
func (d *dictionary) add(line, margin string) (*dictionary, error) {
	pair, indented := strings.CutPrefix(line, margin)
	key, value, ok := strings.Cut(pair, " : ")
	if !indented || !ok || key == "" || strings.HasPrefix(key, " ") {
		return nil, unreadable("the line %s", clip(line))
	}
	if err := d.expects(key); err != nil {
		return nil, err
	}
	if value != scutilOpening && value != "<array> {" {
		d.values[key] = value
		return nil, nil
	}
	inner := &dictionary{key: key, array: value != scutilOpening, values: map[string]string{}}
	d.children = append(d.children, inner)
	return inner, nil
}
