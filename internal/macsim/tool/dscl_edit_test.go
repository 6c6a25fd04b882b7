package tool

import (
	"slices"
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

const (
	noPermissionText = "<dscl_cmd> DS Error: -14120 (eDSPermissionError)\n"
	noAttributeText  = "<main> attribute status: eDSAttributeNotFound\n<dscl_cmd> DS Error: -14134 (eDSAttributeNotFound)\n"
	existsText       = "<main> attribute status: eDSRecordAlreadyExists\n<dscl_cmd> DS Error: -14135 (eDSRecordAlreadyExists)\n"
)

// accountIs is a check of one account afterwards.
func accountIs(name string, check func(*state.Account) bool) func(*testing.T, *state.Mac) {
	return func(t *testing.T, m *state.Mac) {
		t.Helper()
		if a, ok := m.Account(name); !ok || !check(a) {
			t.Errorf("account %q afterwards: %t, %+v", name, ok, a)
		}
		if m.Revision == 0 {
			t.Error("nothing counted the change")
		}
	}
}

// macUnchanged is a check that nothing happened.
func macUnchanged(t *testing.T, m *state.Mac) {
	t.Helper()
	if m.Revision != 0 {
		t.Errorf("the Mac was changed %d times", m.Revision)
	}
}

func TestDsclUser(t *testing.T) {
	const clerk, tag = "/Users/clerk|", "AuthenticationAuthority|;DisabledTags;SecureToken"
	tagged := accountIs("clerk", func(a *state.Account) bool { return a.DisabledTag })
	withTag := func(m *state.Mac) { clerkOf(m).DisabledTag = true }
	testAnswers(t, dsclPath, []answerCase{
		{name: "append the tag", args: ".|append|" + clerk + tag, after: tagged},
		{name: "merge the tag", args: ".|-merge|" + clerk + tag, after: tagged},
		{
			name: "create the tag first", args: ".|-create|" + clerk + tag,
			change: func(m *state.Mac) { clerkOf(m).Password = state.NoPassword }, after: tagged,
		},
		{
			name: "create the tag in place of others", args: ".|-create|" + clerk + tag, after: macUnchanged,
			want: errText(125, "macsim: dscl . -create /Users/clerk AuthenticationAuthority ;DisabledTags;SecureToken would remove the other values, which is not simulated\n"),
		},
		{
			name: "delete the tag", args: ".|-delete|" + clerk + tag, change: withTag,
			after: accountIs("clerk", func(a *state.Account) bool { return !a.DisabledTag }),
		},
		{name: "delete the tag that is not there", args: ".|-delete|" + clerk + tag, want: errText(54, noAttributeText), after: macUnchanged},
		{
			name: "disable", args: ".|-append|" + clerk + "AuthenticationAuthority|;DisabledUser;",
			after: accountIs("clerk", func(a *state.Account) bool { return a.Disabled && !a.DisabledTag }),
		},
		{
			name: "write a token", args: ".|-append|" + clerk + "AuthenticationAuthority|;SecureToken;", after: macUnchanged,
			want: errText(125, "macsim: dscl . -append /Users/clerk AuthenticationAuthority ;SecureToken; is not simulated\n"),
		},
		{name: "hide", args: ".|-create|" + clerk + "IsHidden|1", after: accountIs("clerk", func(a *state.Account) bool { return a.Hidden })},
		{
			name: "show", args: ".|-create|" + clerk + "dsAttrTypeNative:IsHidden|0", change: func(m *state.Mac) { clerkOf(m).Hidden = true },
			after: accountIs("clerk", func(a *state.Account) bool { return !a.Hidden }),
		},
		{
			name: "delete IsHidden", args: ".|-delete|" + clerk + "IsHidden", change: func(m *state.Mac) { clerkOf(m).Hidden = true },
			after: accountIs("clerk", func(a *state.Account) bool { return !a.Hidden }),
		},
		{name: "delete IsHidden twice", args: ".|-delete|" + clerk + "IsHidden", want: errText(54, noAttributeText), after: macUnchanged},
		{name: "shell", args: ".|-create|" + clerk + "UserShell|/bin/bash", after: accountIs("clerk", func(a *state.Account) bool { return a.Shell == "/bin/bash" })},
		{name: "home", args: ".|-create|" + clerk + "home|/Users/Büro 2", after: accountIs("clerk", func(a *state.Account) bool { return a.Home == "/Users/Büro 2" })},
		{name: "full name", args: ".|-create|" + clerk + "RealName|Зоя", after: accountIs("clerk", func(a *state.Account) bool { return a.RealName == "Зоя" })},
		{name: "number", args: ".|-create|" + clerk + "UniqueID|600", after: accountIs("clerk", func(a *state.Account) bool { return a.UID == 600 })},
		{name: "number that is taken", args: ".|-create|" + clerk + "uid|501", want: errText(55, existsText), after: macUnchanged},
		{name: "own number", args: ".|-create|" + clerk + "uid|502", after: accountIs("clerk", func(a *state.Account) bool { return a.UID == 502 })},
		{name: "group staff", args: ".|-create|" + clerk + "PrimaryGroupID|20", after: macUnchanged},
		{
			name: "another group", args: ".|-create|" + clerk + "PrimaryGroupID|80", after: macUnchanged,
			want: errText(125, "macsim: dscl . -create /Users/clerk PrimaryGroupID 80 is not simulated\n"),
		},
		{
			name: "GUID", args: ".|-create|" + clerk + "GeneratedUID|CCCCCCCC-0000-0000-0000-000000000003",
			after: accountIs("clerk", func(a *state.Account) bool { return a.GUID == "CCCCCCCC-0000-0000-0000-000000000003" }),
		},
		{name: "GUID that is taken", args: ".|-create|" + clerk + "GeneratedUID|AAAAAAAA-0000-0000-0000-000000000001", want: errText(55, existsText), after: macUnchanged},
		{
			name: "GUID that is none", args: ".|-create|" + clerk + "GeneratedUID|5", after: macUnchanged,
			want: errText(125, "macsim: dscl . -create /Users/clerk GeneratedUID 5 is not simulated\n"),
		},
		{
			name: "GUID of a token holder", args: ".|-create|/Users/boss|GeneratedUID|CCCCCCCC-0000-0000-0000-000000000003", after: macUnchanged,
			want: errText(125, "macsim: dscl . -create /Users/boss GeneratedUID CCCCCCCC-0000-0000-0000-000000000003 is not simulated\n"),
		},
		{
			name: "further name", args: `.|-append|` + clerk + `RecordName|CORP\clerk`,
			after: accountIs(`CORP\clerk`, func(a *state.Account) bool { return a.Name == "clerk" }),
		},
		{name: "further name that is taken", args: `.|-merge|` + clerk + `RecordName|boss`, want: errText(55, existsText), after: macUnchanged},
		{
			name: "further name removed", args: `.|-delete|` + clerk + `RecordName|CORP\clerk`, change: mobileClerk,
			after: accountIs("clerk", func(a *state.Account) bool { return len(a.OtherNames) == 0 }),
		},
		{name: "change", args: ".|-change|" + clerk + "UserShell|/bin/zsh|/bin/sh", after: accountIs("clerk", func(a *state.Account) bool { return a.Shell == "/bin/sh" })},
		{name: "change what is not so", args: ".|-change|" + clerk + "UserShell|/bin/tcsh|/bin/sh", want: errText(54, noAttributeText), after: macUnchanged},
		{
			name: "change with one value", args: ".|-change|" + clerk + "UserShell|/bin/zsh", after: macUnchanged,
			want: errText(64, "macsim: dscl . -change /Users/clerk UserShell /bin/zsh fails for want of arguments, in words that nobody has published\n"),
		},
		{name: "picture", args: ".|-create|" + clerk + "Picture|x.png", want: errText(125, "macsim: dscl . -create /Users/clerk Picture x.png is not simulated\n"), after: macUnchanged},
		{
			name: "standard user", user: "clerk", args: ".|-append|" + clerk + tag, after: macUnchanged,
			want: errText(40, "<main> attribute status: eDSPermissionError\n"+noPermissionText),
		},
		{
			name: "nobody's record", args: ".|-append|/Users/ghost|" + tag, after: macUnchanged,
			want: Reply{Exit: 185, Stdout: "append: Invalid Path\n", Stderr: noNode},
		},
	})
}

func TestDsclRecords(t *testing.T) {
	gone := func(name string) func(*testing.T, *state.Mac) {
		return func(t *testing.T, m *state.Mac) {
			t.Helper()
			if _, ok := m.Account(name); ok {
				t.Errorf("%q is still there", name)
			}
		}
	}
	bare := func(a *state.Account) bool {
		return a.Password == state.NoPassword && a.Kind == state.Local && !a.Holds() && a.UID > 502
	}
	testAnswers(t, dsclPath, []answerCase{
		{name: "create", args: ".|-create|/Users/nina", after: accountIs("nina", bare)},
		{name: "create what is there", args: ".|-create|/Users/clerk", after: macUnchanged},
		{
			name: "create with an attribute", args: ".|create|/Users/nina|UserShell|/bin/bash",
			after: accountIs("nina", func(a *state.Account) bool { return bare(a) && a.Shell == "/bin/bash" }),
		},
		{name: "create with a blank", args: `.|create|/Users/nina%20bell`, after: accountIs("nina bell", bare)},
		{name: "create with backslashes", args: `.|create|/Users/CORP\\nina`, after: accountIs(`CORP\nina`, bare)},
		{name: "create with a backslash that goes", args: `.|create|/Users/ni\na`, after: accountIs("nina", bare)},
		{name: "create with a broken escape", args: `.|create|/Users/50%`, want: errText(125, "macsim: dscl . create /Users/50% is not simulated\n"), after: macUnchanged},
		{
			name: "create as a standard user", user: "clerk", args: ".|-create|/Users/nina",
			want: errText(40, "<main> attribute status: eDSPermissionError\n"+noPermissionText), after: macUnchanged,
		},
		{name: "create a group", args: ".|-create|/Groups/club", want: errText(125, "macsim: dscl . -create /Groups/club is not simulated\n"), after: macUnchanged},
		{name: "delete", args: ".|-delete|/Users/clerk", after: gone("clerk")},
		{
			name: "delete a token holder", args: ".|-delete|/Users/boss",
			want:  errText(40, "<main> delete status: eDSPermissionError\n"+noPermissionText),
			after: accountIs("boss", func(a *state.Account) bool { return a.Holds() }),
		},
		{
			name: "delete as a standard user", user: "clerk", args: ".|-delete|/Users/clerk",
			want: errText(40, "<main> delete status: eDSPermissionError\n"+noPermissionText), after: macUnchanged,
		},
		{
			name: "delete nobody", args: ".|-delete|/Users/ghost",
			want: Reply{Exit: 185, Stdout: "delete: Invalid Path\n", Stderr: noNode}, after: macUnchanged,
		},
		{name: "delete all", args: ".|-delete|/Users", want: errText(125, "macsim: dscl . -delete /Users is not simulated\n"), after: macUnchanged},
	})
}

func TestDsclGroup(t *testing.T) {
	const admin, clerkGUID = "/Groups/admin|", "AAAAAAAA-0000-0000-0000-000000000002"
	is := func(name string, want state.Admin) func(*testing.T, *state.Mac) {
		return accountIs(name, func(a *state.Account) bool { return a.Admin == want })
	}
	staff := func(names, guids []string) func(*testing.T, *state.Mac) {
		return func(t *testing.T, m *state.Mac) {
			t.Helper()
			g, _ := m.Group("staff")
			if !slices.Equal(g.Names, names) || !slices.Equal(g.GUIDs, guids) {
				t.Errorf("staff afterwards: %v, %v", g.Names, g.GUIDs)
			}
		}
	}
	root := state.SystemGUID(0)
	testAnswers(t, dsclPath, []answerCase{
		{name: "add a name", args: ".|-append|" + admin + "GroupMembership|clerk", after: is("clerk", state.Admin{Name: true})},
		{name: "merge a GUID", args: ".|-merge|" + admin + "GroupMembers|" + clerkGUID, after: is("clerk", state.Admin{GUID: true})},
		{name: "add what is there", args: ".|-append|" + admin + "GroupMembership|boss", after: macUnchanged},
		{name: "remove a name", args: ".|-delete|" + admin + "GroupMembership|boss", after: is("boss", state.Admin{GUID: true})},
		{name: "remove a GUID", args: ".|-delete|" + admin + "GroupMembers|AAAAAAAA-0000-0000-0000-000000000001", after: is("boss", state.Admin{Name: true})},
		{name: "remove who is not in it", args: ".|-delete|" + admin + "GroupMembership|clerk", want: errText(54, noAttributeText), after: macUnchanged},
		{name: "remove nobody", args: ".|-delete|" + admin + "GroupMembership|ghost", want: errText(54, noAttributeText), after: macUnchanged},
		{name: "another group", args: ".|-append|/Groups/staff|GroupMembership|clerk", after: staff([]string{"root", "clerk"}, []string{root})},
		{name: "another group's GUIDs", args: ".|-append|/Groups/staff|GroupMembers|" + clerkGUID, after: staff([]string{"root"}, []string{root, clerkGUID})},
		{name: "a name that is nobody's", args: `.|-append|/Groups/staff|GroupMembership|CORP\gone`, after: staff([]string{"root", `CORP\gone`}, []string{root})},
		{
			name: "a name that was left behind", args: ".|-delete|/Groups/staff|GroupMembership|gone",
			change: func(m *state.Mac) { g, _ := m.Group("staff"); g.Names = append(g.Names, "gone") },
			after:  staff([]string{"root"}, []string{root}),
		},
		{
			name: "nested group", args: ".|-append|/Groups/staff|NestedGroups|ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050",
			after: func(t *testing.T, m *state.Mac) {
				g, _ := m.Group("staff")
				if !slices.Equal(g.Nested, []string{"ABCDEFAB-CDEF-ABCD-EFAB-CDEF00000050"}) || m.Revision != 1 {
					t.Errorf("nested afterwards: %v", g.Nested)
				}
			},
		},
		{name: "number that is taken", args: ".|-create|/Groups/staff|gid|80", want: errText(55, existsText), after: macUnchanged},
		{
			name: "replace the members", args: ".|-create|" + admin + "GroupMembership|clerk", after: macUnchanged,
			want: errText(125, "macsim: dscl . -create /Groups/admin GroupMembership clerk is not simulated\n"),
		},
		{
			name: "standard user", user: "clerk", args: ".|-append|" + admin + "GroupMembership|clerk", after: macUnchanged,
			want: errText(40, "<main> attribute status: eDSPermissionError\n"+noPermissionText),
		},
		{
			name: "no such group", args: ".|-append|/Groups/ghosts|GroupMembership|clerk", after: macUnchanged,
			want: Reply{Exit: 185, Stdout: "append: Invalid Path\n", Stderr: noNode},
		},
	})
}
