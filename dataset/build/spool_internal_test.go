package build

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/llm-city/gorod/dataset/format"
)

// rowOf is an example made of a seed: what a fuzzer can think of.
func rowOf(id, text string, topic int32, time int64, turns uint8) format.Row {
	r := format.Row{ID: id, Chat: text + "ч", Threads: []string{id, ""}, Topic: topic, Time: time, Target: "me", Role: text, Origins: strings.Fields(text)}
	for i := range int(turns%9) + 2 {
		r.Turns = append(r.Turns, format.Turn{Role: format.User, Speaker: id, Time: time - int64(i), Messages: topic, Text: strings.Repeat(text, i)})
	}
	return r
}

func spoolOf(t testing.TB, rows ...format.Row) *spool {
	t.Helper()
	s, err := newSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	for i := range rows {
		record, tail := encode(nil, &rows[i])
		if s.added() != i {
			t.Errorf("%d were added, not %d", s.added(), i)
		}
		if err := s.add(record, tail); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.seal(); err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzExamplesComeBackAsTheyWere(f *testing.F) {
	f.Add("chat-1/0/5", "привет\nкак дела", int32(1), int64(1_700_000_000_000), uint8(0))
	f.Add("", "", int32(-1), int64(-5), uint8(7))
	f.Add("\xff", "\x00", int32(1<<30), int64(-1<<62), uint8(255))
	f.Fuzz(func(t *testing.T, id, text string, topic int32, time int64, turns uint8) {
		if len(text) > 1<<12 {
			return
		}
		rows := []format.Row{rowOf(id, text, topic, time, turns), rowOf(text, id, -topic, -time, turns+1), rowOf("", "", 0, 0, 0)}
		s := spoolOf(t, rows...)
		same := cmpopts.EquateEmpty()
		n := 0
		err := s.each(func(int) bool { return true }, func(i int, r *format.Row) error {
			n++
			if diff := cmp.Diff(rows[i], *r, same); diff != "" {
				t.Errorf("in order: %s", diff)
			}
			return nil
		})
		if err != nil || n != len(rows) || s.count() != n {
			t.Fatalf("%d: %v", n, err)
		}
		for i := range slices.Backward(rows) {
			r, err := s.at(i)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(rows[i], *r, same); diff != "" {
				t.Errorf("by number: %s", diff)
			}
			if got, err := s.exchange(i); err != nil || got != rows[i].Exchange() {
				t.Errorf("exchange %q, want %q: %v", got, rows[i].Exchange(), err)
			}
		}
	})
}

func FuzzARecordThatWasChangedIsRefusedOrRead(f *testing.F) {
	row := rowOf("chat-1/0/5", "привет", 1, 5, 3)
	record, _ := encode(nil, &row)
	f.Add(record)
	f.Add(record[:len(record)/2])
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, record []byte) {
		var r format.Row
		if err := decode(record, &r); err != nil {
			return
		}
		again, _ := encode(nil, &r)
		var second format.Row
		if err := decode(again, &second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, second, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHalfARecordIsRefused(t *testing.T) {
	t.Parallel()
	row := rowOf("chat-1/0/5", "привет", 1, 5, 3)
	record, _ := encode(nil, &row)
	for n := range record {
		if err := decode(record[:n], &format.Row{}); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(record))
		}
	}
}
