package tool

import "strings"

// option is one letter of a command line, with its value where it takes one.
type option struct {
	letter byte
	value  string
}

// getopt reads one-letter options as getopt(3) does: the letters of spec, a
// colon after those that take a value. It is not ok with any other letter, and
// with a value that is missing. documented: man getopt; the first operand ends
// the options.
func getopt(args []string, spec string) (options []option, operands []string, ok bool) {
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		letters := args[0][1:]
		args = args[1:]
		if letters == "-" {
			break
		}
		for letters != "" {
			at := strings.IndexByte(spec, letters[0])
			if letters[0] == ':' || at < 0 {
				return nil, nil, false
			}
			o := option{letter: letters[0]}
			letters = letters[1:]
			if strings.HasPrefix(spec[at+1:], ":") {
				if letters == "" && len(args) == 0 {
					return nil, nil, false
				}
				if letters == "" {
					letters, args = args[0], args[1:]
				}
				o.value, letters = letters, ""
			}
			options = append(options, o)
		}
	}
	return options, args, true
}

// letters are the letters of the options, in order.
func letters(options []option) string {
	var b strings.Builder
	for _, o := range options {
		b.WriteByte(o.letter)
	}
	return b.String()
}
