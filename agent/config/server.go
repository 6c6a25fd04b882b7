package config

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/url"
)

// faults makes sure that a report, and the token with it, cannot travel in the
// clear, and that no choice of keys leaves it open which one counts.
func (s Server) faults() (found faults) {
	found.add(s.urlFault())
	found.add(proxyFault(s.Proxy))
	if s.CA != "" && s.CAFile != "" {
		found.addf("server.ca", "server.ca_file is set as well: which of them counts?")
	}
	if s.CA != "" && !certificates(s.CA) {
		found.addf("server.ca", "it is not a list of certificates in PEM")
	}
	switch {
	case (s.ClientCertFile == "") != (s.ClientKeyFile == ""):
		found.addf("server.client_cert_file", "server.client_cert_file and server.client_key_file go together")
	case s.ClientCertFile != "" && s.Format != "plain":
		found.addf("server.client_cert_file", "a client certificate is for server.format plain: a Tokenward server knows this Mac by its signatures")
	}
	return found
}

// urlFault: plain HTTP is for a server on the same machine.
func (s Server) urlFault() *fault {
	if s.URL == "" {
		return nil
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		// The value is not shown: a password may stand in it.
		return faultf("server.url", "it is not of the form https://host[:port][/path]")
	}
	loopback := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme == "https" || (u.Scheme == "http" && loopback) {
		return nil
	}
	return faultf("server.url", "%q: only https is allowed, or http to this machine itself", s.URL)
}

// proxyFault: what goes through the proxy is TLS to the server, so the way to the
// proxy itself may be plain. A password has no place in a configuration.
func proxyFault(proxy string) *fault {
	if proxy == "" || proxy == "none" {
		return nil
	}
	u, err := url.Parse(proxy)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") ||
		(u.Scheme != "http" && u.Scheme != "https") {
		return faultf("server.proxy", "it is neither none nor of the form http://host:port, without a user and a password")
	}
	return nil
}

// certificates says whether a text is one certificate after the other, and no key.
func certificates(text string) bool {
	rest := bytes.TrimSpace([]byte(text))
	for len(rest) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return false
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return false
		}
		rest = bytes.TrimSpace(rest)
	}
	return true
}

func (e Enrollment) faults() (found faults) {
	const longest = 256
	if !e.Secret.Empty() && e.SecretFile != "" {
		found.addf("enrollment.secret", "enrollment.secret_file is set as well: which of them counts?")
	}
	if n := len(e.Secret.Open()); n > longest {
		found.addf("enrollment.secret", "%d bytes, at most %d are allowed", n, longest)
	}
	return found
}

func (d Device) faults() (found faults) {
	const most = 32 // a heartbeat carries them and must stay small
	if len(d.Labels) > most {
		found.addf("device.labels", "%d labels, at most %d are allowed", len(d.Labels), most)
		return found
	}
	for _, l := range d.Labels {
		if l.Key == "" || len(l.Key) > 64 || len(l.Value) > 256 {
			found.addf("device.labels", "%q: a key has 1 to 64 bytes, a value at most 256", l.Key)
		}
	}
	return found
}

// Signs says whether requests are signed with this Mac's own key, which has to be
// enrolled: where neither a token nor another format says otherwise.
func (s Server) Signs() bool { return s.TokenFile == "" && s.Format != "plain" }
