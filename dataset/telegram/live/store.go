package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/llm-city/gorod/dataset/chat"
)

// The files of a chat in an export.
const (
	aboutFile    = "chat.json"      // the chat
	messagesFile = "messages.jsonl" // its messages, in pages: each ascends, the pages do not
	indexFile    = "pages.jsonl"    // what of it counts
)

// about is the chat as chat.json holds it.
type about struct {
	Format   int    `json:"format"`
	Username string `json:"username,omitempty"`
	Finished bool   `json:"finished"` // it was fetched down to its beginning
	chat.Chat
}

const format = 1

// store holds one chat's messages. A page's bytes are made durable first, then
// the line of the index that makes them count; both files only grow. So what a
// killed process leaves is whole pages and a rest that Open cuts off.
type store struct {
	data, index     file
	dataAt, indexAt int64
	pages           []page
	count           int64 // of messages
}

func openStore(on disk, dir string) (s *store, err error) {
	s = &store{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", dir, err), s.close())
		}
	}()
	if s.data, err = on.open(filepath.Join(dir, messagesFile)); err != nil {
		return s, err
	}
	if s.index, err = on.open(filepath.Join(dir, indexFile)); err != nil {
		return s, err
	}
	return s, s.recover()
}

// recover cuts off what a killed process began and did not finish.
func (s *store) recover() error {
	data, err := s.data.Stat()
	if err != nil {
		return err
	}
	index, err := s.index.Stat()
	if err != nil {
		return err
	}
	if s.pages, s.indexAt, err = readIndex(io.NewSectionReader(s.index, 0, index.Size()), data.Size()); err != nil {
		return err
	}
	for _, p := range s.pages {
		s.dataAt, s.count = s.dataAt+p.Size, s.count+int64(p.Count)
	}
	if index.Size() > s.indexAt {
		if err := s.index.Truncate(s.indexAt); err != nil {
			return err
		}
	}
	if data.Size() > s.dataAt {
		return s.data.Truncate(s.dataAt)
	}
	return nil
}

// commit adds messages, ascending, as all that there is in a range of ids.
func (s *store) commit(done ids, messages []chat.Message) error {
	body, err := lines(messages)
	if err != nil {
		return err
	}
	p := page{Low: done.low, High: done.high, At: s.dataAt, Size: int64(len(body)), Count: len(messages), Sum: checksum(body)}
	if len(body) > 0 {
		if err := add(s.data, s.dataAt, body); err != nil {
			return err
		}
	}
	line, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := add(s.index, s.indexAt, append(line, '\n')); err != nil {
		return err
	}
	s.pages, s.count = append(s.pages, p), s.count+int64(p.Count)
	s.dataAt, s.indexAt = s.dataAt+p.Size, s.indexAt+int64(len(line))+1
	return nil
}

func add(to file, at int64, b []byte) error {
	if _, err := to.WriteAt(b, at); err != nil {
		return err
	}
	return to.Sync()
}

func lines(messages []chat.Message) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i := range messages {
		if err := enc.Encode(&messages[i]); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// covered is what is done with.
func (s *store) covered() []ids {
	all := make([]ids, len(s.pages))
	for i, p := range s.pages {
		all[i] = p.ids()
	}
	return all
}

func (s *store) close() error {
	var all error
	for _, f := range []file{s.data, s.index} {
		if f != nil {
			all = errors.Join(all, f.Close())
		}
	}
	return all
}
