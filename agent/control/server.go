package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/tokenward/tokenward/agent/supervise"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	headersWithin = 5 * time.Second
	requestWithin = 10 * time.Second
	answerWithin  = 10 * time.Second // a peer that reads more slowly is cut off
	idleWithin    = 30 * time.Second
	maxHeaders    = 16 << 10
)

// Server answers on the socket.
type Server struct {
	Daemon  Daemon
	Log     *zap.Logger
	Crashed func(supervise.Panic) // of a request, which is answered with an error; may be nil

	who func(net.Conn) (Peer, error) // nil: the kernel says who asks
}

// Serve answers until the context ends, and returns when every request has ended.
func (s Server) Serve(ctx context.Context, listener net.Listener) error {
	if s.who == nil {
		s.who = peerOf
	}
	var requests sync.WaitGroup
	defer requests.Wait()
	server := &http.Server{
		Handler: s.handler(&requests), ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin,
		IdleTimeout: idleWithin, MaxHeaderBytes: maxHeaders,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: withPeer,
		ErrorLog:    zap.NewStdLog(s.Log), // what net/http says of a peer that misbehaves
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(limited(listener, s.who)); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("control socket: %w", err)
	}
	return nil
}

// right is what a request asks for.
type right int

const (
	own  right = iota // about the own account: everybody
	read              // administrators
	act               // root
)

func (s Server) handler(requests *sync.WaitGroup) http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + statusPath: s.needs(read, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.Daemon.Status()) }),
		"GET " + historyPath: s.needs(read, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, s.Daemon.History())
		}),
		"GET " + mePath: s.needs(own, func(w http.ResponseWriter, r *http.Request) {
			p, _ := s.asks(r)
			answer(w, http.StatusOK, s.Daemon.Me(p.UID))
		}),
		"POST " + checkPath:  s.needs(act, s.check),
		"POST " + reloadPath: s.needs(act, s.reload),
	} {
		mux.HandleFunc(pattern, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		defer requests.Done()
		w.Header().Set(versionHeader, Version)
		defer supervise.Recover("control", func(p supervise.Panic) {
			if s.Crashed != nil {
				s.Crashed(p)
			}
			problem(w, http.StatusInternalServerError, "The daemon failed at this request")
		})
		if status, why := refused(r); why != "" {
			problem(w, status, why)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// refused says why a request is none of ours.
func refused(r *http.Request) (status int, why string) {
	switch {
	case r.Host != host || r.Header.Get("Origin") != "" || r.Header.Get("Referer") != "":
		return http.StatusForbidden, "This socket is for tokenward alone"
	case r.Header.Get(versionHeader) != Version:
		return http.StatusUpgradeRequired, "This daemon speaks version " + Version + " of its interface"
	case r.ContentLength != 0:
		return http.StatusBadRequest, "A request has no body"
	}
	return 0, ""
}

// needs lets through who has the right. Whoever has none learns no more than that.
func (s Server) needs(what right, then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := s.asks(r)
		allowed := ok && (what == own || p.all() || (what == read && s.Daemon.Admin(p.UID)))
		if !allowed {
			problem(w, http.StatusForbidden, "Your account may not ask that")
			return
		}
		if what == act {
			s.Log.Info("asked", zap.String("what", r.URL.Path), zap.Int("uid", p.UID), zap.Int("pid", p.PID))
		}
		then(w, r)
	}
}

// asks says for whom a request is answered: for the peer. Who may have everything
// may ask as somebody else, who may have less; from anybody else that is refused.
func (s Server) asks(r *http.Request) (Peer, bool) {
	p, ok := peerFrom(r.Context())
	as := r.Header.Get(asHeader)
	if !ok || as == "" {
		return p, ok
	}
	uid, err := strconv.Atoi(as)
	if err != nil || uid < 0 || !p.all() {
		return Peer{}, false
	}
	return Peer{UID: uid, PID: p.PID}, true
}

func (s Server) check(w http.ResponseWriter, r *http.Request) {
	if err := s.Daemon.CheckNow(r.Context()); err != nil {
		problem(w, http.StatusServiceUnavailable, "The check did not end")
		return
	}
	answer(w, http.StatusOK, s.Daemon.Status())
}

func (s Server) reload(w http.ResponseWriter, r *http.Request) {
	done, err := s.Daemon.Reload(r.Context())
	if err != nil {
		problem(w, http.StatusServiceUnavailable, "The configuration could not be read anew, see the daemon's log")
		return
	}
	answer(w, http.StatusOK, done)
}

func problem(w http.ResponseWriter, status int, title string) {
	answer(w, status, wire.Problem{Type: "about:blank", Title: title, Status: status})
}

// answer gives a slow reader a limited time from now on: how long a check takes is
// not the reader's fault.
func answer(w http.ResponseWriter, status int, v any) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerWithin)) // the peer may be gone
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
