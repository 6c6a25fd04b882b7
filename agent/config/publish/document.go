package publish

import (
	"fmt"
	"strings"

	"github.com/tokenward/tokenward/agent/config"
)

// The marks between which the documentation's table stands.
const (
	TableBegin = "<!-- Generated from agent/config/keys.go: go test ./agent/config/publish -update -->"
	TableEnd   = "<!-- End of what is generated. -->"
)

// Document writes every key for the documentation, in Markdown.
func Document() string {
	var b strings.Builder
	for _, k := range config.Keys() {
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", k.Plist, k.Text)
		b.WriteString("| in YAML | in a property list | in the environment | value | default | who may set it |\n|---|---|---|---|---|---|\n")
		fmt.Fprintf(&b, "| `%s` | `%s`, %s | %s | %s | %s | %s |\n\n", k.Path, k.Plist, pfmType(k.Kind), code(k.Variable()), bounds(k),
			code(config.OneLine(config.ValueOf(config.Default(), k))), who(k.Who))
		fields(&b, k)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func fields(b *strings.Builder, k config.Key) {
	if len(k.Fields) == 0 {
		return
	}
	b.WriteString("| in a section of it | in a property list | what |\n|---|---|---|\n")
	for _, f := range k.Fields {
		needed := ""
		if f.Needed {
			needed = " (needed)"
		}
		fmt.Fprintf(b, "| `%s` | `%s` | %s%s |\n", f.Name, f.Plist, f.Title, needed)
	}
	b.WriteString("\n")
}

func code(text string) string {
	if text == "" || text == "[]" || text == "{}" {
		return "–"
	}
	return "`" + text + "`"
}

func who(w config.Who) string {
	switch w {
	case config.ManagedOnly:
		return "managed preferences alone"
	case config.Root:
		return "every layer but the environment"
	default:
		return "every layer"
	}
}
