package cassette

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

func number(i int) Key { return sha256.Sum256(binary.AppendVarint(nil, int64(i))) }

func TestKnownKeysAreNeverMissedAndOthersSeldomFound(t *testing.T) {
	t.Parallel()
	const n = 200_000
	var k known
	if k.maybe(number(0)) {
		t.Error("an empty filter knows a key")
	}
	for i := range n {
		k.add(number(i))
	}
	for i := range n {
		if !k.maybe(number(i)) {
			t.Fatalf("key %d is missed", i)
		}
	}
	wrong := 0
	for i := n; i < 2*n; i++ {
		if k.maybe(number(i)) {
			wrong++
		}
	}
	if share := float64(wrong) / n; share > 0.05 {
		t.Errorf("%.3f of the unknown keys are taken for known", share)
	}
}

// Prompts are written by hand and read by package json.
func FuzzPrompts(f *testing.F) {
	f.Add("user", "Привет, «мир»\n\t\"x\" \\ \x00\x1f\u2028 </script>")
	f.Add("", "\xff\xfe")
	f.Fuzz(func(t *testing.T, role, content string) {
		req := llm.Request{Messages: []sdk.Message{{Role: role, Content: content}, {}}, Sampling: llm.Sampling{Seed: 1 << 63}}
		data, err := appendPrompt(nil, &req)
		if err != nil {
			t.Fatal(err)
		}
		var got, want prompt
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		slow, err := json.Marshal(prompt{req.Messages, req.Sampling})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(slow, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
