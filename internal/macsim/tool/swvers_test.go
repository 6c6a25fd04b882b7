package tool

import (
	"testing"

	"github.com/tokenward/tokenward/internal/macsim/state"
)

func TestSwVers(t *testing.T) {
	response := func(m *state.Mac) {
		m.OS = state.OS{Product: "macOS", Version: "13.3.1", Build: "22E772610a", Extra: "(a)"}
	}
	testAnswers(t, "/usr/bin/sw_vers", []answerCase{
		{name: "all", want: out("ProductName:\t\tmacOS\nProductVersion:\t\t26.1\nBuildVersion:\t\t25B78\n")},
		{name: "one", args: "-productVersion", want: out("26.1\n")},
		{name: "with two dashes", args: "--productName", want: out("macOS\n")},
		{name: "build", args: "--buildVersion", want: out("25B78\n")},
		{name: "no extra", args: "--productVersionExtra", want: out("\n")},
		{name: "old", change: version("10.15.7"), want: out("ProductName:\tMac OS X\nProductVersion:\t10.15.7\nBuildVersion:\t25B78\n")},
		{name: "old, with two dashes", args: "--productVersion", change: version("10.15.7"), want: errText(125, "macsim: sw_vers --productVersion is not simulated\n")},
		{name: "no extra before 13.3", args: "-productVersionExtra", change: version("13.2"), want: errText(125, "macsim: sw_vers -productVersionExtra is not simulated\n")},
		{name: "rapid security response", change: response, want: out("ProductName:\t\tmacOS\nProductVersion:\t\t13.3.1\nProductVersionExtra:\t(a)\nBuildVersion:\t\t22E772610a\n")},
		{name: "its extra", args: "-productVersionExtra", change: response, want: out("(a)\n")},
		{name: "unknown", args: "-help", want: errText(125, "macsim: sw_vers -help is not simulated\n")},
		{name: "two", args: "-productName|-buildVersion", want: errText(125, "macsim: sw_vers -productName -buildVersion is not simulated\n")},
	})
}
