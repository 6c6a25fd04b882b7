package parse

import "github.com/tokenward/tokenward/health/evidence"

// DirectoryGroups reads dscl -plist . -readall /Groups RecordName GeneratedUID
// GroupMembership GroupMembers NestedGroups. Groups with nobody in them, most of
// a Mac's, are left out.
func DirectoryGroups(out []byte) ([]evidence.Group, error) {
	groups := []evidence.Group{}
	err := eachRecord(out, func(r record) error {
		group, err := r.group()
		if len(group.Users)+len(group.GUIDs)+len(group.Nested) > 0 {
			groups = append(groups, group)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return groups, nil
}

func (r record) group() (evidence.Group, error) {
	names := r["dsAttrTypeStandard:RecordName"]
	if len(names) == 0 || names[0] == "" {
		return evidence.Group{}, unreadable("a record without a name")
	}
	return evidence.Group{
		Names: names, GUID: r.first("GeneratedUID"),
		Users:  r["dsAttrTypeStandard:GroupMembership"],
		GUIDs:  r["dsAttrTypeStandard:GroupMembers"],
		Nested: r["dsAttrTypeStandard:NestedGroups"],
	}, nil
}
