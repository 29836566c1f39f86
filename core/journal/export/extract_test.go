package export_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal/export"
	"github.com/llm-city/gorod/core/parquet"
	"github.com/llm-city/gorod/core/parquet/parquettest"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// table is a file read without knowing its schema. The values of a row that are
// null are not in its map.
type table struct {
	columns []string // with their types
	rows    []map[string]any
}

// extracted reads the table of an extraction, without the columns that all
// tables have.
func extracted(t *testing.T, dir, name string) (out table) {
	t.Helper()
	path := filepath.Join(dir, "extract-"+name+".parquet")
	const before = 5 // study, cell, seed, tick, time
	for _, c := range parquettest.Columns(t, path)[before:] {
		out.columns = append(out.columns, c.Name+" "+c.Type)
		if !c.Optional && c.Name != "agent" {
			t.Errorf("%s is not optional", c.Name)
		}
	}
	err := parquet.ReadAny(path, func(_ int, values map[string]any) error {
		maps.DeleteFunc(values, func(name string, v any) bool {
			return v == nil || slices.Contains([]string{"study", "cell", "seed", "tick", "time"}, name)
		})
		out.rows = append(out.rows, values)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// extractTable exports objects that one study read out, a resident each.
func extractTable(t *testing.T, schema string, objects ...string) table {
	t.Helper()
	var found event.Findings
	for i, o := range objects {
		found.Extracts = append(found.Extracts, event.Extract{Name: "x", Agent: fmt.Sprintf("a%02d", i), JSON: json.RawMessage(o)})
	}
	dir := t.TempDir()
	exportTo(t, dir, makeSmallRun(t, nil, found, export.Extraction{Name: "x", Schema: json.RawMessage(schema)}))
	return extracted(t, dir, "x")
}

func TestPropertiesBecomeColumnsOfTheirType(t *testing.T) {
	t.Parallel()
	got := extractTable(t, `{"type":"object","properties":{
		"идея":{"type":"string","maxLength":10}, "сколько":{"type":"integer"}, "доля":{"type":["number","null"]}, "новая":{"type":"boolean"},
		"кому":{"type":"array","items":{"type":"string"}}, "числа":{"type":"array","items":{"type":"integer"}},
		"знаки":{"enum":["a","b",null]}, "разное":{"enum":["a",1]}, "место":{"type":"object","properties":{"x":{"type":"integer"}}},
		"сетка":{"type":"array","items":{"type":"array","items":{"type":"number"}}}, "любое":true, "или":{"type":["string","integer"]}, "ссылка":{"$ref":"#/$defs/z"}
	},"$defs":{"z":{"type":"string"}}}`,
		`{"идея":"мост","сколько":-9223372036854775808,"доля":1e-300,"новая":false,"кому":["всем","Ёжу"],"числа":[1,null,3],"знаки":"b","разное":1,
		  "место":{"x":1, "y":[2]},"сетка":[[1.5]],"любое":{},"или":"1","ссылка":"z"}`,
		`{"кому":[],"доля":null,"знаки":null,"место":null}`,
		`{}`,
	)
	want := table{
		columns: []string{
			"agent STRING", "доля DOUBLE", "знаки STRING", "идея STRING", "или STRING", "кому list of STRING", "любое STRING", "место STRING",
			"новая BOOLEAN", "разное STRING", "сетка STRING", "сколько INT(64,true)", "ссылка STRING", "числа list of INT(64,true)", "rest STRING",
		},
		rows: []map[string]any{
			{
				"agent": "a00", "идея": "мост", "сколько": int64(-1 << 63), "доля": 1e-300, "новая": false, "кому": []any{"всем", "Ёжу"},
				"числа": []any{int64(1), nil, int64(3)}, "знаки": "b", "разное": "1", "место": `{"x":1, "y":[2]}`, "сетка": "[[1.5]]", "любое": "{}",
				"или": `"1"`, "ссылка": `"z"`,
			},
			{"agent": "a01", "кому": []any{}},
			{"agent": "a02"},
		},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(table{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatNoColumnCanHoldIsNotLost(t *testing.T) {
	t.Parallel()
	const schema = `{"properties":{"n":{"type":"integer"},"f":{"type":"number"},"s":{"type":"string"},"b":{"type":"boolean"},"l":{"type":"array","items":{"type":"integer"}}}}`
	for object, want := range map[string]map[string]any{
		`{"n":3.0,"f":2}`:                 {"n": int64(3), "f": 2.},
		`{"n":1e3}`:                       {"n": int64(1000)},
		`{"n":1e300,"f":1e999}`:           {"rest": `{"f":1e999,"n":1e300}`},
		`{"n":"3"}`:                       {"rest": `{"n":"3"}`},
		`{"n":3.5}`:                       {"rest": `{"n":3.5}`},
		`{"n":9223372036854775808}`:       {"rest": `{"n":9223372036854775808}`},
		`{"s":7,"b":"true"}`:              {"rest": `{"b":"true","s":7}`},
		`{"l":[1,"2"],"s":"x"}`:           {"s": "x", "rest": `{"l":[1,"2"]}`},
		`{"l":7}`:                         {"rest": `{"l":7}`},
		`{"ещё":{"a":null},"s":"x"}`:      {"s": "x", "rest": `{"ещё":{"a":null}}`},
		`["no","object"]`:                 {"rest": `["no","object"]`},
		`null`:                            {"rest": "null"},
		"{\"s\":\"\xff\",\"x\":\"\xff\"}": {"s": "\uFFFD", "rest": "{\"x\":\"\uFFFD\"}"},
	} {
		got := extractTable(t, schema, object).rows[0]
		delete(got, "agent")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", object, diff)
		}
	}
}

func TestNoTwoColumnsHaveOneName(t *testing.T) {
	t.Parallel()
	got := extractTable(t, `{"properties":{"tick":{"type":"string"},"Seed":{"type":"string"},"rest":{"type":"string"},"property_tick":{"type":"string"},
		"":{"type":"string"},"Ёж":{"type":"string"},"ёж":{"type":"string"},"a.b,c":{"type":"array","items":{"type":"string"}},"x\n\u202e":{"type":"string"}}}`,
		`{"tick":"1","Seed":"2","rest":"3","property_tick":"4","":"5","Ёж":"6","ёж":"7","a.b,c":["8"],"x\n\u202e":"9"}`)
	want := map[string]any{
		"agent": "a00", "property_property_tick": "1", "property_Seed": "2", "property_rest": "3", "property_tick": "4", "property_": "5",
		"Ёж": "6", "property_ёж": "7", "a.b,c": []any{"8"}, "x__": "9",
	}
	if diff := cmp.Diff(want, got.rows[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnExtractionWithoutASchemaOrWithAHugeOneIsExported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exportTo(t, dir, makeSmallRun(t, nil, event.Findings{Extracts: []event.Extract{{Name: "bare", JSON: json.RawMessage(`{"a":1}`)}}}))
	if diff := cmp.Diff(map[string]any{"agent": "", "rest": `{"a":1}`}, extracted(t, dir, "bare").rows[0]); diff != "" {
		t.Errorf("without a schema (-want +got)\n%s", diff)
	}
	var properties []string
	for i := range 40_000 {
		properties = append(properties, fmt.Sprintf(`"p%05d":{"type":"integer"}`, i))
	}
	got := extractTable(t, `{"properties":{`+strings.Join(properties, ",")+`}}`, `{"p00999":1,"p01000":2}`)
	if diff := cmp.Diff(map[string]any{"agent": "a00", "p00999": int64(1), "rest": `{"p01000":2}`}, got.rows[0]); diff != "" {
		t.Errorf("with a huge one (-want +got)\n%s", diff)
	}
}

func TestCellsWithDifferentSchemasShareATable(t *testing.T) {
	t.Parallel()
	run := func(schema, object string) export.Source {
		found := event.Findings{Extracts: []event.Extract{{Name: "x", JSON: json.RawMessage(object)}}}
		return makeSmallRun(t, nil, found, export.Extraction{Name: "x", Schema: json.RawMessage(schema)})
	}
	dir := t.TempDir()
	exportTo(t, dir,
		run(`{"properties":{"n":{"type":"integer"},"same":{"type":"number"}}}`, `{"n":1,"same":1}`),
		run(`{"properties":{"n":{"type":"string"},"same":{"type":"number"},"new":{"type":"boolean"}}}`, `{"n":"1","same":2,"new":true}`))
	got := extracted(t, dir, "x")
	want := []map[string]any{{"agent": "", "n": "1", "same": 1.}, {"agent": "", "n": `"1"`, "same": 2., "new": true}}
	if diff := cmp.Diff(want, got.rows); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnExtractionCannotLeaveItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x", "", "a/b", "Ж", "A", strings.Repeat("a", 200)} {
		found := event.Findings{Extracts: []event.Extract{{Name: name, JSON: json.RawMessage(`{}`)}}}
		err := export.Run(t.Context(), []export.Source{makeSmallRun(t, nil, found)}, t.TempDir(), nil)
		if err == nil || !strings.Contains(err.Error(), "cannot be named") {
			t.Errorf("%q: %v", name, err)
		}
	}
	broken := makeSmallRun(t, nil, event.Findings{}, export.Extraction{Name: "x", Schema: json.RawMessage(`{`)})
	if err := export.Run(t.Context(), []export.Source{broken}, t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "extraction x") {
		t.Errorf("a schema that is no JSON: %v", err)
	}
}
