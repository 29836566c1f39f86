package cassette_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
)

func TestEmbeddingsAreKnownInOtherCompany(t *testing.T) {
	t.Parallel()
	path, m := file(t), &model{}
	c := open(t, path, cassette.Record)
	first, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"раз", "два"}})
	if err != nil || first.Cached || first.Tokens != 6 {
		t.Fatalf("%+v, %v", first, err)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"три", "два"}})
	if err != nil || second.Cached || second.Tokens != 3 || !cmp.Equal(second.Vectors[1], first.Vectors[1]) {
		t.Fatalf("%+v, %v", second, err)
	}
	other, err := c.Layer(m).Embed(t.Context(), llm.EmbedRequest{Model: "other", Texts: []string{"раз"}})
	if err != nil || other.Cached {
		t.Errorf("another model's embedding was taken: %+v, %v", other, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := open(t, path, cassette.Replay).Layer(nil).Embed(t.Context(), llm.EmbedRequest{Model: "e", Texts: []string{"два", "три", "раз"}})
	want := [][]float32{first.Vectors[1], second.Vectors[0], first.Vectors[0]}
	if err != nil || !third.Cached || third.Tokens != 0 || !cmp.Equal(third.Vectors, want) {
		t.Errorf("%+v, %v", third, err)
	}
	if !cmp.Equal(m.texts, []string{"раз", "два", "три", "раз"}) {
		t.Errorf("asked for %v", m.texts)
	}
}
