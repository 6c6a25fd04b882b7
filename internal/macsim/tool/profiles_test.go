package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestProfiles(t *testing.T) {
	const token, enrollment = "status|-type|bootstraptoken", "status|-type|enrollment"
	testAnswers(t, "/usr/bin/profiles", []answerCase{
		{name: "escrowed", args: token, want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n")},
		{
			name: "not escrowed", args: token, change: func(m *state.Mac) { m.Bootstrap.Escrowed = false },
			want: out("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n"),
		},
		{
			name: "not supported is one line", args: token, change: func(m *state.Mac) { m.Enrollment.Capability = state.NoCapability },
			want: out("profiles: Bootstrap Token supported on server: NO\n"),
		},
		{
			name: "not enrolled", args: token, change: func(m *state.Mac) { m.Enrollment = state.Enrollment{MDM: state.NotEnrolled} },
			want: errText(1, "macsim: profiles status -type bootstraptoken fails on a Mac that is not enrolled, in words that nobody has published\n"),
		},
		{name: "before 10.15", args: token, change: version("10.14.6"), want: errText(1, "Error: The profile type option was not recognized.\n")},
		{name: "enrolled", args: enrollment, want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: https://mdm.example.com/in?a=b\n")},
		{
			name: "unapproved", args: enrollment, change: func(m *state.Mac) { m.Enrollment.DEP, m.Enrollment.MDM = false, state.Unapproved },
			want: out("Enrolled via DEP: No\nMDM enrollment: Yes\nMDM server: https://mdm.example.com/in?a=b\n"),
		},
		{name: "no server line before 10.15", args: enrollment, change: version("10.14.6"), want: out("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n")},
		{
			name: "unenrolled", args: enrollment, change: func(m *state.Mac) { m.Enrollment = state.Enrollment{MDM: state.NotEnrolled} },
			want: out("Enrolled via DEP: No\nMDM enrollment: No\n"),
		},
		{name: "changing verb", args: "remove|-type|bootstraptoken", want: errText(125, "macsim: profiles remove -type bootstraptoken is not simulated\n")},
	})
}
