package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/internal/wire"
)

const (
	callLimit = 30 * time.Second
	maxAnswer = 16 << 20
	maxToken  = 4 << 10
)

// remote is a running server and the token of whoever gives the orders. The commands
// that use it go through the server rather than to its database: it alone knows who may
// do what, notes who did it, and forgets at once what it remembered of a key.
type remote struct {
	server    string
	tokenFile string
	json      bool
}

func (m *remote) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&m.server, "server", "http://127.0.0.1:8480", "address of the running server")
	cmd.PersistentFlags().StringVar(&m.tokenFile, "token-file", "", "file with your token, mode 0600 (required)")
	cmd.PersistentFlags().BoolVar(&m.json, "json", false, "print what the server answers")
	_ = cmd.MarkPersistentFlagRequired("token-file") // the flag exists
}

// call sends a request and decodes the answer. The error of a refusal is the server's.
func (m *remote) call(ctx context.Context, method, path string, body, into any) error {
	base, err := m.base()
	if err != nil {
		return err
	}
	file, err := filepath.Abs(m.tokenFile)
	if err != nil {
		return err
	}
	token, err := rootfile.ReadSecret(file, maxToken)
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	r.Header.Set("Content-Type", "application/json")
	return send(r, into)
}

// base refuses to show a token to whoever listens on the way.
func (m *remote) base() (string, error) {
	u, err := url.Parse(m.server)
	if err != nil || u.Host == "" || u.User != nil {
		return "", usage{fmt.Errorf("--server %q is not a URL", m.server)}
	}
	addr, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return "", usage{fmt.Errorf("--server %q is neither https nor on this machine: the token would be seen on the way", m.server)}
	}
	return strings.TrimSuffix(u.String(), "/"), nil
}

func send(r *http.Request, into any) error {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("ask the server: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // was only read
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		var p wire.Problem
		if json.Unmarshal(text, &p) != nil || p.Detail == "" {
			return fmt.Errorf("the server answers %s", answer.Status)
		}
		return errors.New("the server refuses: " + p.Detail)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}
