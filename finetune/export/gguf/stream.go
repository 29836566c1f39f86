package gguf

import (
	"context"
	"crypto/sha256"
	"hash"
	"runtime"
	"sync"
	"sync/atomic"
)

// streaming is a file that is being written: its beginning as it is, then the
// chunks. Workers convert chunks and write each to its place; the hash follows
// in the order of the file, so that the digest is known when the last byte is
// written.
type streaming struct {
	out    output
	head   []byte
	chunks []chunk
	total  int64
	digest bool // the hash is wanted
	table  *halves
	next   atomic.Int64
}

func newStreaming(out output, head []byte, chunks []chunk, total int64) *streaming {
	return &streaming{out: out, head: head, chunks: chunks, total: total, table: newHalves()}
}

// run writes the file and gives its hash, where it is wanted.
func (s *streaming) run(ctx context.Context, progress func(done, total int64)) (hash.Hash, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if err := s.out.Reserve(s.total); err != nil {
		return nil, s.failed("", err)
	}
	if _, err := s.out.WriteAt(s.head, 0); err != nil {
		return nil, s.failed("", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done, free := make(chan written, 2*workers()), s.buffers()
	var group sync.WaitGroup
	for range workers() {
		group.Go(func() {
			if err := s.work(ctx, free, done); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		group.Wait()
		close(done)
	}()
	sum := s.follow(done, free, progress)
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if err := s.out.Sync(); err != nil {
		return nil, s.failed("", err)
	}
	return sum, nil
}

func workers() int { return max(runtime.GOMAXPROCS(0), 2) }

func (s *streaming) failed(tensor string, err error) error {
	return failedIO(s.out.Name(), tensor, err)
}

// written is a chunk that is in its place, and its bytes for the hash.
type written struct {
	number int
	data   []byte
	buf    []byte
}

// buffers are as many as bound the memory that a conversion takes.
func (s *streaming) buffers() chan []byte {
	largest := int64(0)
	for _, c := range s.chunks {
		largest = max(largest, c.size)
	}
	free := make(chan []byte, 3*workers())
	for range cap(free) {
		free <- make([]byte, largest+alignment)
	}
	return free
}

// work converts chunks until there are none. A buffer is held before a chunk is
// taken: so the chunk that the hash waits for always has one.
func (s *streaming) work(ctx context.Context, free <-chan []byte, done chan<- written) error {
	var spare []byte
	for {
		var buf []byte
		select {
		case <-ctx.Done():
			return nil
		case buf = <-free:
		}
		i := int(s.next.Add(1)) - 1
		if i >= len(s.chunks) {
			return nil
		}
		c := &s.chunks[i]
		if spare == nil && c.heads > 0 {
			spare = make([]byte, len(buf))
		}
		data, err := c.read(buf, spare, s.table)
		if err != nil {
			return err
		}
		if _, err := s.out.WriteAt(data, c.to); err != nil {
			return s.failed(c.rule.name, err)
		}
		if c.heads > 0 {
			buf, spare = spare, buf // the data may lie in it
		}
		select {
		case <-ctx.Done():
			return nil
		case done <- written{number: i, data: data, buf: buf}:
		}
	}
}

// follow hashes the chunks in their order, and gives their buffers back.
func (s *streaming) follow(done <-chan written, free chan<- []byte, progress func(done, total int64)) hash.Hash {
	sum := sha256.New()
	sum.Write(s.head)
	waiting := map[int]written{}
	next, bytes, flushed := 0, int64(len(s.head)), int64(0)
	for w := range done {
		waiting[w.number] = w
		for {
			w, ok := waiting[next]
			if !ok {
				break
			}
			delete(waiting, next)
			if s.digest {
				sum.Write(w.data)
			}
			bytes += int64(len(w.data))
			next++
			free <- w.buf
			progress(bytes, s.total)
			if bytes-flushed >= flushBytes {
				s.out.Written(bytes)
				flushed = bytes
			}
		}
	}
	return sum
}
