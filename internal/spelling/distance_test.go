package spelling

import "testing"

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"helathy", "healthy", 2},
		{"interval", "intervall", 1},
		{"url", "uri", 1},
		{"kitten", "sitting", 3},
	} {
		if got := Distance(tc.a, tc.b); got != tc.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"filevault.state", "filevault.users", "os.version", "healthy", "left-the-management", "profiles"}
	for written, want := range map[string]string{
		"": "", "filevault.stat": "filevault.state", "filevalt.users": "filevault.users", "version": "os.version", "nothing at all": "",
		"heathy": "healthy", "haelthy": "healthy", "left": "left-the-management", "left-hte-manegament": "left-the-management",
		"sw_vers": "", "profile": "profiles",
	} {
		if got := Nearest(written, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", written, got, want)
		}
	}
}
