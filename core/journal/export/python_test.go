//go:build components

package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal/export"
)

// python is an interpreter with the packages of testdata/requirements.txt, in a
// virtual environment that is kept between test runs.
func python(t *testing.T) string {
	t.Helper()
	const requirements = "testdata/requirements.txt"
	text, err := os.ReadFile(requirements)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	dir := filepath.Join(cache, "gorod-test", "python-"+hex.EncodeToString(sum[:6]))
	run(t, "python3", "-m", "venv", dir)
	interpreter := filepath.Join(dir, "bin", "python")
	run(t, interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements)
	return interpreter
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, &stderr)
	}
	return out
}

// foundByPython is what testdata/read.py prints.
type foundByPython struct {
	Tables map[string]struct {
		Columns    map[string]string
		Metadata   map[string]string
		Codecs     []string
		PandasRows int `json:"pandas_rows"`
		DuckDBRows int `json:"duckdb_rows"`
	}
	Pandas struct {
		Seed, Text   string
		Hour         int
		ValenceNulls int `json:"valence_nulls"`
		Goals        [][]string
	}
	DuckDB     [][]any
	Some       map[string][]map[string]string
	SomePandas map[string][]string `json:"some_pandas"`
}

func TestPyarrowPandasAndDuckDBReadAnExport(t *testing.T) {
	t.Parallel()
	dir := exportRuns(t, 1<<64-1)
	var got foundByPython
	if err := json.Unmarshal(run(t, python(t), "testdata/read.py", dir), &got); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{
		"events": 9, "agents": 2, "actions": 2, "messages": 1, "exposures": 2, "moods": 1, "plans": 1, "heard": 1, "invalid": 2,
		"records": 1, "rows": 1, "llm_calls": 1,
	}
	for _, table := range export.Tables() {
		if table.Some {
			continue
		}
		g := got.Tables[table.Name]
		if g.PandasRows != rows[table.Name] || g.DuckDBRows != rows[table.Name] {
			t.Errorf("%s: pandas finds %d rows, DuckDB %d, want %d", table.Name, g.PandasRows, g.DuckDBRows, rows[table.Name])
		}
		if g.Metadata["gorod.study"] != "двор" || g.Metadata["gorod.seeds"] != "[18446744073709551615]" || !cmp.Equal(g.Codecs, []string{"ZSTD"}) {
			t.Errorf("%s: metadata %q, codecs %q", table.Name, g.Metadata, g.Codecs)
		}
		if diff := cmp.Diff(arrowTypes(table), g.Columns); diff != "" {
			t.Errorf("%s: columns differ (-documented +pyarrow)\n%s", table.Name, diff)
		}
	}
	p := got.Pandas
	if p.Seed != "18446744073709551615" || p.Text != "Ёлка!" || p.Hour != 8 || p.ValenceNulls != 1 || !cmp.Equal(p.Goals, [][]string{{}, {"a", "б"}}) {
		t.Errorf("pandas read %+v", p)
	}
	want := [][]any{{"Пётр", 1., 0.5, "2026-03-01 09:00:00", "Пётр"}, {"Пётр", 2., 0.25, "2026-03-01 09:00:00", "Пётр"}}
	if diff := cmp.Diff(want, got.DuckDB); diff != "" {
		t.Errorf("DuckDB read (-want +got)\n%s", diff)
	}
}

func TestPyarrowPandasAndDuckDBReadWhatWasFound(t *testing.T) {
	t.Parallel()
	events, found := somethingOfEverything()
	events = append(events, commits()[0].Events...) // read.py looks at actions, too
	found.Extracts = []event.Extract{
		{Name: "ideas", Agent: "a0001", JSON: json.RawMessage(`{"идея":"Ёлка, 🙂","за":["раз",null],"n":7,"да":true,"доля":0.5,"где":{"x":[1]},"tick":"утро","ещё":1}`)},
		{Name: "ideas", Agent: "a0002", JSON: json.RawMessage(`{"за":[]}`)},
	}
	schema := `{"properties":{"идея":{"type":"string"},"за":{"type":"array","items":{"type":"string"}},"n":{"type":"integer"},"да":{"type":"boolean"},
		"доля":{"type":"number"},"где":{"type":"object"},"tick":{"type":"string"},"a.b, c":{"type":"string"}}}`
	dir := t.TempDir()
	exportTo(t, dir, makeSmallRun(t, events, found, export.Extraction{Name: "ideas", Schema: json.RawMessage(schema)}))
	var got foundByPython
	if err := json.Unmarshal(run(t, python(t), "testdata/read.py", dir), &got); err != nil {
		t.Fatal(err)
	}
	for _, table := range export.Tables() {
		if diff := cmp.Diff(arrowTypes(table), got.Tables[table.Name].Columns); diff != "" {
			t.Errorf("%s: columns differ (-documented +pyarrow)\n%s", table.Name, diff)
		}
	}
	const at = "2026-03-01 08:00:00"
	want := []map[string]string{
		{"tick": "0", "time": at, "agent": "a0001", "a.b, c": "None", "n": "7", "property_tick": "утро", "где": `{"x":[1]}`, "да": "True", "доля": "0.5",
			"за": "['раз', None]", "идея": "Ёлка, 🙂", "rest": `{"ещё":1}`},
		{"tick": "0", "time": at, "agent": "a0002", "a.b, c": "None", "n": "None", "property_tick": "None", "где": "None", "да": "None", "доля": "None",
			"за": "[]", "идея": "None", "rest": "None"},
	}
	if diff := cmp.Diff(want, got.Some["extract-ideas"]); diff != "" {
		t.Errorf("DuckDB read of the extracts (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Ёлка, 🙂", "None"}, got.SomePandas["extract-ideas"]); diff != "" {
		t.Errorf("pandas read of the extracts (-want +got)\n%s", diff)
	}
	if s := got.Some["surveys"]; len(s) != 3 || s[0]["options"] != "['шум', 'уют']" || s[0]["number"] != "None" || s[1]["number"] != "5.5" || s[2]["missing"] != "left" {
		t.Errorf("DuckDB read of the surveys: %q", s)
	}
	if s := got.Some["scores"]; len(s) != 2 || s[0]["tick"] != "None" || s[1]["tick"] != "0" || s[0]["value"] != "-1e-09" {
		t.Errorf("DuckDB read of the scores: %q", s)
	}
}

func arrowTypes(table export.Table) map[string]string {
	types := map[string]string{}
	for _, c := range table.Columns {
		types[c.Name] = arrowType(c.Type)
	}
	return types
}

// arrowType is pyarrow's name of a documented type.
func arrowType(documented string) string {
	names := map[string]string{
		"timestamp(µs), local": "timestamp[us]", "float64": "double", "float64 or null": "double", "string or null": "string", "int64 or null": "int64",
		"list of string": "list<element: string not null>",
	}
	if name, ok := names[documented]; ok {
		return name
	}
	return documented
}
