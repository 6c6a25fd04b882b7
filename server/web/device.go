package web

import (
	"net/http"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
	"github.com/tokenward/tokenward/server/store"
)

// pastReports is how many reports of the history a page shows.
const pastReports = 20

// devicePage is what the page of one Mac shows.
type devicePage struct {
	store.Detail

	Seen      string
	Observed  string
	Report    *wire.Report // nil without a snapshot
	Whole     bool         // Report is shown in full
	Findings  []cause
	Muted     []wire.Finding // what the organisation does not count
	Outlook   outlook
	Able      []ability
	Accounts  []account
	Facts     []fact
	Bootstrap bootstrap
	History   []past
	Older     string // URL of the page with older reports, empty on the last one
	Paged     bool   // this is such a page
}

// past is one line of the history.
type past struct {
	store.Past

	Received string
	NewEpoch bool // the report before this one is of another epoch
}

// Device answers GET /devices/{id}: all that is known of one Mac.
func (p *Pages) Device(w http.ResponseWriter, r *http.Request) {
	_, cursor, err := store.ParsePaging(r.URL.Query())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	id := r.PathValue("id")
	detail, err := p.devices.Device(r.Context(), id)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	history, err := p.devices.History(r.Context(), id, cursor, pastReports)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	shown := newDevicePage(detail, history, time.Now())
	shown.Paged = cursor != ""
	if history.Next != "" {
		shown.Older = nextURL(r.URL, history.Next) + "#history"
	}
	p.send(w, r, http.StatusOK, "device.html", shown)
}

func newDevicePage(d store.Detail, h store.History, now time.Time) devicePage {
	page := devicePage{
		Detail: d, Seen: ago(d.LastSeen, now), Observed: ago(d.ObservedAt, now),
		History: pastLines(h, now), Bootstrap: bootstrapOf(nil),
	}
	if d.Snapshot == nil {
		return page
	}
	report, whole := read(d.Snapshot)
	page.Report, page.Whole = &report, whole
	counted, muted := apart(report, whole)
	page.Findings, page.Muted = fold(counted), muted
	page.Outlook, page.Able = outlookOf(report), abilities(report)
	page.Accounts = accounts(report.Accounts)
	page.Facts = facts(report.Facts)
	page.Bootstrap = bootstrapOf(report.Bootstrap)
	return page
}

func pastLines(h store.History, now time.Time) []past {
	lines := make([]past, len(h.Reports))
	for i, p := range h.Reports {
		lines[i] = past{Past: p, Received: ago(p.ReceivedAt, now)}
		if i > 0 && h.Reports[i-1].Epoch != p.Epoch {
			lines[i-1].NewEpoch = true
		}
	}
	return lines
}
