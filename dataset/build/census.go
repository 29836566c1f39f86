package build

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/dataset/chat"
)

// census counts who and what is in the sources before anything is built: names
// are known before the first text is cleaned, and pseudonyms do not depend on
// how the work is divided.
type census struct {
	open   *chatCount
	chats  []*chatCount // in the order of the sources
	byChat map[string]*chatCount
	people []*personCount // in the order of their first messages
	byID   map[string]*personCount
	posts  map[uint64]int // forwarded posts, numbered from 1 in their order
	first  int64          // Unix seconds of the earliest message; 0: none
	last   int64
	total  int64
}

type chatCount struct {
	chat.Chat
	pseudonym string
	messages  int64
	speakers  map[string]bool
}

type personCount struct {
	id, name string
	messages int64
}

func newCensus() *census {
	return &census{byChat: map[string]*chatCount{}, byID: map[string]*personCount{}, posts: map[uint64]int{}}
}

// Chat implements chat.Sink.
func (c *census) Chat(info chat.Chat) error {
	known := c.byChat[info.ID]
	if known == nil {
		known = &chatCount{
			Chat:      chat.Chat{ID: strings.Clone(info.ID), Name: strings.Clone(info.Name), Type: strings.Clone(info.Type)},
			pseudonym: "chat-" + strconv.Itoa(len(c.chats)+1), speakers: map[string]bool{},
		}
		c.byChat[known.ID] = known
		c.chats = append(c.chats, known)
	}
	c.open = known
	return nil
}

// Message implements chat.Sink.
func (c *census) Message(m *chat.Message) error {
	c.total++
	c.open.messages++
	if m.Time > 0 {
		if c.first == 0 || m.Time < c.first {
			c.first = m.Time
		}
		c.last = max(c.last, m.Time)
	}
	if m.Forward != "" {
		if key := postKey(m); c.posts[key] == 0 {
			c.posts[key] = len(c.posts) + 1
		}
	}
	if m.Sender != "" {
		c.person(m)
	}
	return nil
}

func (c *census) person(m *chat.Message) {
	p := c.byID[m.Sender]
	if p == nil {
		p = &personCount{id: strings.Clone(m.Sender)}
		c.byID[p.id] = p
		c.people = append(c.people, p)
	}
	p.messages++
	if m.Name != "" && p.name != m.Name {
		p.name = strings.Clone(m.Name)
	}
	if !c.open.speakers[p.id] {
		c.open.speakers[p.id] = true
	}
}

// post is the pseudonym of a forwarded post.
func (c *census) post(m *chat.Message) string { return "post-" + strconv.Itoa(c.posts[postKey(m)]) }

// postKey tells forwarded posts apart: the same words of the same origin are
// one.
func postKey(m *chat.Message) uint64 {
	h := fnv.New64a()
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(m.Forward)))
	h.Write(length[:])
	h.Write([]byte(m.Forward))
	h.Write([]byte(m.Text))
	return h.Sum64()
}
