// Package search finds the exchanges of a dataset that are most like a text.
package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

// Embed makes vectors of texts, one each.
type Embed func(ctx context.Context, texts []string) ([][]float32, error)

// Options say how to search.
type Options struct {
	K int // how many to find
	// First finds the candidates among all exchanges; it should be quick.
	First Embed
	// Then, where set, ranks the best of them again.
	Then Embed
	// Progress, where set, hears how many of all exchanges were looked at.
	Progress func(done, total int64)
}

// Hit is an exchange that was found.
type Hit struct {
	ID    string  `json:"id"`
	Split string  `json:"split"`
	Time  int64   `json:"time"` // milliseconds since 1970
	Turn  string  `json:"turn"`
	Reply string  `json:"reply"`
	Score float64 `json:"score"` // cosine
}

const (
	batchSize = 256
	// shortlist is how many candidates are ranked again for each that is asked for.
	shortlist = 20
)

// Nearest are the exchanges of a dataset that are most like a text, the most
// alike first.
func Nearest(ctx context.Context, dir, query string, o Options) ([]Hit, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	wide := o.K
	if o.Then != nil {
		wide = o.K * shortlist
	}
	s := &searcher{embed: o.First, most: wide, progress: o.Progress}
	for _, split := range m.Splits {
		s.total += split.Examples
	}
	if s.query, err = one(ctx, o.First, query); err != nil {
		return nil, err
	}
	for _, split := range m.Splits {
		if split.Examples == 0 {
			continue
		}
		path := filepath.Join(dir, manifest.DataDir, split.Name+".parquet")
		if err := format.ReadParquet(path, func(r *format.Row) error { return s.row(ctx, r) }); err != nil {
			return nil, err
		}
	}
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	if o.Then != nil {
		if err := again(ctx, o.Then, query, s.best); err != nil {
			return nil, err
		}
	}
	return s.best[:min(o.K, len(s.best))], nil
}

type searcher struct {
	embed       Embed
	query       []float32
	most        int
	batch       []Hit
	best        []Hit // in order
	done, total int64
	progress    func(done, total int64)
}

func (s *searcher) row(ctx context.Context, r *format.Row) error {
	s.batch = append(s.batch, Hit{ID: r.ID, Split: r.Split, Time: r.Time, Turn: r.Asked(), Reply: r.Reply()})
	if len(s.batch) < batchSize {
		return nil
	}
	return s.flush(ctx)
}

func (s *searcher) flush(ctx context.Context) error {
	if len(s.batch) == 0 {
		return nil
	}
	if err := score(ctx, s.embed, s.query, s.batch); err != nil {
		return err
	}
	s.best = ranked(append(s.best, s.batch...))
	s.best = s.best[:min(s.most, len(s.best))]
	s.done += int64(len(s.batch))
	s.batch = s.batch[:0]
	if s.progress != nil {
		s.progress(s.done, s.total)
	}
	return ctx.Err()
}

// again ranks hits by another embedding.
func again(ctx context.Context, embed Embed, query string, hits []Hit) error {
	vector, err := one(ctx, embed, query)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(hits, batchSize) {
		if err := score(ctx, embed, vector, part); err != nil {
			return err
		}
	}
	ranked(hits)
	return nil
}

func one(ctx context.Context, embed Embed, text string) ([]float32, error) {
	vectors, err := embed(ctx, []string{text})
	if err != nil {
		return nil, fmt.Errorf("embed the text: %w", err)
	}
	return vectors[0], nil
}

func score(ctx context.Context, embed Embed, query []float32, hits []Hit) error {
	texts := make([]string, len(hits))
	for i, h := range hits {
		texts[i] = h.Turn + "\n" + h.Reply
	}
	vectors, err := embed(ctx, texts)
	if err != nil {
		return fmt.Errorf("embed exchanges: %w", err)
	}
	for i := range hits {
		hits[i].Score = cosine(query, vectors[i])
	}
	return nil
}

// ranked puts the best first; of equal ones the earlier.
func ranked(hits []Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Time, b.Time), cmp.Compare(a.ID, b.ID))
	})
	return hits
}

func cosine(a, b []float32) float64 {
	var dot, x, y float64
	for i := range min(len(a), len(b)) {
		dot += float64(a[i]) * float64(b[i])
		x += float64(a[i]) * float64(a[i])
		y += float64(b[i]) * float64(b[i])
	}
	if x == 0 || y == 0 {
		return 0
	}
	return dot / math.Sqrt(x*y)
}

// errFound ends the reading of a file.
var errFound = errors.New("found")

func ignore(err, this error) error {
	if errors.Is(err, this) {
		return nil
	}
	return err
}

// Find is the example with an id, or nil.
func Find(dir, id string) (*format.Row, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	var found *format.Row
	for _, split := range m.Splits {
		path := filepath.Join(dir, manifest.DataDir, split.Name+".parquet")
		if _, err := os.Stat(path); err != nil && split.Examples == 0 {
			continue
		}
		err := format.ReadParquet(path, func(r *format.Row) error {
			if r.ID != id {
				return nil
			}
			own := *r
			found = &own
			return errFound
		})
		if err != nil {
			return found, ignore(err, errFound)
		}
	}
	return nil, nil
}
