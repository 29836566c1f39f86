package build

import (
	"hash/fnv"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/split"
)

// examples are those of a build: their texts on disk, and in memory what the
// stages decide by.
type examples struct {
	spool   *spool
	asked   []int64  // when the turn was said that is answered, Unix seconds
	replied []int64  // when the reply ended
	thread  []uint64 // hash of its session
	chat    []uint32
	target  []uint32
	cluster []uint32 // the earliest example that says nearly the same
	to      []split.Split
	found   [][]hit // exchanges that stand beside it; nil: none are asked for
	numbers map[string]uint32
}

func newExamples(dir string) (*examples, error) {
	s, err := newSpool(dir)
	return &examples{spool: s, numbers: map[string]uint32{}}, err
}

// add takes the next example.
func (x *examples) add(record []byte, e *madeExample) error {
	x.asked = append(x.asked, e.asked)
	x.replied = append(x.replied, e.replied)
	x.thread = append(x.thread, hashOf(e.threads[0]))
	x.chat = append(x.chat, x.number(e.chat))
	x.target = append(x.target, x.number(e.target))
	return x.spool.add(record, e.tail)
}

// hashOf tells names apart of which there are too many to number.
func hashOf(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// number is the number of a name, from 0.
func (x *examples) number(name string) uint32 {
	n, ok := x.numbers[name]
	if !ok {
		n = uint32(len(x.numbers))
		x.numbers[name] = n
	}
	return n
}

// seal ends the adding.
func (x *examples) seal() error {
	x.to = make([]split.Split, len(x.asked))
	for i := range x.to {
		x.to[i] = split.Train
	}
	return x.spool.seal()
}

// kept reports whether no stage left an example out.
func (x *examples) kept(i int) bool { return x.to[i] != split.Dropped }

func (x *examples) left() (n int64) {
	for i := range x.to {
		if x.kept(i) {
			n++
		}
	}
	return n
}

// exchange is the text that duplicates are found by.
func (x *examples) exchange(i uint32) (string, error) { return x.spool.exchange(int(i)) }

// retrieved is an exchange as it stands beside another.
func retrieved(r *format.Row, score float32) format.Retrieved {
	return format.Retrieved{ID: r.ID, Time: r.Time, Turn: r.Turns[len(r.Turns)-2].Text, Reply: r.Reply(), Score: float64(score)}
}
