package dedup

import "github.com/llm-city/gorod/dataset/dedup/spill"

// A batch goes to a worker when it holds so much.
const (
	batchItems = 2048
	batchBytes = 256 << 10
)

type batch struct {
	items []uint32
	ends  []int
	bytes []byte
}

func (b *batch) add(item uint32, text string) {
	b.items = append(b.items, item)
	b.bytes = append(b.bytes, text...)
	b.ends = append(b.ends, len(b.bytes))
}

func (b *batch) full() bool { return len(b.items) >= batchItems || len(b.bytes) >= batchBytes }

func (b *batch) reset() {
	b.items, b.ends, b.bytes = b.items[:0], b.ends[:0], b.bytes[:0]
	if cap(b.bytes) > 2*batchBytes {
		b.bytes = nil // one very long text
	}
}

// sign is a worker: it writes what batches of texts are grouped by.
func (d *Dedup) sign() {
	defer d.signers.Done()
	w := newWorker(d)
	for b := range d.work {
		if d.failed.Load() == nil {
			d.fail(w.batch(b))
		}
		b.reset()
		d.free <- b
	}
	d.fail(w.out.Flush())
}

func (d *Dedup) fail(err error) {
	if err != nil {
		d.failed.CompareAndSwap(nil, &err)
	}
}

// worker makes the records of texts.
type worker struct {
	dedup    *Dedup
	normal   *normalizer
	shingles []uint64
	signers  []*signer
	recent   []seen
	out      *spill.Writer
}

// seen is a text that came by not long ago.
type seen struct {
	hi, lo uint64
	item   uint32
	known  bool
}

// recentTexts is how many texts a worker remembers. Most repeats in chats are
// of a few stock phrases; those that are remembered need no record of their
// hash and no signature.
const recentTexts = 1 << 14

func newWorker(d *Dedup) *worker {
	w := &worker{dedup: d, normal: newNormalizer(), recent: make([]seen, recentTexts), out: d.file.Writer()}
	for _, plan := range d.plans {
		w.signers = append(w.signers, newSigner(plan.Hashes()))
	}
	return w
}

func (w *worker) batch(b *batch) error {
	from := 0
	for i, item := range b.items {
		if err := w.text(item, b.bytes[from:b.ends[i]]); err != nil {
			return err
		}
		from = b.ends[i]
	}
	return nil
}

func (w *worker) text(item uint32, text []byte) error {
	runes := w.normal.normalize(text)
	if len(runes) < w.dedup.opts.Alone {
		return nil
	}
	hi, lo := w.normal.digest(runes)
	slot := &w.recent[hi%recentTexts]
	if slot.known && slot.hi == hi && slot.lo == lo && slot.item < item { // the earliest is never left out
		return w.out.Put(linkPart, spill.Record{Key: uint64(slot.item), Item: item})
	}
	*slot = seen{hi, lo, item, true}
	if err := w.out.Put(exactPart+int(lo%exactParts), spill.Record{Key: hi, More: lo, Item: item}); err != nil {
		return err
	}
	first := 0
	for class, plan := range w.dedup.plans {
		if w.dedup.opts.within(len(runes), class) {
			if err := w.bands(item, runes, class, first); err != nil {
				return err
			}
		}
		first += plan.Bands
	}
	return nil
}

// bands writes the record of each band of a text's signature.
func (w *worker) bands(item uint32, runes []rune, class, first int) error {
	w.shingles = shingles(w.shingles, runes, w.dedup.opts.Classes[class].Shingle)
	signature := w.signers[class].sign(w.shingles)
	rows := w.dedup.plans[class].Rows
	more, rest := sketch(signature)
	for i := 0; i < len(signature); i += rows {
		key := bandKey(signature[i : i+rows])
		part := w.dedup.bands[first+i/rows].part + int(key%bandParts)
		if err := w.out.Put(part, spill.Record{Key: key, More: more, Rest: rest, Item: item}); err != nil {
			return err
		}
	}
	return nil
}
