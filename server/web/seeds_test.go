package web_test

import (
	"strings"
	"testing"
)

// A1: the console shows each user's Secure Token, in the words of the row and never
// as a bare mark.
func TestSeed_A1(t *testing.T) {
	t.Parallel()
	s := mac(`{"accounts":[{"name":"anna","token":"usable"},{"name":"ben","token":"absent"},{"name":"cem","token":"present_but_unusable"},{"name":"dee","token":"unknown"}]}`)
	_, page := s.render("/devices/mac-1")
	for name, want := range map[string]string{"anna": "usable", "ben": "absent", "cem": "present but unusable", "dee": "unknown"} {
		_, row, there := strings.Cut(page, name)
		row, _, _ = strings.Cut(row, "</tr>")
		_, cell, _ := strings.Cut(row, `data-label="Secure Token">`)
		cell, _, _ = strings.Cut(cell, "</td>")
		if !there || !strings.Contains(cell, ">"+want+"<") {
			t.Errorf("%s: %q, want %q", name, cell, want)
		}
	}
}

// F14: the console shows the token in its inventory, and who unlocks the disk.
func TestSeed_F14(t *testing.T) {
	t.Parallel()
	s := mac(`{"bootstrap":{"supported":"yes","escrowed":"yes","strength":"proven"},"accounts":[{"name":"anna","filevault_unlock":"yes"}]}`)
	s.expect(t, "/devices/mac-1", "proven", `data-label="Unlocks FileVault"><span class="answer yes">yes</span>`)
}
