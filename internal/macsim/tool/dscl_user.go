package tool

import (
	"slices"
	"strconv"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

// changeUser changes an attribute of a user's record. On a Mac all attributes
// can be changed; these are the ones that a simulated account has.
func (d directory) changeUser(p place, key string, values []string) Reply {
	a, _ := localAccount(d.m, p.name)
	switch {
	case key == "AuthenticationAuthority" && len(values) == 1:
		return d.changeAuthority(a, values[0])
	case key == "IsHidden":
		return d.changeHidden(a, values)
	case key == "RecordName" && d.verb != "create":
		return d.changeNames(a, values)
	case d.verb == "create" && len(values) == 1:
		return d.createValue(a, key, values[0])
	}
	return notSimulated(d.c)
}

// changeAuthority writes or removes one of the two tags. documented: append, as
// Apple describes it; inferred: that create would take the other values away,
// which is not simulated.
func (d directory) changeAuthority(a *state.Account, value string) Reply {
	present := slices.Contains(tags(a), value)
	switch {
	case value != disabledTag && value != disabledUser:
		return notSimulated(d.c)
	case d.verb == "delete" && !present:
		return noAttribute.status("attribute")
	case d.verb == "create" && slices.ContainsFunc(authorities(d.m, a), func(v string) bool { return v != value }):
		return own(d.c.String() + " would remove the other values, which is not simulated")
	case value == disabledTag:
		return d.do("attribute", &state.Tag{User: a.Name, Off: d.verb == "delete"})
	}
	return d.do("attribute", &state.Disable{User: a.Name, Off: d.verb == "delete"})
}

// changeHidden hides an account or shows it. community: 1 and YES; inferred: 0
// and NO leave nothing behind.
func (d directory) changeHidden(a *state.Account, values []string) Reply {
	switch {
	case d.verb == "delete" && !a.Hidden:
		return noAttribute.status("attribute")
	case d.verb == "delete":
		return d.do("attribute", &state.Hide{User: a.Name, Off: true})
	case d.verb != "create" || len(values) != 1:
		return notSimulated(d.c)
	}
	switch values[0] {
	case "1", "YES":
		return d.do("attribute", &state.Hide{User: a.Name})
	case "0", "NO":
		return d.do("attribute", &state.Hide{User: a.Name, Off: true})
	}
	return notSimulated(d.c)
}

// changeNames adds further names of a record or removes them. The first one
// stays.
func (d directory) changeNames(a *state.Account, values []string) Reply {
	if len(values) != 1 || values[0] == a.Name {
		return notSimulated(d.c)
	}
	value := values[0]
	present := slices.Contains(a.OtherNames, value)
	switch {
	case d.verb == "delete" && !present:
		return noAttribute.status("attribute")
	case d.verb == "delete":
		return d.set(func() { a.OtherNames = slices.DeleteFunc(a.OtherNames, func(n string) bool { return n == value }) })
	case present:
		return Reply{}
	}
	if _, taken := d.m.Account(value); taken {
		return alreadyExists.status("attribute")
	}
	return d.set(func() { a.OtherNames = append(a.OtherNames, value) })
}

// createValue sets an attribute that has one value.
func (d directory) createValue(a *state.Account, key, value string) Reply {
	switch {
	case key == "UniqueID":
		return d.createUID(a, value)
	case key == "PrimaryGroupID" && value == strconv.Itoa(a.PrimaryGroup()):
		return Reply{}
	case key == "GeneratedUID" && !a.Token.CryptoUser && !a.Admin.Name && !a.Admin.GUID:
		return d.createGUID(a, value)
	case key == "UserShell":
		return d.set(func() { a.Shell = value })
	case key == "NFSHomeDirectory":
		return d.set(func() { a.Home, a.OtherHomes = value, nil })
	case key == "RealName":
		return d.set(func() { a.RealName = value })
	}
	return notSimulated(d.c)
}

// createUID sets the user ID. observed (26): not one that is taken.
func (d directory) createUID(a *state.Account, value string) Reply {
	uid, err := strconv.Atoi(value)
	taken := slices.ContainsFunc(d.m.Accounts, func(b state.Account) bool { return b.UID == uid && b.Name != a.Name })
	switch {
	case err != nil:
		return notSimulated(d.c)
	case taken:
		return alreadyExists.status("attribute")
	}
	return d.set(func() { a.UID = uid })
}

// createGUID sets the GUID, of an account that nothing knows by it yet.
// community: not one that is taken.
func (d directory) createGUID(a *state.Account, value string) Reply {
	taken := slices.ContainsFunc(d.m.Accounts, func(b state.Account) bool { return b.GUID == value && b.Name != a.Name })
	switch {
	case !isUUID(value):
		return notSimulated(d.c)
	case taken:
		return alreadyExists.status("attribute")
	}
	return d.set(func() { a.GUID = value })
}

// isUUID wants capital letters, as every tool prints it.
func isUUID(s string) bool {
	for i, r := range s {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		digit := r >= '0' && r <= '9' || r >= 'A' && r <= 'F'
		if hyphen != (r == '-') || !hyphen && !digit {
			return false
		}
	}
	return len(s) == 36
}
