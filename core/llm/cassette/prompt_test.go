package cassette

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/s2"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/plugins/sdk"
)

func written(t testing.TB, req *llm.Request) []byte {
	t.Helper()
	var w writer
	if err := w.prompt(req); err != nil {
		t.Fatal(err)
	}
	return w
}

// undo is the reverse of zip, with the sample at hand.
func undo(one *sample, zipped []byte) (prompt, error) {
	d := dictionaries{}
	if one != nil {
		d.known = map[int64]*s2.Dict{one.id: one.dict}
	}
	return d.prompt(context.Background(), one.number(), zipped)
}

func FuzzPromptsAreReadAsWritten(f *testing.F) {
	f.Add("user", "Привет, «мир»\n\t\"x\" \\ \x00\x1f\u2028 </script>")
	f.Add("", "\xff\xfe")
	f.Fuzz(func(t *testing.T, role, content string) {
		req := &llm.Request{Messages: []sdk.Message{{Role: role, Content: content}, {}}, Sampling: llm.Sampling{Seed: 1 << 63}}
		var s samples
		for range 3 { // the second is compressed by the first
			one, _ := s.find("plan", written(t, req))
			got, err := undo(one, one.zip(nil, written(t, req)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(prompt{req.Messages, req.Sampling}, got); diff != "" {
				t.Error(diff)
			}
			req.Messages[1].Content += "x"
		}
	})
}

func FuzzDamagedPromptsAreErrors(f *testing.F) {
	f.Add(written(f, &llm.Request{Messages: []sdk.Message{{Role: "user", Content: "да"}}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := readPrompt(data); err == nil && len(p.Messages) > len(data) {
			t.Errorf("%d messages in %d bytes", len(p.Messages), len(data))
		}
		if _, err := undo(nil, data); err == nil && len(data) < 2 {
			t.Errorf("%x was taken for a prompt", data)
		}
	})
}

func TestAlikePromptsAreKeptSmall(t *testing.T) {
	t.Parallel()
	var s samples
	text := strings.Repeat("Ты живёшь в городе и пишешь соседям о том, что видишь. ", 3) + strings.Repeat("Правила сети. ", 5)
	first := written(t, &llm.Request{Messages: []sdk.Message{{Content: text + "xq7 ёж, фьорд, щебень, объём, цапля, въезд"}}})
	one, fresh := s.find("plan", first)
	if again, second := s.find("plan", first); !fresh || second || again != one {
		t.Error("the second prompt got a sample of its own")
	}
	if other, fresh := s.find("ask", first); !fresh || other == one {
		t.Error("two purposes share a sample")
	}
	if alone, like := len((*sample)(nil).zip(nil, first)), len(one.zip(nil, first)); like*4 > alone {
		t.Errorf("%d bytes with a sample, %d without", like, alone)
	}
}

func TestSamplesFollowWhatIsTalkedAbout(t *testing.T) {
	t.Parallel()
	var s samples
	seen := map[int64]bool{}
	for i := range 5 * sampleUses {
		data := written(t, &llm.Request{Messages: []sdk.Message{{Content: fmt.Sprintf("Новость номер %d. ", i/100) + strings.Repeat("Щебень ", 100)}}})
		one, fresh := s.find("plan", data)
		if fresh == seen[one.id] {
			t.Fatalf("prompt %d: sample %d is fresh: %v", i, one.id, fresh)
		}
		seen[one.id] = true
		got, err := undo(one, one.zip(nil, data))
		if err != nil || !strings.Contains(got.Messages[0].Content, fmt.Sprint("номер ", i/100)) {
			t.Fatal(i, err)
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d samples", len(seen))
	}
}

func TestPurposesWithoutEndMakeNoSamplesWithoutEnd(t *testing.T) {
	t.Parallel()
	var s samples
	data := written(t, &llm.Request{Messages: []sdk.Message{{Content: strings.Repeat("да", 100)}}})
	for i := range 10 * maxPurposes {
		one, _ := s.find(strings.Repeat("x", i), data)
		if _, err := undo(one, one.zip(nil, data)); err != nil {
			t.Fatal(i, err)
		}
	}
	if s.last != maxPurposes {
		t.Errorf("%d samples", s.last)
	}
}

func TestALongPromptFillsASampleAndNoMore(t *testing.T) {
	t.Parallel()
	var s samples
	for i := range 20 {
		data := written(t, &llm.Request{Messages: []sdk.Message{{Content: strings.Repeat(fmt.Sprint("длинный ", i), 1000*i)}}})
		one, _ := s.find("plan", data)
		if got, err := undo(one, one.zip(nil, data)); err != nil || len(got.Messages[0].Content) < 1000*i {
			t.Fatal(i, err)
		}
		if n := len(s.purposes["plan"].recent); n > sampleSize {
			t.Fatalf("%d bytes are kept", n)
		}
	}
}
