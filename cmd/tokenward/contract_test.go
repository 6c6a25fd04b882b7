package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// transcriptsEnv names a folder with outputs of real Macs and what each of them
// says. It is not part of this repository.
const transcriptsEnv = "TOKENWARD_TRANSCRIPTS"

type contractRow struct {
	Parser, File, Stream string
	Exit                 *int
	Expect               map[string]any
}

// Every recorded output of a real Mac is read as its contract says, through
// the command that other people's tests use.
func TestContract(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(transcriptsEnv)
	if dir == "" {
		t.Skipf("%s is not set: no outputs of real Macs to compare with; the fixtures of collectors/parse are tested either way", transcriptsEnv)
	}
	data, err := os.ReadFile(filepath.Join(dir, "contract.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []contractRow
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		t.Fatal("the contract is empty")
	}
	for _, row := range rows {
		t.Run(row.File, func(t *testing.T) {
			t.Parallel()
			args := []string{"parse", row.Parser, filepath.Join(dir, row.File)}
			if row.Stream == "stdout" || row.Stream == "stderr" {
				args = append(args, "--stream", row.Stream)
			}
			if row.Exit != nil {
				args = append(args, "--exit", strconv.Itoa(*row.Exit))
			}
			var out, errOut bytes.Buffer
			if code := execute(t.Context(), terminal{in: strings.NewReader(""), out: &out, err: &errOut}, args); code != exitOK {
				t.Fatalf("exit %d: %s%s", code, &out, &errOut)
			}
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if path := missing(row.Expect, got); path != "" {
				t.Errorf("%s differs; got %s", path, &out)
			}
		})
	}
}

// missing returns where got lacks something of want; keys may be added.
func missing(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return "."
		}
		for key, value := range want {
			inner, there := have[key]
			if path := missing(value, inner); !there || path != "" {
				return key + path
			}
		}
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return "[]"
		}
		for i := range want {
			if path := missing(want[i], have[i]); path != "" {
				return fmt.Sprintf("[%d]%s", i, path)
			}
		}
	default:
		if want != got {
			return "="
		}
	}
	return ""
}
