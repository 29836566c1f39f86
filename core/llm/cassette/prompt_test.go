package cassette

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func FuzzPromptsAreReadAsWritten(f *testing.F) {
	f.Add("user", "Привет, «мир»\n\t\"x\" \\ \x00\x1f\u2028 </script>")
	f.Add("", "\xff\xfe")
	f.Fuzz(func(t *testing.T, role, content string) {
		req := &llm.Request{Messages: []sdk.Message{{Role: role, Content: content}, {}}, Sampling: llm.Sampling{Seed: 1 << 63}}
		var s samples
		for range 2 { // the second is compressed by the first
			one, _ := s.find("plan", written(t, req))
			got, err := s.prompt(one.number(), one.zip(nil, written(t, req)))
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
		var s samples
		if _, err := s.prompt(0, data); err == nil && len(data) < 2 {
			t.Errorf("%x was taken for a prompt", data)
		}
		if _, err := s.prompt(7, data); err == nil {
			t.Error("a sample was found that is not there")
		}
	})
}

func TestAlikePromptsAreKeptSmall(t *testing.T) {
	t.Parallel()
	var s samples
	text := strings.Repeat("Ты живёшь в городе и пишешь соседям о том, что видишь. ", 3) + strings.Repeat("Правила сети. ", 5)
	random := "xq7 ёж, фьорд, щебень, объём, цапля, въезд"
	first := written(t, &llm.Request{Messages: []sdk.Message{{Content: text + random}}})
	one, fresh := s.find("plan", first)
	if again, second := s.find("plan", written(t, &llm.Request{})); !fresh || second || again != one {
		t.Error("the sample of a purpose is not its first prompt")
	}
	if other, fresh := s.find("ask", first); !fresh || other == one {
		t.Error("two purposes share a sample")
	}
	if alone, like := len((*sample)(nil).zip(nil, first)), len(one.zip(nil, first)); like*4 > alone {
		t.Errorf("%d bytes with a sample, %d without", like, alone)
	}
}

func TestPurposesWithoutEndMakeNoSamplesWithoutEnd(t *testing.T) {
	t.Parallel()
	var s samples
	data := written(t, &llm.Request{Messages: []sdk.Message{{Content: strings.Repeat("да", 100)}}})
	for i := range 10 * maxSamples {
		one, _ := s.find(strings.Repeat("x", i), data)
		if got, err := s.unzip(one.number(), one.zip(nil, data)); err != nil || string(got) != string(data) {
			t.Fatal(i, err)
		}
	}
	if len(s.all) != maxSamples {
		t.Errorf("%d samples", len(s.all))
	}
	if _, err := s.unzip(1000, nil); !errors.Is(err, errBroken) {
		t.Errorf("an unknown sample: %v", err)
	}
}
