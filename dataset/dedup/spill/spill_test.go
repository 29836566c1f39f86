package spill_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

func TestGroupsAreTheRecordsOfAKeyWhoeverWroteThem(t *testing.T) {
	t.Parallel()
	const parts, items, keys = 4, 50_000, 30_000
	f, err := spill.Create(t.TempDir(), parts)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(1, 1))
	want := map[uint64][]uint32{}
	var records []spill.Record
	for i := range uint32(items) {
		key := r.Uint64N(keys)
		want[key] = append(want[key], i)
		records = append(records, spill.Record{Key: key, More: key * 3, Rest: key * 5, Item: i})
	}
	var group sync.WaitGroup
	for w := range 3 {
		group.Go(func() {
			out := f.Writer()
			for i := w; i < len(records); i += 3 {
				if err := out.Put(int(records[i].Key%parts), records[i]); err != nil {
					t.Error(err)
				}
			}
			if err := out.Flush(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	read := 0
	for part := range parts {
		loaded, err := f.Load(part)
		if err != nil || len(loaded) != f.Len(part) {
			t.Fatalf("%d of %d records, %v", len(loaded), f.Len(part), err)
		}
		read += len(loaded)
		var last uint64
		err = spill.Groups(loaded, false, func(g []spill.Record) error {
			var got []uint32
			for _, r := range g {
				if r.Key != g[0].Key || r.More != r.Key*3 || r.Rest != r.Key*5 {
					t.Errorf("%+v among those of %d", r, g[0].Key)
				}
				got = append(got, r.Item)
			}
			if g[0].Key < last || !slices.Equal(got, want[g[0].Key]) {
				t.Errorf("key %d after %d: items %v, want %v", g[0].Key, last, got, want[g[0].Key])
			}
			last = g[0].Key
			delete(want, g[0].Key)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key, left := range want {
		if len(left) > 1 {
			t.Errorf("key %d of %v was never shown", key, left)
		}
	}
	if read != items || f.Bytes() != items*28 {
		t.Errorf("%d records in %d bytes", read, f.Bytes())
	}
}

func TestGroupsInTheOrderOfMore(t *testing.T) {
	t.Parallel()
	records := []spill.Record{{1, 9, 0, 1}, {2, 0, 0, 5}, {1, 3, 0, 7}, {1, 9, 0, 0}}
	var got []spill.Record
	err := spill.Groups(records, true, func(g []spill.Record) error {
		got = append(got, g...)
		return nil
	})
	if want := []spill.Record{{1, 3, 0, 7}, {1, 9, 0, 0}, {1, 9, 0, 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	stop := errors.New("stop")
	if err := spill.Groups(records, true, func([]spill.Record) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the visitor's error is %v", err)
	}
}

func TestWritingToAFileThatIsGoneFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := spill.Create(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	out := f.Writer()
	if err := out.Put(0, spill.Record{Key: 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("flush: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
