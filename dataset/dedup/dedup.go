package dedup

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// Parts of the spilled records. Bands follow, each in bandParts parts.
const (
	linkPart   = 0 // Key is an earlier item with the same text
	exactPart  = 1 // Key and More are the hash of a text
	exactParts = 16
	bandParts  = 8
	firstBand  = exactPart + exactParts
)

// band is one band of a class's signatures.
type band struct {
	class int
	part  int // first of its parts
}

// Dedup takes texts and then groups them. Add is for one goroutine.
type Dedup struct {
	opts  Options
	plans []Banding // of each class
	bands []band
	file  *spill.File

	items   uint32 // one above the highest
	filling *batch
	work    chan *batch
	free    chan *batch
	signers sync.WaitGroup
	failed  atomic.Pointer[error]
	sealed  bool
}

// New takes texts; what is needed to group them is written to a temporary file
// in a directory ("" for that of the system), about 0.5 KB per text of 20
// characters or more, and 28 bytes per shorter one.
func New(dir string, opts Options) (*Dedup, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	d := &Dedup{opts: opts, work: make(chan *batch, opts.Workers), free: make(chan *batch, 2*opts.Workers+1)}
	parts := firstBand
	for i, c := range opts.Classes {
		plan := NewBanding(c.Threshold)
		d.plans = append(d.plans, plan)
		for range plan.Bands {
			d.bands = append(d.bands, band{class: i, part: parts})
			parts += bandParts
		}
	}
	if d.file, err = spill.Create(dir, parts); err != nil {
		return nil, err
	}
	for range cap(d.free) {
		d.free <- &batch{}
	}
	d.filling = <-d.free
	for range opts.Workers {
		d.signers.Add(1)
		go d.sign()
	}
	return d, nil
}

// ErrSealed says that the texts have been grouped already.
var ErrSealed = errors.New("dedup: texts are grouped already")

// Add takes the text of an item, which may be any number; each item is added
// once. Items that are never added are alone. An error of writing may be
// returned for a later item.
func (d *Dedup) Add(item uint32, text string) error {
	if d.sealed {
		return ErrSealed
	}
	d.items = max(d.items, item+1)
	d.filling.add(item, text)
	if !d.filling.full() {
		return nil
	}
	return d.hand()
}

// hand gives the batch to a worker and takes an empty one.
func (d *Dedup) hand() error {
	if err := d.failed.Load(); err != nil {
		return *err
	}
	d.work <- d.filling
	d.filling = <-d.free
	return nil
}

// seal ends the adding of texts.
func (d *Dedup) seal() error {
	if d.sealed {
		return ErrSealed
	}
	d.sealed = true
	d.work <- d.filling
	close(d.work)
	d.signers.Wait()
	if err := d.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Close removes the temporary file.
func (d *Dedup) Close() error {
	if !d.sealed {
		d.sealed = true
		close(d.work)
		d.signers.Wait()
	}
	return d.file.Close()
}

// Text gives the text of an item again. It is called by several goroutines at a
// time.
type Text func(item uint32) (string, error)

// Clusters groups the texts: equal ones, near-duplicates, and what is joined by
// those. Candidates are verified on their texts; where text is nil, their
// sketches decide, which tell a similarity to about 0.08.
func (d *Dedup) Clusters(ctx context.Context, text Text) (*Clusters, error) {
	if err := d.seal(); err != nil {
		return nil, err
	}
	c := newClusters(d.items)
	if err := d.equal(ctx, c); err != nil {
		return nil, err
	}
	pools := d.verifiers(text)
	for _, b := range d.bands {
		if err := d.near(ctx, c, b, pools[b.class]); err != nil {
			return nil, err
		}
	}
	c.count()
	return c, nil
}
