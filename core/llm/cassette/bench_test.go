package cassette_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/plugins/sdk"
)

// instant answers at once.
type instant struct{}

func (instant) Generate(context.Context, llm.Request) (llm.Response, error) {
	return llm.Response{
		Text:         `{"plan":"Расскажу соседям о субботнике.","actions":[{"kind":"post","args":{"text":"Соседи, в субботу убираем двор!"}}]}`,
		PromptTokens: 900, ReplyTokens: 60, Endpoint: "http://127.0.0.1:11434",
	}, nil
}

func (instant) Embed(_ context.Context, req llm.EmbedRequest) (llm.EmbedResponse, error) {
	out := llm.EmbedResponse{Tokens: 10}
	for range req.Texts {
		out.Vectors = append(out.Vectors, make([]float32, 384))
		out.Vectors[len(out.Vectors)-1][0] = 1
	}
	return out, nil
}

// prompts are of the size of a planner's: 4 kB of Russian.
func prompts(i int) llm.Request {
	req := request(i)
	var b strings.Builder
	for k := range 40 {
		fmt.Fprintf(&b, "Сообщение %d от a%04d: завтра во дворе субботник, приходите.\n", k*i, k)
	}
	req.Messages = []sdk.Message{{Role: "system", Content: "Ты — житель города."}, {Role: "user", Content: b.String()}}
	return req
}

// BenchmarkPut asks, records and writes, a tick of 1,000 calls at a time.
func BenchmarkPut(b *testing.B) {
	c := open(b, file(b), cassette.Record)
	p := c.Layer(instant{})
	requests := make([]llm.Request, b.N)
	bytes := 0
	for i := range requests {
		requests[i] = prompts(i)
		bytes += len(requests[i].Messages[1].Content)
	}
	b.SetBytes(int64(bytes / b.N))
	b.ReportAllocs()
	b.ResetTimer()
	for i := range requests {
		if _, err := p.Generate(b.Context(), requests[i]); err != nil {
			b.Fatal(err)
		}
		if i%1000 == 999 {
			if err := c.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := c.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkHit replays.
func BenchmarkHit(b *testing.B) {
	path := file(b)
	c := open(b, path, cassette.Record)
	const calls = 5000
	for i := range calls {
		if _, err := c.Layer(instant{}).Generate(b.Context(), prompts(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	p := open(b, path, cassette.Replay).Layer(nil)
	req := make([]llm.Request, calls)
	for i := range req {
		req[i] = prompts(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := p.Generate(b.Context(), req[i%calls]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEmbed records embeddings of 384 dimensions, four texts a request.
func BenchmarkEmbed(b *testing.B) {
	c := open(b, file(b), cassette.Record)
	p := c.Layer(instant{})
	b.ReportAllocs()
	for i := range b.N {
		texts := []string{"завтра субботник", fmt.Sprintf("новость %d", i), fmt.Sprintf("сосед %d", i), fmt.Sprintf("двор %d", i)}
		if _, err := p.Embed(b.Context(), llm.EmbedRequest{Model: "e", Texts: texts}); err != nil {
			b.Fatal(err)
		}
	}
	if err := c.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
}
