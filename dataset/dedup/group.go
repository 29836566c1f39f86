package dedup

import (
	"context"
	"fmt"
	"sync"

	"github.com/llm-city/gorod/dataset/dedup/spill"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

// equal joins the items of the same text.
func (d *Dedup) equal(ctx context.Context, c *Clusters) error {
	var mu sync.Mutex
	err := d.parts(ctx, exactPart, exactParts, func(records []spill.Record) error {
		return spill.Groups(records, true, func(group []spill.Record) error {
			mu.Lock()
			defer mu.Unlock()
			for i := range group[1:] {
				if a, b := group[i], group[i+1]; a.More == b.More {
					c.of.Union(a.Item, b.Item)
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	if err := d.file.Each(linkPart, func(r spill.Record) { c.of.Union(uint32(r.Key), r.Item) }); err != nil {
		return fmt.Errorf("dedup: %w", err)
	}
	c.of.Flatten()
	for i, root := range c.of {
		if root != uint32(i) {
			c.setEqual(uint32(i))
		}
	}
	return nil
}

// near joins the near-duplicates that share one band. Within it every item is
// in one bucket only, and buckets see the clusters as they were before the
// band, so that the outcome is the same in whatever order they are done.
func (d *Dedup) near(ctx context.Context, c *Clusters, b band, pool *verifiers) error {
	var mu sync.Mutex
	var joined [][2]uint32
	err := d.parts(ctx, b.part, bandParts, func(records []spill.Record) error {
		v := pool.get()
		defer pool.put(v)
		v.pairs = v.pairs[:0]
		err := spill.Groups(records, false, func(group []spill.Record) error { return v.bucket(c, group) })
		mu.Lock()
		defer mu.Unlock()
		joined = append(joined, v.pairs...)
		return err
	})
	if err != nil {
		return err
	}
	for _, pair := range joined {
		c.of.Union(pair[0], pair[1])
	}
	c.of.Flatten()
	return nil
}

// parts visits the records of parts, several at a time.
func (d *Dedup) parts(ctx context.Context, first, count int, visit func([]spill.Record) error) error {
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := range count {
			select {
			case next <- first + i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	room := semaphore.NewWeighted(heldRecords)
	for range d.opts.Workers {
		group.Go(func() error {
			for part := range next {
				if err := d.part(ctx, room, part, visit); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("dedup: %w", err)
	}
	return nil
}

// heldRecords bounds what parts hold in memory at a time, 24 bytes each, as long
// as no part alone is larger.
const heldRecords = 2 << 20

func (d *Dedup) part(ctx context.Context, room *semaphore.Weighted, part int, visit func([]spill.Record) error) error {
	weight := int64(min(d.file.Len(part), heldRecords))
	if err := room.Acquire(ctx, weight); err != nil {
		return err
	}
	defer room.Release(weight)
	records, err := d.file.Load(part)
	if err != nil {
		return err
	}
	return visit(records)
}
