package parse

// oldAnswers reads single values of an old-style property list by the keys that
// lead to them. What is not there is nil; what is there in another form than
// the one asked for makes the whole unreadable: look at err at the end.
//
//	a := oldAnswers{of: list}
//	allowed := a.flag("QueryResponses", "MDMOptions", "BootstrapTokenAllowed")
//	if a.err != nil { … }
type oldAnswers struct {
	of  oldDictionary
	err error
}

// text is a string, of which a number is one.
func (a *oldAnswers) text(path ...string) *string { return oldAs[string](a, path) }

// flag is a boolean, which is printed as 1 or 0.
func (a *oldAnswers) flag(path ...string) *bool {
	return a.either("1", "0", path)
}

// truth is a boolean that stands there as the text true or false, or as a flag.
func (a *oldAnswers) truth(path ...string) *bool {
	if text := a.text(path...); text != nil && (*text == "true" || *text == "false") {
		return a.either("true", "false", path)
	}
	return a.flag(path...)
}

func (a *oldAnswers) either(yes, no string, path []string) *bool {
	text := a.text(path...)
	if text == nil {
		return nil
	}
	if *text != yes && *text != no {
		a.fail("%s is %s", path[len(path)-1], clip(*text))
		return nil
	}
	is := *text == yes
	return &is
}

// list is nil where there is none; an empty one is not nil.
func (a *oldAnswers) list(path ...string) oldList {
	if items := oldAs[oldList](a, path); items != nil {
		return *items
	}
	return nil
}

// texts is a list of strings; nil where there is none.
func (a *oldAnswers) texts(path ...string) []string {
	items := a.list(path...)
	if items == nil {
		return nil
	}
	texts := make([]string, 0, len(items))
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			a.fail("an item of %s is no text", path[len(path)-1])
			return nil
		}
		texts = append(texts, text)
	}
	return texts
}

// has says whether the keys lead to a value of any form.
func (a *oldAnswers) has(path ...string) bool {
	_, there := a.find(path)
	return there
}

// find follows the keys. Only a dictionary leads on.
func (a *oldAnswers) find(path []string) (oldValue, bool) {
	here := a.of
	for i, key := range path {
		value, there := here[key]
		if !there || i == len(path)-1 {
			return value, there
		}
		inner, ok := value.(oldDictionary)
		if !ok {
			a.fail("%s is no dictionary", key)
			return nil, false
		}
		here = inner
	}
	return here, true
}

func (a *oldAnswers) fail(format string, args ...any) {
	if a.err == nil {
		a.err = unreadable(format, args...)
	}
}

// oldAs is the value at the end of the keys if it has that form.
func oldAs[T string | oldList](a *oldAnswers, path []string) *T {
	value, there := a.find(path)
	if !there {
		return nil
	}
	v, ok := value.(T)
	if !ok {
		a.fail("%s is of another form", path[len(path)-1])
		return nil
	}
	return &v
}

// within is what the dictionary under the key answers, which must be there.
func (a *oldAnswers) within(key string) oldAnswers {
	inner, ok := a.of[key].(oldDictionary)
	if !ok {
		a.fail("no dictionary %s", key)
	}
	return oldAnswers{of: inner, err: a.err}
}
