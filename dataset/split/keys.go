package split

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/llm-city/gorod/dataset/dedup/spill"
)

// kind is what a key names.
type kind int

const (
	threadKey kind = iota
	clusterKey
	originKey
	idKey
	kinds
)

// keyParts is into how many parts the keys of a kind are spilled.
const keyParts = 16

// keyer writes what examples have that others may have too.
type keyer struct {
	out    *spill.Writer
	buffer []byte
}

// hash is 127 bits of SHA-256 of a kind and a name; the lowest of more is free.
func (k *keyer) hash(of kind, name string) (key, more uint64) {
	k.buffer = append(append(k.buffer[:0], byte(of)), name...)
	sum := sha256.Sum256(k.buffer)
	return binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16]) &^ 1
}

func (k *keyer) put(of kind, name string, item uint32) error { return k.flagged(of, name, item, 0) }

// flagged puts a record of which the lowest bit of More says something.
func (k *keyer) flagged(of kind, name string, item uint32, flag uint64) error {
	key, more := k.hash(of, name)
	return k.out.Put(int(of)*keyParts+int(key%keyParts), spill.Record{Key: key, More: more | flag, Item: item})
}

// example writes all that ties an example to others.
func (k *keyer) example(item uint32, e *Example) error {
	for _, thread := range e.Threads {
		if err := k.put(threadKey, thread, item); err != nil {
			return err
		}
	}
	for _, origin := range e.Origins {
		if err := k.put(originKey, origin, item); err != nil {
			return err
		}
	}
	for i, cluster := range e.Clusters {
		if err := k.put(clusterKey, strconv.Itoa(i)+" "+strconv.FormatInt(cluster, 10), item); err != nil {
			return err
		}
	}
	return nil
}

// eachKey visits the records of each key of a kind that has more than one, in
// the order of their flags and items.
func eachKey(ctx context.Context, file *spill.File, of kind, visit func([]spill.Record)) error {
	for part := range keyParts {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("split: %w", err)
		}
		records, err := file.Load(int(of)*keyParts + part)
		if err != nil {
			return fmt.Errorf("split: %w", err)
		}
		err = spill.Groups(records, true, func(group []spill.Record) error {
			for from := 0; from < len(group); {
				to := from + 1
				for to < len(group) && group[to].More>>1 == group[from].More>>1 {
					to++
				}
				visit(group[from:to])
				from = to
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("split: %w", err)
		}
	}
	return nil
}
