//go:build !darwin

package chaos

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// story is what happened in one schedule, in the order in which it did. It is printed
// where a law was broken.
type story struct {
	mu    sync.Mutex
	began time.Time
	lines []string
}

// longestStory is how many lines are kept: the last ones.
const longestStory = 4000

func (s *story) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf("%12s  %s", time.Since(s.began).Round(time.Millisecond), fmt.Sprintf(format, args...))
	s.lines = append(s.lines, line)
	if len(s.lines) > longestStory {
		s.lines = s.lines[len(s.lines)-longestStory:]
	}
}

func (s *story) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// wait lets time pass, or returns why it was not to.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
