// Package server is the fleet's backend: it takes reports in, keeps them, and
// shows them.
//
// This package only puts the parts together and runs them. What a report is,
// package ingest decides; what is promised about keeping it, package store; and
// how it looks, packages api and web.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/tokenward/tokenward/server/store/sqlite"
)

// The limits of a connection. A body of the largest size has to come at about
// 300 KB a second.
const (
	headerLimit   = 10 * time.Second
	readLimit     = 30 * time.Second
	writeLimit    = 60 * time.Second
	idleLimit     = 2 * time.Minute
	shutdownLimit = 5 * time.Second
	maxHeader     = 32 << 10
)

// Run serves until ctx ends, and then returns nil once what has begun is
// finished or shutdownLimit is over. The error is ErrConfig where another
// configuration would help.
func Run(ctx context.Context, c Config, log *zap.Logger) (err error) {
	log = log.Named("server")
	access, err := c.access(log)
	if err != nil {
		return err
	}
	secured, err := c.tlsConfig(log)
	if err != nil {
		return err
	}
	st, err := sqlite.Open(ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	url := "http://" + listener.Addr().String()
	if secured != nil {
		url = "https://" + listener.Addr().String()
	}
	handler, err := New(st, access, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info("listening", zap.String("url", url), zap.String("data", c.Data), zap.String("agents", access.agents()), zap.Bool("roles", access.Door != nil))
	if c.Ready != nil {
		c.Ready(url)
	}
	return serve(ctx, newHTTP(handler, secured, log), listener)
}

func newHTTP(h http.Handler, secured *tls.Config, log *zap.Logger) *http.Server {
	errorLog, err := zap.NewStdLogAt(log.Named("http"), zap.WarnLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &http.Server{
		Handler:           h,
		TLSConfig:         secured,
		ReadHeaderTimeout: headerLimit,
		ReadTimeout:       readLimit,
		WriteTimeout:      writeLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          errorLog,
	}
}

// serve answers until ctx ends, and lets the requests that have begun finish.
func serve(ctx context.Context, s *http.Server, listener net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := accept(s, listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
		defer cancel()
		if err := s.Shutdown(limited); err != nil {
			return errors.Join(fmt.Errorf("shut down: %w", err), s.Close())
		}
		return nil
	})
	return group.Wait()
}

func accept(s *http.Server, listener net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(listener, "", "")
	}
	return s.Serve(listener)
}
