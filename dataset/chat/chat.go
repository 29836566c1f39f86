// Package chat holds what a message of a messenger is, whatever it was imported
// from, and how a source hands its messages on. Packages beside it read them
// and make dialogues of them.
package chat

import "context"

// Chat is one conversation of a source.
type Chat struct {
	ID   string `json:"id"` // as the source names it, unique in it
	Name string `json:"name,omitempty"`
	Type string `json:"type,omitempty"` // as the source says: personal_chat, private_group, …
}

// Kind is what a message carries beside or instead of text.
type Kind string

// The kinds.
const (
	Text        Kind = "text"
	Sticker     Kind = "sticker"
	Photo       Kind = "photo"
	Video       Kind = "video"
	VideoNote   Kind = "video_note" // a round one
	Voice       Kind = "voice"
	Audio       Kind = "audio"
	Animation   Kind = "animation"
	File        Kind = "file"
	Poll        Kind = "poll"
	Contact     Kind = "contact"
	Location    Kind = "location"
	Game        Kind = "game"
	Invoice     Kind = "invoice"
	Story       Kind = "story"
	Service     Kind = "service"     // somebody joined, called, pinned, …
	Unsupported Kind = "unsupported" // the source itself says no more
	Unknown     Kind = "unknown"     // of a type that gorod does not know
)

// Message is one message of a chat.
type Message struct {
	ID     int64  `json:"id"`               // within its chat; may be below zero
	Time   int64  `json:"time"`             // Unix seconds
	Edited int64  `json:"edited,omitempty"` // Unix seconds; 0: never
	Kind   Kind   `json:"kind"`
	Sender string `json:"sender,omitempty"` // user123, channel5; empty where the source names nobody
	Name   string `json:"name,omitempty"`   // the sender's, as shown in the source
	// Text is what a reader sees, formatting left out. Stickers have none; their
	// emoji is in Emoji.
	Text  string `json:"text,omitempty"`
	Emoji string `json:"emoji,omitempty"`
	// ReplyTo is the id of the message of the same chat that it answers, 0 where
	// there is none; ReplyChat is set where that message is in another chat.
	ReplyTo   int64  `json:"reply_to,omitempty"`
	ReplyChat string `json:"reply_chat,omitempty"`
	Topic     int64  `json:"topic,omitempty"`   // id of a forum topic's first message
	Forward   string `json:"forward,omitempty"` // whose words these are, where they are forwarded
	Via       string `json:"via,omitempty"`     // bot that wrote it
	Action    string `json:"action,omitempty"`  // of a service message
	Entities  []Span `json:"entities,omitempty"`
	Reactions []Reaction
}

// Span is a part of a Text that means something: a link, a phone number. From
// and To are offsets in bytes.
type Span struct {
	Type string `json:"type"` // as the source names it: phone, email, mention, link, text_link, mention_name, …
	From int    `json:"from"`
	To   int    `json:"to"`
	Ref  string `json:"ref,omitempty"` // where a text_link leads, whom a mention_name names
}

// Reaction is how often an emoji was put to a message.
type Reaction struct {
	Emoji string `json:"emoji"`
	Count int    `json:"count"`
}

// Sink takes what a source reads. A Message and all that it holds is good only
// until the call returns. An error ends the reading and is returned by Read.
type Sink interface {
	// Chat begins a chat; the messages that follow belong to it. The messages of
	// a chat may come in parts, when other chats lie between.
	Chat(Chat) error
	Message(*Message) error
}

// Source reads messages.
type Source interface {
	// Read hands over everything in the source's order, in constant memory. The
	// Report says what was read also where it ends with an error.
	Read(ctx context.Context, into Sink) (Report, error)
}

// Report is what a source found, whatever became of it later.
type Report struct {
	Chats    int64            `json:"chats"`
	Messages int64            `json:"messages"`
	Bytes    int64            `json:"bytes"` // read
	Kinds    map[Kind]int64   `json:"kinds"`
	Counts   map[string]int64 `json:"counts,omitempty"` // what was repaired, passed over or is not known, by a short English name
	Warnings []Warning        `json:"warnings,omitempty"`
}

// Warning is something that a user should know about a source.
type Warning struct {
	Offset int64  `json:"offset,omitempty"` // in bytes, or the line of a text table
	Text   string `json:"text"`
}
