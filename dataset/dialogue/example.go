// Package dialogue makes dialogues of the messages of chats: bursts are joined,
// sessions and topics are told apart, and every reply of a target speaker
// becomes an example with what came before it.
package dialogue

// Turn is what one speaker said without anybody else speaking in between: one
// message or a burst of them, joined by the recipe's burst token.
type Turn struct {
	Speaker string  `json:"speaker"` // id of the source
	Name    string  `json:"name,omitempty"`
	Time    int64   `json:"time"` // of its first message, Unix seconds
	End     int64   `json:"end"`  // of its last
	IDs     []int64 `json:"ids"`  // of its messages
	ReplyTo int64   `json:"reply_to,omitempty"`
	Topic   int64   `json:"topic,omitempty"`
	Forward string  `json:"forward,omitempty"` // origin, where it is forwarded
	Text    string  `json:"text"`
	Bursts  int     `json:"bursts"` // messages joined
}

// Session is a stretch of a chat without a long silence, and within it one
// topic where topics are told apart.
type Session struct {
	Chat  string `json:"chat"`
	Index int    `json:"index"` // within the chat, from 0
	Topic int    `json:"topic"` // within the session, from 0
	Turns []Turn `json:"turns"`
}

// Example is one reply of a target speaker with what it answers.
type Example struct {
	ID      string `json:"id"` // the same for the same messages: chat/session/first id of the reply
	Chat    string `json:"chat"`
	Session int    `json:"session"`
	Time    int64  `json:"time"`   // of the reply
	Target  string `json:"target"` // who replies
	Role    string `json:"role"`   // of the counterpart: friend, parent, stranger, …; from the participants file
	// Turns end with the reply. Those of the target are the assistant's.
	Turns []Turn `json:"turns"`
	// Retrieved are earlier exchanges that are like this one, the most alike
	// first; never from later than the turn that is answered.
	Retrieved []Exchange `json:"retrieved,omitempty"`
}

// Exchange is an earlier turn and the target's reply to it.
type Exchange struct {
	Time  int64   `json:"time"` // of the reply
	Turn  string  `json:"turn"`
	Reply string  `json:"reply"`
	Score float64 `json:"score"`
}
