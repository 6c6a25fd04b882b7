package uplink_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/tokenward/tokenward/agent/uplink"
	"github.com/tokenward/tokenward/internal/wire"
)

func TestAcknowledgedReportsLeave(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(120), ackAll, func(t *testing.T, r *rig) {
		r.queue.want(t, 0)
		r.wantDelivered(t)
		if n := len(r.server.exchanges()); n != 3 {
			t.Errorf("%d requests for 120 reports, want 3", n)
		}
	})
}

func TestEmptyQueueIsNoReasonToAsk(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(0), ackAll, func(t *testing.T, r *rig) {
		time.Sleep(24 * time.Hour)
		if n := len(r.server.exchanges()); n != 0 {
			t.Errorf("%d requests without a report", n)
		}
	})
}

func TestArrivalIsSentAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(1), ackAll, func(t *testing.T, r *rig) {
		time.Sleep(time.Hour)
		r.queue.add(queued(2))
		r.arrived <- struct{}{}
		synctest.Wait()
		r.queue.want(t, 0)
		if ack := r.State().LastAck; ack == nil || !ack.Equal(time.Now()) {
			t.Errorf("last acknowledged at %v", ack)
		}
	})
}

// A server acknowledges what it pleases; the queue must follow it exactly.
func TestAnswerIsTakenLiterally(t *testing.T) {
	t.Parallel()
	reject := func(ids ...string) (all []wire.Rejection) {
		for _, id := range ids {
			all = append(all, wire.Rejection{ReportID: id, Reason: "no"})
		}
		return all
	}
	for _, tc := range []struct {
		name     string
		answer   wire.Answer // to the first request; the next ones acknowledge nothing
		waiting  int
		aside    []string
		ack      bool
		requests int // before the first pause
	}{
		{"one of three", wire.Answer{Acked: []string{"report-02"}}, 2, nil, true, 2},
		{"one of them twice", wire.Answer{Acked: []string{"report-02", "report-02"}}, 2, nil, true, 2},
		{"one and a stranger", wire.Answer{Acked: []string{"stranger", "report-03"}}, 2, nil, true, 2},
		{"only a stranger", wire.Answer{Acked: []string{"stranger"}}, 3, nil, false, 1},
		{"nothing", wire.Answer{}, 3, nil, false, 1},
		{"one rejected", wire.Answer{Rejected: reject("report-01")}, 2, []string{"report-01"}, false, 2},
		{"one rejected twice", wire.Answer{Rejected: reject("report-01", "report-01")}, 2, []string{"report-01"}, false, 2},
		{"a stranger rejected", wire.Answer{Rejected: reject("stranger")}, 3, nil, false, 1},
		{"both, of the same", wire.Answer{Acked: []string{"report-01"}, Rejected: reject("report-01")}, 2, nil, true, 2},
		{"both, of all", wire.Answer{Acked: []string{"report-01", "report-03"}, Rejected: reject("report-02")}, 0, []string{"report-02"}, true, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			first := true
			answer := func(exchange) (*http.Response, error) {
				if first {
					first = false
					return say(tc.answer)
				}
				return say(wire.Answer{})
			}
			inBubble(t, filled(3), answer, func(t *testing.T, r *rig) {
				r.queue.want(t, tc.waiting, tc.aside...)
				if n := len(r.server.exchanges()); n != tc.requests {
					t.Errorf("%d requests, want %d", n, tc.requests)
				}
				if acked := r.State().LastAck != nil; acked != tc.ack {
					t.Errorf("an acknowledgement is noted: %t", acked)
				}
				if tc.waiting > 0 {
					r.wantFailed(t, "named none of the reports")
				}
			})
		})
	}
}

func TestOneBadReportIsFound(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusUnprocessableEntity} {
		for _, bad := range []string{"report-01", "report-17", "report-50"} {
			t.Run(fmt.Sprint(status, " ", bad), func(t *testing.T) {
				t.Parallel()
				answer := func(e exchange) (*http.Response, error) {
					if slices.Contains(e.ids, bad) {
						return respond(status, `{"type":"reports","title":"Bad","detail":"cannot be read"}`, isProblem)
					}
					return ackAll(e)
				}
				inBubble(t, filled(50), answer, func(t *testing.T, r *rig) {
					r.queue.want(t, 0, bad)
					if n := len(r.server.exchanges()); n > 25 {
						t.Errorf("%d requests to find one report of 50", n)
					}
					if s := r.State(); s.LastError != "" || s.LastAck == nil {
						t.Errorf("state %+v", s)
					}
				})
			})
		}
	}
}

func TestQuarantineOfTheLastReportEndsTheTrouble(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(1), always(http.StatusServiceUnavailable, ""), func(t *testing.T, r *rig) {
		r.server.now(always(http.StatusBadRequest, badReports, isProblem))
		time.Sleep(patient)
		r.queue.want(t, 0, "report-01")
		if s := r.State(); s.LastError != "" || s.NextTry != nil {
			t.Errorf("state %+v although nothing waits", s)
		}
	})
}

// A batch of which nothing is stored is no delivery.
func TestRefusedBatchIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		core, logged := observer.New(zap.DebugLevel)
		s := &server{answer: func(e exchange) (*http.Response, error) {
			return say(wire.Answer{Rejected: []wire.Rejection{{ReportID: e.ids[0], Reason: "no"}}})
		}}
		u := uplink.New(filled(1), newClient(t, uplink.Options{URL: "https://server.example", Via: s}), func(wire.Next) {}, zap.New(core))
		go u.Run(t.Context(), nil)
		synctest.Wait()
		if logged.FilterMessage("reports delivered").Len() != 0 || logged.FilterMessageSnippet("batch refused").Len() != 1 {
			t.Errorf("the log says %v", logged.All())
		}
	})
}

func TestTooLargeABatchIsHalved(t *testing.T) {
	t.Parallel()
	answer := func(e exchange) (*http.Response, error) {
		if len(e.ids) > 10 {
			return respond(http.StatusRequestEntityTooLarge, "")
		}
		return ackAll(e)
	}
	inBubble(t, filled(50), answer, func(t *testing.T, r *rig) {
		r.queue.want(t, 0)
		r.wantDelivered(t)
	})
}

func TestTooLargeAReportIsKept(t *testing.T) {
	t.Parallel()
	inBubble(t, filled(3), always(http.StatusRequestEntityTooLarge, ""), func(t *testing.T, r *rig) {
		r.queue.want(t, 3)
		r.wantFailed(t, "413")
	})
}

// TestTrouble is everything that acknowledges nothing: whatever it is, all
// reports are kept, the reason can be seen, and it is over when it is over.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const ok = `{"acked":["report-01","report-02","report-03"],"rejected":[]}`
	hang := func(e exchange) (*http.Response, error) {
		<-e.request.Context().Done()
		return nil, e.request.Context().Err()
	}
	type trouble struct {
		name   string
		answer func(exchange) (*http.Response, error)
		want   string
	}
	cases := []trouble{
		{"a portal's page", always(200, "<html>Welcome", "Content-Type: text/html; charset=utf-8"), "a portal or a proxy"},
		{"a page that calls itself JSON", always(200, "<html>Welcome", isJSON), "read the server's answer"},
		{"JSON without a type", always(200, ok), "a portal or a proxy"},
		{"JSON as a text", always(200, ok, "Content-Type: text/plain"), "a portal or a proxy"},
		{"an empty object", always(200, "{}", isJSON), "acknowledges nothing"},
		{"JSON without acked", always(200, `{"rejected":[],"next":{"check_s":1}}`, isJSON), "acknowledges nothing"},
		{"acked is null", always(200, `{"acked":null}`, isJSON), "acknowledges nothing"},
		{"acked is a text", always(200, `{"acked":"report-01"}`, isJSON), "read the server's answer"},
		{"JSON of another kind", always(200, `["report-01"]`, isJSON), "read the server's answer"},
		{"an empty answer", always(200, "", isJSON), "read the server's answer"},
		{"half an answer", always(200, ok[:30], isJSON), "read the server's answer"},
		{"an endless answer", always(200, large(ok), isJSON), "no answer of a Tokenward server"},
		{"accepted, but by whom", always(202, ok, isJSON), "202"},
		{"no content", always(204, ""), "204"},
		{"a firewall's 400", always(400, "<html>Bad Request", "Content-Type: text/html"), "400"},
		{"a proxy's 400 without a type", always(400, ""), "400"},
		{"a 422 in JSON of another kind", always(422, `{"detail":"no"}`, isJSON), "422"},
		{"a 400 that only calls itself a problem", always(400, "<html>", isProblem), "400"},
		{"a gateway's problem", always(400, `{"type":"about:blank","title":"Bad Request"}`, isProblem), "400"},
		{"a problem without a type", always(422, `{"title":"Unprocessable"}`, isProblem), "422"},
		{"a body that broke off, says the server", always(408, `{"type":"about:blank","detail":"the body broke off"}`, isProblem), "408"},
		{"a problem of the server with another status", always(409, badReports, isProblem), "409"},
		{"moved", always(308, "", "Location: https://elsewhere.example/v1/reports"), "308"},
		{"an endless problem", always(503, large("{")), "503"},
		{"connection reset", func(exchange) (*http.Response, error) { return nil, syscall.ECONNRESET }, "connection reset"},
		{"reset in the answer", reset, "connection reset"},
		{"no answer at all", hang, "deadline exceeded"},
	}
	for _, status := range []int{401, 403, 404, 405, 407, 408, 409, 410, 425, 429, 500, 501, 502, 503, 504} {
		cases = append(cases, trouble{fmt.Sprint(status), always(status, `{"detail":"the reason"}`), fmt.Sprintf("%d %s: the reason", status, http.StatusText(status))})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, filled(3), tc.answer, func(t *testing.T, r *rig) {
				time.Sleep(timeout)
				synctest.Wait()
				r.queue.want(t, 3)
				if s := r.State(); !strings.Contains(s.LastError, tc.want) || s.NextTry == nil || s.LastAck != nil {
					t.Errorf("state %+v, want an error with %q", s, tc.want)
				}
				if len(r.wishes) > 0 {
					t.Errorf("took wishes: %+v", r.wishes)
				}
				time.Sleep(time.Hour)
				r.queue.want(t, 3)
				if n := len(r.server.exchanges()); n < 5 || n > 100 {
					t.Errorf("%d tries in an hour", n)
				}
				r.server.now(ackAll)
				time.Sleep(patient)
				r.queue.want(t, 0)
				r.wantDelivered(t)
			})
		})
	}
}

// reset breaks off in the middle of an answer that would acknowledge.
func reset(e exchange) (*http.Response, error) {
	response, err := ackAll(e)
	response.Body = io.NopCloser(io.MultiReader(io.LimitReader(response.Body, 20), broken{}))
	return response, err
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, syscall.ECONNRESET }

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, value string
		want        time.Duration // at least
		most        time.Duration
	}{
		{"seconds", "3600", time.Hour, time.Hour},
		{"an absurd number", "99999999999", 6 * time.Hour, 6 * time.Hour},
		{"negative", "-60", 0, 4 * time.Second},
		{"nonsense", "soon", 0, 4 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			answer := always(http.StatusTooManyRequests, "", "Retry-After: "+tc.value)
			inBubble(t, filled(1), answer, func(t *testing.T, r *rig) {
				wait := time.Until(*r.State().NextTry)
				if wait < tc.want || wait > tc.most {
					t.Errorf("next try in %s, want %s to %s", wait, tc.want, tc.most)
				}
				r.server.now(ackAll)
				time.Sleep(wait - 1)
				synctest.Wait()
				r.queue.want(t, 1)
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				r.queue.want(t, 0)
			})
		})
	}
}

func TestArrivalDoesNotPressAServerInTrouble(t *testing.T) {
	t.Parallel()
	answer := always(http.StatusServiceUnavailable, "", "Retry-After: 3600")
	inBubble(t, filled(1), answer, func(t *testing.T, r *rig) {
		r.arrived <- struct{}{}
		time.Sleep(59 * time.Minute)
		if n := len(r.server.exchanges()); n != 1 {
			t.Errorf("%d requests within the hour that the server asked for", n)
		}
	})
}

func TestFullDiskIsNoReasonToStop(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for _, tc := range []struct {
		operation string
		answer    func(exchange) (*http.Response, error)
		aside     []string
	}{
		{"next", ackAll, nil},
		{"done", ackAll, nil},
		{"quarantine", always(http.StatusBadRequest, badReports, isProblem), []string{"report-01"}},
	} {
		t.Run(tc.operation, func(t *testing.T) {
			t.Parallel()
			q := filled(1)
			q.fail(tc.operation, full)
			inBubble(t, q, tc.answer, func(t *testing.T, r *rig) {
				q.want(t, 1)
				r.wantFailed(t, full.Error())
				q.fail(tc.operation, nil)
				time.Sleep(patient)
				q.want(t, 0, tc.aside...)
			})
		})
	}
}

func TestWishesArePassedOn(t *testing.T) {
	t.Parallel()
	want := wire.Next{CheckS: 300, SendFull: true}
	answer := func(e exchange) (*http.Response, error) { return say(wire.Answer{Acked: e.ids, Next: want}) }
	inBubble(t, filled(51), answer, func(t *testing.T, r *rig) {
		if !slices.Equal(r.wishes, []wire.Next{want, want}) {
			t.Errorf("wishes %+v, want two of %+v", r.wishes, want)
		}
	})
}

func TestRunEndsWhileItWaits(t *testing.T) {
	t.Parallel()
	hang := func(e exchange) (*http.Response, error) {
		<-e.request.Context().Done()
		return nil, e.request.Context().Err()
	}
	for _, tc := range []struct {
		name    string
		reports int
		answer  func(exchange) (*http.Response, error)
	}{
		{"for a report", 0, ackAll},
		{"for an answer", 1, hang},
		{"for the next try", 1, always(http.StatusServiceUnavailable, "")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, filled(tc.reports), tc.answer, func(t *testing.T, r *rig) {
				before := r.State()
				began := time.Now()
				r.cancel()
				synctest.Wait()
				if r.State().LastError != before.LastError || time.Since(began) > 0 {
					t.Errorf("the end is taken for trouble: %+v", r.State())
				}
			})
		})
	}
}

func TestServersWordsAreShortened(t *testing.T) {
	t.Parallel()
	answer := always(http.StatusForbidden, `{"detail":"`+strings.Repeat("ü", 5000)+`"}`)
	inBubble(t, filled(1), answer, func(t *testing.T, r *rig) {
		text := r.State().LastError
		if len(text) > 400 || !strings.HasSuffix(text, "ü…") || strings.ContainsRune(text, '\uFFFD') {
			t.Errorf("last error %q", text)
		}
	})
}
