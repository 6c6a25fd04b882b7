//go:build !darwin

package chaos

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"github.com/tokenward/tokenward/internal/wire"
)

// canaries are what must not be seen: the enrolment secret and the private halves of
// all keys that the daemons ever had. They are found by what the files of keys hold.
type canaries struct {
	mu       sync.Mutex
	keys     map[string]bool // as they would stand somewhere: base64, hexadecimal, age's own form
	requests [][]byte        // all that was sent, unpacked
	enrolled [][]byte
}

// collect learns the keys that are in a folder now.
func (c *canaries) collect(d *drive, folder string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range d.files(folder) {
		line, _, _ := bytes.Cut(d.now().Content(name), []byte("\n"))
		var stored struct {
			Seed    []byte `json:"signing_seed"`
			Sealing string `json:"sealing_key"`
		}
		if json.Unmarshal(line, &stored) != nil || len(stored.Seed) == 0 {
			continue
		}
		c.keys[base64.StdEncoding.EncodeToString(stored.Seed)] = true
		c.keys[hex.EncodeToString(stored.Seed)] = true
		c.keys[string(stored.Seed)] = true
		c.keys[stored.Sealing] = true
	}
}

// request keeps what was sent.
func (c *canaries) request(r *http.Request, body []byte) {
	var seen bytes.Buffer
	_ = r.Header.Write(&seen)
	_, _ = fmt.Fprintln(&seen, r.URL)
	if r.Header.Get("Content-Encoding") == "gzip" {
		if unpacked, err := gzip.NewReader(bytes.NewReader(body)); err == nil {
			body, _ = io.ReadAll(unpacked) // what is broken is looked at as far as it goes
		}
	}
	seen.Write(body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.URL.Path == wire.EnrollPath {
		c.enrolled = append(c.enrolled, seen.Bytes())
	} else {
		c.requests = append(c.requests, seen.Bytes())
	}
}

// told is how many reports never got away, as the requests tell: what was sent before
// everything was healed may be old, and the number only grows.
func (c *canaries) told() (most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dropped := regexp.MustCompile(`"dropped":\{"reports":(\d+)`)
	for _, request := range c.requests {
		for _, match := range dropped.FindAllSubmatch(request, -1) {
			n, _ := strconv.Atoi(string(match[1])) // digits
			most = max(most, n)
		}
	}
	return most
}

// seen says where one of them is that it should not be.
func (c *canaries) seen(log []byte, d *drive, identity string) (where []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	where = append(where, c.in("the log", log, true)...)
	for _, r := range c.requests {
		where = append(where, c.in("a request", r, true)...)
	}
	for _, r := range c.enrolled {
		where = append(where, c.in("an enrolment", r, false)...)
	}
	for _, name := range d.files("/") {
		if filepath.Dir(name) != identity {
			where = append(where, c.in(name, d.now().Content(name), true)...)
		}
	}
	return where
}

func (c *canaries) in(what string, data []byte, secretToo bool) (found []string) {
	if secretToo && bytes.Contains(data, []byte(enrollSecret)) {
		found = append(found, "the enrolment secret is in "+what)
	}
	for key := range c.keys {
		if bytes.Contains(data, []byte(key)) {
			found = append(found, "a private key is in "+what)
		}
	}
	return found
}
