package health

import (
	"slices"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// membership is who belongs to the group admin, also by way of groups in it.
type membership struct {
	known, nestedKnown bool
	open               bool // a group is in it of which not all members are listed
	names, guids       map[string]bool
}

func newMembership(s evidence.Snapshot) membership {
	m := membership{names: map[string]bool{}, guids: map[string]bool{}}
	var group evidence.AdminGroup
	group, m.known = s.AdminGroup.Known()
	m.add(group.Names, group.GUIDs)
	var groups []evidence.Group
	groups, m.nestedKnown = s.Groups.Known()
	m.follow(groups)
	return m
}

func (m *membership) add(names, guids []string) {
	for _, name := range names {
		m.names[name] = true
	}
	for _, guid := range guids {
		m.guids[strings.ToUpper(guid)] = true
	}
}

// follow adds the members of the groups in the group, and of those in them. A
// group can be in itself by a detour.
func (m *membership) follow(groups []evidence.Group) {
	byGUID := make(map[string]evidence.Group, len(groups))
	var next []string
	for _, g := range groups {
		byGUID[strings.ToUpper(g.GUID)] = g
		if slices.Contains(g.Names, "admin") {
			next = append(next, g.Nested...)
		}
	}
	seen := map[string]bool{}
	for len(next) > 0 {
		guid := strings.ToUpper(next[0])
		next = next[1:]
		if seen[guid] {
			continue
		}
		seen[guid] = true
		g, local := byGUID[guid]
		if !local {
			m.open = true
			continue
		}
		m.add(g.Users, g.GUIDs)
		next = append(next, g.Nested...)
	}
}

// has goes by name and by GeneratedUID, as the membership itself does. That an
// account is no administrator is known only where all groups in the group list
// their members: one of a directory service, or one that macOS reckons such as
// everyone, does not. Of an account of a directory service it is never known, since
// the service can make its users administrators without any group of this Mac.
func (m *membership) has(r evidence.DirectoryAccount) Tri {
	listed := m.names[r.Name] || slices.ContainsFunc(r.OtherNames, func(name string) bool { return m.names[name] })
	listed = listed || (r.GUID != "" && m.guids[strings.ToUpper(r.GUID)])
	fromService := r.Mobile || r.OriginalNode != ""
	switch {
	case listed && m.known:
		return Yes
	case !m.known, !m.nestedKnown, m.open, fromService:
		return Unknown
	}
	return No
}
