package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/llm-city/gorod/core/parquet"
	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
)

// writeBatch is how many examples are handed to the writers at a time.
const writeBatch = 512

// write writes the examples: as Parquet and as JSON Lines side by side.
func (b *builder) write(ctx context.Context) error {
	for _, dir := range append([]string{manifest.DataDir}, b.recipe.Formats...) {
		if err := os.MkdirAll(filepath.Join(b.dir, dir), 0o755); err != nil {
			return fmt.Errorf("make room for examples: %w", err)
		}
	}
	summary := newSummary(b.census)
	outputs := []func(<-chan []format.Row) error{
		b.parquet,
		func(rows <-chan []format.Row) error {
			return each(rows, func(r *format.Row) error { summary.add(r); return nil })
		},
	}
	for _, style := range b.recipe.Formats {
		outputs = append(outputs, func(rows <-chan []format.Row) error { return b.lines(format.Style(style), rows) })
	}
	if err := fanOut(ctx, outputs, b.rows); err != nil {
		return err
	}
	summary.into(b.manifest)
	return nil
}

func each(rows <-chan []format.Row, do func(*format.Row) error) error {
	for batch := range rows {
		for i := range batch {
			if err := do(&batch[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// rows hands over the examples that are left, with what the stages found.
func (b *builder) rows(ctx context.Context, hand func([]format.Row) error) error {
	x := b.examples
	total, done := x.left(), int64(0)
	batch := make([]format.Row, 0, writeBatch)
	err := b.eachKept(func(i int, r *format.Row) error {
		row := *r
		row.Threads, row.Origins, row.Turns = slices.Clone(r.Threads), slices.Clone(r.Origins), slices.Clone(r.Turns)
		row.Split, row.Cluster = x.to[i].String(), int64(x.cluster[i])
		if err := b.beside(i, &row); err != nil {
			return err
		}
		done++
		if batch = append(batch, row); len(batch) < writeBatch {
			return nil
		}
		b.progress(stageWrite, "examples", done, total)
		full := batch
		batch = make([]format.Row, 0, writeBatch)
		return errors.Join(hand(full), ctx.Err())
	})
	if err != nil {
		return err
	}
	b.progress(stageWrite, "examples", done, total)
	return hand(batch)
}

// beside puts the exchanges beside an example that were found for it.
func (b *builder) beside(i int, row *format.Row) error {
	if b.examples.found == nil {
		return nil
	}
	for _, h := range b.examples.found[i] {
		other, err := b.examples.spool.at(int(h.exchange))
		if err != nil {
			return err
		}
		row.Retrieved = append(row.Retrieved, retrieved(other, h.score))
	}
	return nil
}

// parquet writes a file for each split.
func (b *builder) parquet(rows <-chan []format.Row) (err error) {
	files := map[string]*parquet.Writer[format.Row]{}
	defer func() {
		for _, name := range format.Splits() {
			f := files[name]
			if f == nil {
				continue
			}
			if err == nil {
				err = f.Close()
			}
			f.Discard()
		}
	}()
	for batch := range rows {
		for from := 0; from < len(batch); {
			name, to := batch[from].Split, from+1
			for to < len(batch) && batch[to].Split == name {
				to++
			}
			if files[name] == nil {
				path := filepath.Join(b.dir, manifest.DataDir, name+".parquet")
				if files[name], err = format.CreateParquet(path, map[string]string{"gorod.dataset": b.recipe.Name}); err != nil {
					return err
				}
			}
			if err := files[name].Write(batch[from:to]); err != nil {
				return err
			}
			from = to
		}
	}
	return nil
}

// lines writes a file of JSON Lines for each split.
func (b *builder) lines(style format.Style, rows <-chan []format.Row) (err error) {
	writer := format.Writer{Style: style, System: b.recipe.System, Token: b.recipe.Dialogue.Token}
	files := map[string]*bufio.Writer{}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", style, err)
		}
	}()
	var line []byte
	var close []func() error
	for batch := range rows {
		for i := range batch {
			name := batch[i].Split
			if files[name] == nil {
				f, err := os.Create(filepath.Join(b.dir, string(style), name+".jsonl"))
				if err != nil {
					return err
				}
				defer f.Close()
				out := bufio.NewWriterSize(f, 1<<18)
				files[name] = out
				close = append(close, func() error { return errors.Join(out.Flush(), f.Sync()) })
			}
			line = writer.Append(line[:0], &batch[i])
			if _, err := files[name].Write(line); err != nil {
				return err
			}
		}
	}
	for _, done := range close {
		if err := done(); err != nil {
			return err
		}
	}
	return nil
}
