package web_test

import (
	"strings"
	"testing"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/store"
)

const foreseenReport = `{
	"accounts":[{"name":"anna","guid":"G1"},{"name":"ben","guid":"G2"}],
	"forecasts":[
		{"name":"hold_restart","subject":"device","answer":"yes","because":["ST_DRIFT_FV_ON"]},
		{"name":"can_wipe_silently","subject":"device","answer":"unknown","because":[],"depends":["preflight_needs_token_on_t2"]},
		{"name":"can_grant_next_user","subject":"device","answer":"no","because":["BT_NOT_ESCROWED"]},
		{"name":"safe_to_reset","subject":"g1","answer":"no","because":["ST_SOLE_HOLDER"]},
		{"name":"safe_to_reset","subject":"G2","answer":"no","because":["ST_SOLE_HOLDER"]},
		{"name":"can_enable_filevault","subject":"device","answer":"yes","because":[]},
		{"name":"of_a_later_version","subject":"device","answer":"perhaps","because":[]}],
	"able":{"holders":["G1","G2"],"granters":["G2"],"escrowers":[],"owners":["G3"],"unlockers":[]},
	"hold_restart":"yes"}`

func TestForecastsOnAPage(t *testing.T) {
	t.Parallel()
	s := mac(foreseenReport)
	s.expect(t, "/devices/mac-1",
		`<strong>Do not restart this Mac</strong>`, "<code>ST_DRIFT_FV_ON</code>",
		"The next user who logs in gets a Secure Token", "hangs on preflight needs token on t2", "anna, ben", "of a later version",
		"1 thing would go well", "<dt>Hold a Secure Token that works</dt><dd>anna, ben</dd>", "<dt>Can give others a Secure Token</dt><dd>ben</dd>",
		"<dt>Can escrow the Bootstrap Token</dt><dd>nobody</dd>", "(own the volume)</dt><dd>G3</dd>")
	_, page := s.render("/devices/mac-1")
	if strings.Contains(page, "hold restart</th>") {
		t.Error("the restart is one line among others")
	}
	no, open, fine := strings.Index(page, "The next user"), strings.Index(page, "An erase by the server"), strings.Index(page, "FileVault can be turned on")
	if no > open || open > fine {
		t.Errorf("what is fine stands before what is not: %d, %d, %d", no, open, fine)
	}
}

// An agent that foresees nothing says nothing of the future.
func TestAReportWithoutForecasts(t *testing.T) {
	t.Parallel()
	_, page := mac(`{"findings":[]}`).render("/devices/mac-1")
	for _, text := range []string{"Before somebody acts", "Who could act", "go well", "Do not restart"} {
		if strings.Contains(page, text) {
			t.Errorf("%q is on the page", text)
		}
	}
}

func TestMutedFindingsOnAPage(t *testing.T) {
	t.Parallel()
	s := mac(`{"accounts":[{"name":"anna","guid":"G1"}],"findings":[
		{"code":"LOUD","title":"It counts","severity":"medium","subject":"G1","caused_by":"QUIET"},
		{"code":"QUIET","title":"It is known","severity":"critical","subject":"G1","summary":"At length.","muted":"It comes in May","muted_until":"2027-05-31T00:00:00Z"},
		{"code":"OLD","title":"So is this","severity":"critical","subject":"device","muted":"No end was said"}]}`)
	s.expect(t, "/devices/mac-1", "It counts", "for account <code>anna</code>",
		"It is known <code>QUIET</code>, anna: not counted until 31 May 2027: It comes in May", "So is this <code>OLD</code>: not counted: No end was said")
	if _, page := s.render("/devices/mac-1"); strings.Contains(page, "At length.") || strings.Index(page, "It counts") > strings.Index(page, "It is known") {
		t.Errorf("what is muted is told at length, or first:\n%s", page)
	}
	mac(`{"findings":[{"code":"QUIET","muted":"Known"}]}`).expect(t, "/devices/mac-1", "None that counts.")
}

func TestTheListKnowsWhatIsMutedAndHeld(t *testing.T) {
	t.Parallel()
	s := mac(`{}`)
	s.detail.HoldRestart = health.Yes
	s.detail.Findings = []store.Finding{{Code: "A", Title: "One"}, {Code: "B", Title: "Two", Muted: true}}
	s.expect(t, "/?hold_restart=yes", "<li>One</li>", "and 1 muted", "do not restart", `<option value="yes" selected>must wait</option>`, "Show all",
		`<a href="/?hold_restart=yes"><strong>1 Mac</strong> must not be restarted now</a>`)
	if _, page := s.render("/"); strings.Contains(page, "<li>Two</li>") {
		t.Error("the list names what is muted")
	}
	s.detail.Findings = s.detail.Findings[1:]
	s.expect(t, "/", "1 muted</span>")
}
