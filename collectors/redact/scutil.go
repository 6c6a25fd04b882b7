package redact

import (
	"regexp"
	"strings"
)

var (
	scutilNumber = regexp.MustCompile(`^(?:TRUE|FALSE|-?\d{1,12})$`)
	scutilKey    = regexp.MustCompile(`^(?:\d{1,6}|k(?:CGS|SC)\w+|GID|UID|Name|SessionInfo|ExceptionsList|ExcludeSimpleHostnames|ProxyAuto\w+|(?:HTTPS?|FTP|SOCKS|RTSP|Gopher)\w+|__SCOPED__|en\d+)$`)
)

// scutilText replaces the values in what scutil prints: "key : value" lines and
// dictionaries in each other. A line that is neither stays unreadable.
func scutilText(b *book, lines []string) []string {
	out := make([]string, len(lines))
	for i, text := range lines {
		line := strings.TrimSpace(text)
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		out[i] = indent + scutilLine(b, line)
	}
	return out
}

func scutilLine(b *book, line string) string {
	switch line {
	case "", "<dictionary> {", "}", "No such key":
		return line
	}
	key, value, pair := strings.Cut(line, " : ")
	if !pair {
		return placeholder
	}
	shown := key
	if !scutilKey.MatchString(key) {
		shown = b.word(key)
	}
	return shown + " : " + scutilValue(b, key, value)
}

func scutilValue(b *book, key, value string) string {
	switch {
	case value == "<dictionary> {", value == "<array> {", scutilNumber.MatchString(value):
		return value
	case key == "Name", key == "kCGSSessionUserNameKey":
		return b.person(value)
	case key == "kCGSessionLongUserNameKey":
		return b.fullName(value, "")
	case strings.HasSuffix(key, "Proxy"):
		return asBlank(b.host(value), value)
	case key == "ProxyAutoConfigURLString":
		return b.address(value)
	case value == "*.local", value == "169.254/16", value == "localhost":
		return value
	case strings.HasPrefix(value, "*."):
		return "*." + b.host(value[2:])
	}
	return b.word(value)
}
