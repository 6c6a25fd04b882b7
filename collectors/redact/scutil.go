package redact

import (
	"strings"

	"github.com/tokenward/tokenward/internal/pattern"
)

var (
	scutilNumber = pattern.Lazy(`^(?:TRUE|FALSE|-?\d{1,12})$`)
	// documented (SystemConfiguration): the keys of proxies; observed (10.13 to 26):
	// those of sessions. Of all these the value is a number.
	scutilCount = pattern.Lazy(`^(?:kCGSSession(?:AuditIDKey|GroupIDKey|IDKey|LoginwindowSafeLogin|OnConsoleKey|SystemSafeBoot|UserIDKey)|kCGSessionLoginDoneKey|kSCSecuritySessionID|` +
		`GID|UID|ExcludeSimpleHostnames|ProxyAuto(?:Config|Discovery)Enable|FTPPassive|(?:HTTPS?|FTP|SOCKS|RTSP|Gopher)(?:Enable|Port))$`)
	scutilAccount = pattern.Lazy(`^(?:Name|kCGSSessionUserNameKey|(?:HTTPS?|FTP|SOCKS|RTSP|Gopher)User)$`)
	scutilHost    = pattern.Lazy(`^(?:HTTPS?|FTP|SOCKS|RTSP|Gopher)Proxy$`)
	scutilPlace   = pattern.Lazy(`^\d{1,6}$`)
	scutilOther   = pattern.Lazy(`^(?:kCGSessionLongUserNameKey|SessionInfo|ExceptionsList|ProxyAutoConfigURLString|__SCOPED__|en\d{1,3})$`)
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
	if !scutilKey(key) {
		shown = b.word(key)
	}
	return shown + " : " + scutilValue(b, key, value)
}

func scutilKey(key string) bool {
	return scutilCount.MatchString(key) || scutilAccount.MatchString(key) || scutilHost.MatchString(key) || scutilPlace.MatchString(key) || scutilOther.MatchString(key)
}

// scutilValue asks first for what a value is the name: accounts are called by
// numbers, too.
func scutilValue(b *book, key, value string) string {
	switch {
	case value == "<dictionary> {", value == "<array> {":
		return value
	case scutilAccount.MatchString(key):
		return b.person(value)
	case key == "kCGSessionLongUserNameKey":
		return b.fullName(value, "")
	case scutilHost.MatchString(key):
		return asBlank(b.host(value), value)
	case key == "ProxyAutoConfigURLString":
		return b.address(value)
	case scutilCount.MatchString(key) && scutilNumber.MatchString(value):
		return value
	case scutilPlace.MatchString(key):
		return exception(b, value)
	}
	return b.word(value)
}

// exception is a host that is reached without the proxy, or many.
func exception(b *book, value string) string {
	switch {
	case value == "*.local", value == "169.254/16", value == "localhost":
		return value
	case strings.HasPrefix(value, "*."):
		return "*." + b.host(value[2:])
	}
	return b.word(value)
}
