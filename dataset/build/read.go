package build

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/recipe"
)

// Read hands what a source holds over to a sink. The report says what was read
// also where it ends with an error.
func Read(ctx context.Context, given recipe.Source, into chat.Sink, progress func(done, total int64)) (chat.Report, error) {
	s, err := openOne(given, progress)
	if err != nil {
		return chat.Report{}, err
	}
	return s.from.Read(ctx, into)
}

func openOne(given recipe.Source, progress func(done, total int64)) (*source, error) {
	var total int64
	list, err := openSources(&recipe.Recipe{Sources: []recipe.Source{given}}, func(_ int, done int64) { progress(done, total) })
	if err != nil {
		return nil, err
	}
	total = list[0].size
	return list[0], nil
}

// Participants are those who wrote something in a source, in the order of their
// first messages.
func Participants(ctx context.Context, given recipe.Source, progress func(done, total int64)) ([]recipe.Seen, error) {
	s, err := openOne(given, progress)
	if err != nil {
		return nil, err
	}
	c := newCensus()
	if err := readAll(ctx, []*source{s}, newSelection(c)); err != nil {
		return nil, err
	}
	owners := mine([]*source{s})
	out := make([]recipe.Seen, len(c.people))
	for i, p := range c.people {
		out[i] = recipe.Seen{ID: p.id, Name: p.name, Messages: p.messages, Me: slices.Contains(owners, p.id)}
	}
	return out, nil
}
