package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/auth"
	"github.com/tokenward/tokenward/server/store"
)

// topFindings is how many findings of a Mac the list names.
const topFindings = 3

// fleetPage is what the page of the fleet shows.
type fleetPage struct {
	Server   string // where agents send their reports
	Guarded  bool   // people show who they are, and agents sign
	Devices  int
	Verdicts []verdictCount
	Findings []findingCount
	Held     int // Macs that are to be kept from restarting
	Query    store.Query
	Filtered bool
	Rows     []fleetRow
	Next     string // URL of the next page, empty on the last one
}

type verdictCount struct {
	Verdict health.Verdict
	Devices int
	Chosen  bool
}

type findingCount struct {
	Code, Title string
	Devices     int
	Chosen      bool
}

type fleetRow struct {
	store.Device

	Top   []store.Finding
	More  int // findings beyond Top
	Muted int // findings that do not count
	Held  bool
	Seen  string
}

// Fleet answers GET /: the counts, and the Macs that a filter leaves, worst
// first.
func (p *Pages) Fleet(w http.ResponseWriter, r *http.Request) {
	q, err := store.ParseQuery(r.URL.Query())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	q.Sort = store.WorstFirst
	sum, err := p.fleet.Summary(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	page, err := p.fleet.List(r.Context(), q)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	shown := newFleetPage(sum, page, q, time.Now())
	shown.Findings = findingCounts(sum, q.Finding, p.titles)
	_, shown.Guarded = auth.PersonOf(r.Context())
	shown.Server = scheme(r) + "://" + r.Host
	if page.Next != "" {
		shown.Next = nextURL(r.URL, page.Next)
	}
	p.send(w, r, http.StatusOK, "fleet.html", shown)
}

func newFleetPage(sum store.Summary, page store.Page, q store.Query, now time.Time) fleetPage {
	shown := fleetPage{
		Devices: sum.Devices, Held: sum.Forecasts[string(health.HoldRestart)][health.Yes], Query: q,
		Filtered: q.Verdict != nil || q.Finding != "" || q.Hold != nil || q.Text != "",
	}
	for _, v := range health.Verdicts() {
		chosen := q.Verdict != nil && *q.Verdict == v
		shown.Verdicts = append(shown.Verdicts, verdictCount{v, sum.Verdicts[v], chosen})
	}
	for _, d := range page.Devices {
		shown.Rows = append(shown.Rows, newFleetRow(d, now))
	}
	return shown
}

// findingCounts gives the codes the titles that this program knows: a title that
// stands for the whole fleet must not be one that a single Mac made up. A finding
// that is chosen and gone is listed all the same, so that the form says what is
// being looked for.
func findingCounts(sum store.Summary, chosen string, titles map[string]string) []findingCount {
	counts, found := []findingCount{}, chosen == ""
	for _, c := range sum.Findings {
		found = found || c.Code == chosen
		counts = append(counts, findingCount{c.Code, titles[c.Code], c.Devices, c.Code == chosen})
	}
	if !found {
		counts = append(counts, findingCount{chosen, "", 0, true})
	}
	return counts
}

func newFleetRow(d store.Device, now time.Time) fleetRow {
	counted := slices.DeleteFunc(slices.Clone(d.Findings), func(f store.Finding) bool { return f.Muted })
	top := counted[:min(topFindings, len(counted))]
	return fleetRow{
		Device: d, Top: top, More: len(counted) - len(top), Muted: len(d.Findings) - len(counted),
		Held: d.HoldRestart == health.Yes, Seen: ago(d.LastSeen, now),
	}
}

// nextURL is this page's URL with another cursor.
func nextURL(here *url.URL, cursor string) string {
	values := here.Query()
	values.Set("cursor", cursor)
	return here.Path + "?" + values.Encode()
}

// scheme is how whoever asks got here: a host that is not this machine's own was reached
// through TLS, here or in a proxy, or the server would not have answered.
func scheme(r *http.Request) string {
	host := (&url.URL{Host: r.Host}).Hostname()
	if r.TLS == nil && (host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")) {
		return "http"
	}
	return "https"
}
