package identity

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tokenward/tokenward/internal/wire"
)

func wanted(t *testing.T, i *Identity, now time.Time) bool {
	t.Helper()
	_, asks, err := i.Enrollment(now)
	if err != nil {
		t.Fatal(err)
	}
	return asks
}

func TestAnswersAreKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		said wire.EnrollState
		want wire.EnrollState
		asks bool
	}{
		{wire.EnrollActive, wire.EnrollActive, false},
		{wire.EnrollPending, wire.EnrollPending, true},
		{"a word of a later version", wire.EnrollPending, true},
	} {
		t.Run(string(tc.said), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			i := bound(t, folder, mine)
			if err := i.Enrolled(i.current.name(), wire.EnrollAnswer{DeviceID: "d1", State: tc.said}, noon); err != nil {
				t.Fatal(err)
			}
			for _, i := range []*Identity{i, opened(t, folder)} {
				state, id := i.Standing()
				if state != tc.want || id != "d1" || wanted(t, i, noon) != tc.asks {
					t.Errorf("state %s of %s", state, id)
				}
			}
		})
	}
}

func TestAnswerCountsForItsKeyAndItsServer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	i := active(t, folder)
	elsewhere, err := Open(folder, "https://other.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if state, _ := elsewhere.Standing(); state != "" || !wanted(t, elsewhere, noon) {
		t.Errorf("enrolled with a server that was never asked: %s", state)
	}
	if err := i.Enrolled("another key", wire.EnrollAnswer{DeviceID: "d9", State: wire.EnrollPending}, noon); err != nil {
		t.Fatal(err)
	}
	if state, id := i.Standing(); state != wire.EnrollActive || id != "d1" {
		t.Errorf("an answer about another key counts: %s %s", state, id)
	}
	if err := os.WriteFile(filepath.Join(folder, stateFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if state, _ := opened(t, folder).Standing(); state != "" {
		t.Errorf("a broken file says %s", state)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		problem string
		state   wire.EnrollState
		newKey  bool
	}{
		{wire.ProblemUnknownKey, "", false},
		{wire.ProblemSignature, "", false},
		{wire.ProblemDevice, "", false},
		{wire.ProblemPending, wire.EnrollPending, false},
		{wire.ProblemRevoked, "", true},
	} {
		t.Run(tc.problem, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			i := active(t, folder)
			before := i.current.name()
			if err := i.Refused(before, tc.problem, noon); err != nil {
				t.Fatal(err)
			}
			for _, i := range []*Identity{i, opened(t, folder)} {
				state, _ := i.Standing()
				if state != tc.state || (i.current.name() != before) != tc.newKey || !wanted(t, i, noon) {
					t.Errorf("state %q", state)
				}
			}
		})
	}
}

// A server that revokes every key gets one new one in a day.
func TestRevocationDoesNotMakeKeysWithoutEnd(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	i := active(t, folder)
	if err := i.Refused(i.current.name(), wire.ProblemRevoked, noon); err != nil {
		t.Fatal(err)
	}
	second := i.current.name()
	if err := i.Refused(second, wire.ProblemRevoked, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	i = opened(t, folder)
	if state, _ := i.Standing(); state != wire.EnrollRevoked || wanted(t, i, noon.Add(23*time.Hour)) {
		t.Errorf("state %q", state)
	}
	if !wanted(t, i, noon.Add(24*time.Hour)) || i.current.name() == second {
		t.Error("a day later the revoked key is still there")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	i := active(t, folder)
	before := i.current.name()
	for range 2 { // the second time it is under way already
		if err := i.Rotate(noon); err != nil {
			t.Fatal(err)
		}
	}
	i = opened(t, folder)
	request, asks, err := i.Enrollment(noon)
	if err != nil || !asks || request.SigningKey == before || i.current.name() != before {
		t.Fatalf("asks %t, %v", asks, err)
	}
	answer := wire.EnrollAnswer{DeviceID: "d1", State: wire.EnrollPending}
	if err := i.Enrolled(request.SigningKey, answer, noon); err != nil || i.current.name() != before {
		t.Fatalf("a pending key took over, %v", err)
	}
	answer.State = wire.EnrollActive
	if err := i.Enrolled(request.SigningKey, answer, noon); err != nil {
		t.Fatal(err)
	}
	i = opened(t, folder)
	state, _ := i.Standing()
	if why, _ := i.Origin(); i.current.name() != request.SigningKey || state != wire.EnrollActive || why != Rotated || exists(filepath.Join(folder, retiredFile)) {
		t.Errorf("state %s, made because %s", state, why)
	}
}

func TestRefusedRotationIsGivenUp(t *testing.T) {
	t.Parallel()
	i := active(t, t.TempDir())
	before := i.current.name()
	if err := i.Rotate(noon); err != nil {
		t.Fatal(err)
	}
	if err := i.Refused(i.next.name(), wire.ProblemRevoked, noon); err != nil {
		t.Fatal(err)
	}
	if i.current.name() != before || wanted(t, i, noon) {
		t.Error("the rotation goes on")
	}
}
