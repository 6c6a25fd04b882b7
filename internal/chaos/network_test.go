//go:build !darwin

package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

// weather is what the network does to some of the requests.
type weather struct {
	name  string
	often int // of a hundred requests
	does  func(*trip) (*http.Response, error)
}

// network is the way from the Mac to the server, in memory. It is the transport of every
// daemon that lives there, one after the other.
type network struct {
	backend *backend
	story   *story
	secrets *canaries
	below   func(n int) int // draws
	asleep  func() bool

	mu      sync.Mutex
	now     weather
	life    *life  // whose requests pass
	ambush  ambush // at the next request
	refused int    // requests with reports that got an answer after which one is kept aside
}

// ambush has the daemon die in the middle of a request.
type ambush struct {
	before, after func()
}

var (
	errNoRoute = errors.New("no route to host")
	errReset   = errors.New("connection reset by peer")
)

// trip is one request on its way.
type trip struct {
	net  *network
	r    *http.Request
	body []byte
}

// RoundTrip is for [http.RoundTripper].
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	if err := n.wake(r); err != nil {
		return nil, err
	}
	n.secrets.request(r, body)
	w, at := n.drawn()
	if at.before != nil {
		at.before()
		return nil, errReset
	}
	answer, err := w.does(&trip{n, r, body})
	if at.after != nil {
		at.after()
	}
	if cause := r.Context().Err(); cause != nil || !n.passing() {
		return nil, errors.Join(errReset, cause)
	}
	n.tell(w, r, answer, err)
	n.count(r, answer)
	return answer, err
}

// wake waits while the Mac sleeps: nothing of it runs then.
func (n *network) wake(r *http.Request) error {
	for n.asleep() {
		if err := wait(r.Context(), time.Minute); err != nil {
			return err
		}
	}
	if !n.passing() {
		return errReset
	}
	return nil
}

// tell leaves a line in the story.
func (n *network) tell(w weather, r *http.Request, answer *http.Response, err error) {
	came := fmt.Sprint(err)
	if answer != nil {
		came = answer.Status
	}
	n.story.note("network (%s): %s: %s", w.name, r.URL.Path, came)
}

// set changes the weather, until it is set again.
func (n *network) set(w weather) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = w
}

// count notes the answers that are about a report, as far as a daemon can tell.
func (n *network) count(r *http.Request, answer *http.Response) {
	if answer == nil || r.URL.Path == wire.EnrollPath || answer.StatusCode != http.StatusUnprocessableEntity && answer.StatusCode != http.StatusBadRequest {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refused++
}

func (n *network) refusals() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refused
}

// lives says whose requests pass from now on: there is one daemon at a time.
func (n *network) lives(l *life) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.life = l
}

// passing: whoever is dead sends nothing and is told nothing.
func (n *network) passing() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.life != nil && !n.life.dead.Load()
}

func (n *network) lieInWait(a ambush) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ambush = a
}

func (n *network) drawn() (weather, ambush) {
	n.mu.Lock()
	w, at := n.now, n.ambush
	n.ambush = ambush{}
	n.mu.Unlock()
	if w.does != nil && n.below(100) < w.often {
		return w, at
	}
	return fine(), at
}

func fine() weather { return weather{"fine", 100, (*trip).through} }

// through reaches the server.
func (t *trip) through() (*http.Response, error) {
	answer, up := t.net.backend.serve(t.r, t.body)
	if !up {
		return nil, errNoRoute
	}
	if answer.Header.Get("Date") == "" {
		answer.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	return answer, nil
}

// weathers are all kinds, with what a server, a middlebox or the air can do.
func weathers() []weather {
	return []weather{
		{"no route", 100, func(*trip) (*http.Response, error) { return nil, errNoRoute }},
		{"requests are lost", 50, func(*trip) (*http.Response, error) { return nil, errReset }},
		{"answers are lost", 60, (*trip).loseAnswer},
		{"delivered twice", 70, (*trip).twice},
		{"slow", 80, (*trip).slowly},
		{"hangs before the server", 60, (*trip).hang},
		{"hangs after the server", 60, func(t *trip) (*http.Response, error) {
			_, _ = t.through()
			return t.hang()
		}},
		{"answers are cut", 60, (*trip).truncate},
		{"answers are corrupt", 60, (*trip).corrupt},
		{"a portal's page", 90, says(http.StatusOK, "text/html", "<html>Welcome! Accept the terms.</html>")},
		{"a portal's page that calls itself JSON", 90, says(http.StatusOK, "application/json", `{"status":"login required"}`)},
		{"a portal leads away", 90, says(http.StatusFound, "text/html", "", "Location", "https://portal.example/login")},
		{"a portal asks for a login", 90, says(http.StatusNetworkAuthenticationRequired, "text/html", "<html>511</html>")},
		{"401", 60, says(http.StatusUnauthorized, "text/plain", "no")},
		{"403", 60, says(http.StatusForbidden, "text/plain", "no")},
		{"404", 60, says(http.StatusNotFound, "text/plain", "no")},
		{"413", 40, says(http.StatusRequestEntityTooLarge, "text/plain", "too large")},
		{"large requests are refused", 100, (*trip).onlySmall},
		{"429", 60, says(http.StatusTooManyRequests, "text/plain", "later", "Retry-After", "900")},
		{"429 for ever", 60, says(http.StatusTooManyRequests, "text/plain", "later", "Retry-After", "99999999")},
		{"500", 60, says(http.StatusInternalServerError, "text/plain", "oh")},
		{"503", 60, says(http.StatusServiceUnavailable, "text/html", "<html>maintenance</html>", "Retry-After", "120")},
		{"stored, then 503", 60, func(t *trip) (*http.Response, error) {
			_, _ = t.through()
			return says(http.StatusServiceUnavailable, "text/html", "<html>gateway</html>")(t)
		}},
		{"400 of something in between", 60, says(http.StatusBadRequest, "text/html", "<html>bad</html>")},
		{"422 of the server", 15, problem(http.StatusUnprocessableEntity, "")},
		{"enrolments are refused", 70, (*trip).noEnrolment},
		{"the key is called unknown", 30, problem(http.StatusUnauthorized, "unknown_key")},
		{"the signature is called wrong", 30, problem(http.StatusUnauthorized, "signature")},
		{"the clock is called wrong", 60, problem(http.StatusUnauthorized, "clock", "Date", "Thu, 01 Jan 2026 00:00:00 GMT")},
		{"a wrong Date", 80, (*trip).wrongDate},
	}
}

func (t *trip) loseAnswer() (*http.Response, error) {
	_, _ = t.through()
	return nil, errReset
}

func (t *trip) twice() (*http.Response, error) {
	if _, err := t.through(); err != nil {
		return nil, err
	}
	return t.through()
}

func (t *trip) slowly() (*http.Response, error) {
	if err := wait(t.r.Context(), time.Duration(t.net.below(20))*time.Second); err != nil {
		return nil, err
	}
	answer, err := t.through()
	if late := wait(t.r.Context(), time.Duration(t.net.below(20))*time.Second); late != nil {
		return nil, late
	}
	return answer, err
}

func (t *trip) hang() (*http.Response, error) {
	<-t.r.Context().Done()
	return nil, t.r.Context().Err()
}

// onlySmall is a middlebox with a limit that a batch passes and a report does not.
func (t *trip) onlySmall() (*http.Response, error) {
	if len(t.body) > 12<<10 {
		return says(http.StatusRequestEntityTooLarge, "text/plain", "too large")(t)
	}
	return t.through()
}

// noEnrolment is a server that does not understand how this Mac enrols, or has no room.
func (t *trip) noEnrolment() (*http.Response, error) {
	if t.r.URL.Path != wire.EnrollPath {
		return t.through()
	}
	statuses := []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests}
	return problem(statuses[t.net.below(len(statuses))], "")(t)
}

func (t *trip) truncate() (*http.Response, error) {
	return t.altered(func(body []byte) []byte { return body[:t.net.below(len(body)+1)] })
}

func (t *trip) corrupt() (*http.Response, error) {
	return t.altered(func(body []byte) []byte {
		for range 1 + t.net.below(8) {
			if len(body) > 0 {
				body[t.net.below(len(body))] ^= 1 << t.net.below(8)
			}
		}
		return body
	})
}

// altered changes the body of the answer on its way. Where it became shorter than its
// header says, whoever reads it learns that.
func (t *trip) altered(how func([]byte) []byte) (*http.Response, error) {
	answer, err := t.through()
	if err != nil {
		return nil, err
	}
	whole, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	was := len(whole)
	body := how(whole)
	end := io.EOF
	if len(body) < was && t.net.below(2) == 0 {
		end = io.ErrUnexpectedEOF
	}
	answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{end}))
	return answer, nil
}

// failing is the end of a body.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func (t *trip) wrongDate() (*http.Response, error) {
	answer, err := t.through()
	if err == nil {
		off := time.Duration(t.net.below(20*365)-10*365) * 24 * time.Hour
		answer.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
	}
	return answer, err
}

// says is an answer that never came from the server. The rest are headers.
func says(status int, kind, body string, headers ...string) func(*trip) (*http.Response, error) {
	return func(t *trip) (*http.Response, error) {
		h := http.Header{"Content-Type": {kind}}
		for i := 0; i+1 < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status, " ", http.StatusText(status)), Header: h,
			Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)), Request: t.r,
		}, nil
	}
}

// problem is an answer in the server's own words, though it did not look.
func problem(status int, kind string, headers ...string) func(*trip) (*http.Response, error) {
	body := fmt.Sprintf(`{"type":%q,"title":"no","status":%d,"detail":"chaos"}`, "https://tokenward.dev/problems/"+kind, status)
	return says(status, "application/problem+json", body, headers...)
}
