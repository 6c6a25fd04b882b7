package tool

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// pkgutil answers for the receipts of installed packages. documented: man
// pkgutil: a package is named behind a blank or a sign of equality.
func pkgutil(m *state.Mac, c *Call) Reply {
	if len(c.Args) == 0 {
		return notSimulated(c)
	}
	verb, id, given := strings.Cut(c.Args[0], "=")
	rest := c.Args[1:]
	if !given && len(rest) == 1 {
		id, given, rest = rest[0], true, nil
	}
	list := verb == "--pkgs" || verb == "--packages"
	switch {
	case list && len(c.Args) == 1 && !given:
		return printed(packageIDs(m)...)
	case list && len(c.Args) == 1 && !strings.ContainsAny(id, "[](){}|?"):
		return matchingPackages(m, id)
	case list || !given || len(rest) > 0:
		return notSimulated(c)
	}
	return aboutPackage(m, c, verb, id)
}

func packageIDs(m *state.Mac) []string {
	var ids []string
	for _, p := range m.Packages {
		ids = append(ids, p.ID)
	}
	return ids
}

// matchingPackages lists those whose whole name matches. community: exit code 1
// where none does; inferred: whole.
func matchingPackages(m *state.Mac, pattern string) Reply {
	ids := slices.DeleteFunc(packageIDs(m), func(id string) bool { return !matchesWhole(pattern, id) })
	if len(ids) == 0 {
		return Reply{Exit: 1}
	}
	return printed(ids...)
}

// matchesWhole knows of regular expressions the dot, the star, the plus, the
// backslash and the two anchors.
func matchesWhole(pattern, text string) bool {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "^"), "$")
	return matchesFrom(pattern, text)
}

func matchesFrom(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	one, rest := pattern[0], pattern[1:]
	dot := one == '.'
	if one == '\\' && rest != "" {
		one, rest = rest[0], rest[1:]
	}
	fits := func() bool { return text != "" && (dot || text[0] == one) }
	repeated := rest != "" && (rest[0] == '*' || rest[0] == '+')
	if !repeated {
		return fits() && matchesFrom(rest, text[1:])
	}
	if rest[0] == '*' && matchesFrom(rest[1:], text) {
		return true
	}
	for fits() {
		text = text[1:]
		if matchesFrom(rest[1:], text) {
			return true
		}
	}
	return false
}

// aboutPackage shows or forgets one receipt. community: all texts and that exit
// code 1 goes with the refusal; inferred: their streams.
func aboutPackage(m *state.Mac, c *Call, verb, id string) Reply {
	if verb != "--pkg-info" && verb != "--pkg-info-plist" && verb != "--forget" {
		return notSimulated(c)
	}
	if verb == "--forget" && !c.isRoot() {
		return unpublished(c, 1, "for everybody but root")
	}
	i := slices.IndexFunc(m.Packages, func(p state.Package) bool { return p.ID == id })
	if i < 0 {
		return refused(1, "No receipt for '"+id+"' found at '/'.")
	}
	switch verb {
	case "--pkg-info":
		return printed(packageLines(m.Packages[i])...)
	case "--pkg-info-plist":
		return Reply{Stdout: packagePlist(m.Packages[i])}
	}
	m.Packages = slices.Delete(slices.Clone(m.Packages), i, i+1)
	m.Revision++
	return printed("Forgot package '" + id + "' on '/'.")
}

func packageLines(p state.Package) []string {
	return []string{
		"package-id: " + p.ID,
		"version: " + p.Version,
		"volume: " + cmp.Or(p.Volume, "/"),
		"location: " + cmp.Or(p.Location, "/"),
		fmt.Sprintf("install-time: %d", p.Installed.Unix()),
	}
}

// packagePlist is the receipt for programs. observed.
func packagePlist(p state.Package) string {
	return plistOf(fmt.Sprintf(`<dict>
	<key>install-location</key>
	<string>%s</string>
	<key>install-time</key>
	<integer>%d</integer>
	<key>pkg-version</key>
	<string>%s</string>
	<key>pkgid</key>
	<string>%s</string>
	<key>receipt-plist-version</key>
	<real>1</real>
	<key>volume</key>
	<string>%s</string>
</dict>
`, escaped(cmp.Or(p.Location, "/")), p.Installed.Unix(), escaped(p.Version), escaped(p.ID), escaped(cmp.Or(p.Volume, "/"))))
}

// plistOf puts a value that is written already into a property list.
func plistOf(value string) string {
	return strings.Replace(document(dict{}), "<dict/>\n", value, 1)
}
