package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// A run is resumed and verified from the study.yaml that was written when it
// began: every text must come back as it was.
func TestWhatIsWrittenIsReadBackWhateverTextsHold(t *testing.T) {
	t.Parallel()
	for _, s := range awkwardTexts() {
		writeAndRead(t, s)
	}
}

func awkwardTexts() []string {
	return []string{
		"a\tb", "\ta", "a\t", "  a\nb", "a\n  b\n", "a \nb", "a\n\nb\n", "\n", "a\n ", "a\n\n", "a\r\nb", "a\rb",
		"a\x1b[31m", "\x00", "\u0085", "\u2028", "\ufeffa", "\u00a0", "a\u00a0", "🎉👩‍👩‍👧", "e\u0301", "\u202ea",
		"true", "null", "~", "yes", "1", "1.0", "1e3", "0x1f", "0o7", "0777", "1_000", ".inf", "-.Inf", ".nan", "NaN",
		"2026-03-02T08:00", "1:30", "=", "<<", "- a", "? a", "-", "a: b", "a:", "a #b", "#a", "---", "...", "%a", "!!str",
		"&a", "*a", "@a", "`a", "|", ">", "'", `"`, `"a"`, "'a'", "it's", `a\b`, `a\n`, "{a}", "[a]", "a,b", "key: |\n x", "a\n- b",
		"http://127.0.0.1:80/a", "Ёжик — «колючий»; да!", strings.Repeat("Ж ", 300) + "Ж",
	}
}

func writeAndRead(t *testing.T, s string) {
	t.Helper()
	want := sdk.Persona{
		Name: "n", Bio: s, Interests: []string{s, "z"}, Traits: map[string]float64{s: 0.5, "other": 1e-7},
		Extra: json.RawMessage(`{"more":[[1,2],{"k":[]},{"z":{"y":null}},18446744073709551615,5.0,1e21,5e-324,-1.5e300,true]}`),
	}
	text, err := spec.MarshalPersona(&want)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	file := filepath.Join(t.TempDir(), "n.yaml")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	got, problems := spec.LoadPersona(file)
	sameJSON := cmp.FilterValues(func(a, b json.RawMessage) bool { return true }, cmp.Comparer(func(a, b json.RawMessage) bool {
		var x, y any
		return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
	}))
	if d := cmp.Diff(want, got, sameJSON, cmpopts.EquateEmpty()); d != "" || len(problems) > 0 {
		t.Errorf("%q (-written +read):\n%s%v\n%s", s, d, problems, text)
	}
}

func FuzzWhatIsWrittenIsReadBack(f *testing.F) {
	for _, s := range awkwardTexts() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || s == "other" || strings.ToValidUTF8(s, "") != s {
			return // left out of a persona, a key of its own, or refused by Load
		}
		writeAndRead(t, s)
	})
}

func TestAFileInAnotherEncodingIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	_, err := load(t, head+"# да\ndescription: да\xc4\xe0\n")
	if err == nil || !strings.Contains(err.Error(), "study.yaml:6:16: not UTF-8: byte 0xc4 begins no character; save the file in UTF-8") {
		t.Error(err)
	}
}
