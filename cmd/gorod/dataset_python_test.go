//go:build components

package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/format"
)

// reader is a Python with the packages that read datasets, in a virtual
// environment that is kept between test runs.
func reader(t *testing.T) string {
	t.Helper()
	const requirements = "testdata/dataset-requirements.txt"
	text, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	dir := filepath.Join(cache, "gorod-test", "dataset-"+hex.EncodeToString(sum[:6]))
	interpreter := filepath.Join(dir, "bin", "python")
	for _, args := range [][]string{{"python3", "-m", "venv", dir}, {interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements}} {
		if out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	return interpreter
}

func TestDatasetsPandasPyarrowAndDuckDBReadADataset(t *testing.T) {
	t.Parallel()
	dir := built(t)
	cmd := exec.CommandContext(t.Context(), reader(t), "testdata/dataset.py", dir, t.TempDir())
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "HF_HOME="+t.TempDir(), "TZ=UTC")
	a := finish(t, cmd)
	var got struct {
		Datasets map[string]struct {
			IDs       []string `json:"ids"`
			Turns     [][]struct{ Role, Speaker, Text string }
			Retrieved []int
			Time      []int64
		}
		Features map[string]string
		JSONL    map[string]map[string]struct {
			Columns []string
			Rows    int
		} `json:"jsonl"`
		Pandas struct {
			Rows  int
			Time  string
			Reply []string
		}
		Pyarrow struct {
			Schema map[string]string
			Codecs []string
		}
		DuckDB [][]any
	}
	if err := json.Unmarshal([]byte(a.stdout), &got); err != nil {
		t.Fatalf("%v: %v", err, a)
	}
	if len(got.Datasets) != 3 || len(got.DuckDB) != 3 {
		t.Errorf("splits: %d, %v", len(got.Datasets), got.DuckDB)
	}
	for n, split := range []string{"test", "train", "validation"} { // as DuckDB orders them
		examples, turns := rows(t, dir, split), 0
		part := got.Datasets[split]
		for i, r := range examples {
			turns += len(r.Turns)
			last := part.Turns[i][len(part.Turns[i])-1]
			if part.IDs[i] != r.ID || len(part.Turns[i]) != len(r.Turns) || last.Text != r.Reply() || last.Role != format.Assistant || part.Retrieved[i] != len(r.Retrieved) || part.Time[i] != r.Time/1000 {
				t.Errorf("datasets reads %s as %s", r.ID, part.IDs[i])
			}
			if split == "train" && got.Pandas.Reply[i] != r.Reply() {
				t.Errorf("pandas reads %q", got.Pandas.Reply[i])
			}
		}
		if row := got.DuckDB[n]; row[0] != split || row[1] != float64(len(examples)) || row[2] != float64(turns) || row[4] != format.Assistant {
			t.Errorf("DuckDB reads %v", row)
		}
		for style, columns := range map[string]string{"messages": "messages", "sharegpt": "conversations system", "alpaca": "instruction input output system retrieved_context"} {
			if part := got.JSONL[style][split]; part.Rows != len(examples) || strings.Join(part.Columns, " ") != columns {
				t.Errorf("%s/%s: %+v", style, split, part)
			}
		}
	}
	if got.Pandas.Rows != len(rows(t, dir, "train")) || got.Pandas.Time != "datetime64[ms, UTC]" || !strings.Contains(got.Pyarrow.Schema["turns"], "struct") || strings.Join(got.Pyarrow.Codecs, "") != "ZSTD" {
		t.Errorf("%+v, %+v", got.Pandas.Time, got.Pyarrow)
	}
	if len(got.Pyarrow.Schema) != 12 || len(got.Features) != 12 {
		t.Errorf("%v, %v", got.Pyarrow.Schema, got.Features)
	}
}
