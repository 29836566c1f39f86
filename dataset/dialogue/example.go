// Package dialogue makes dialogues of the messages of chats: chats are parted
// into stretches by silence, bursts are joined to turns, stretches are parted
// by topic, and the turns of a target speaker become examples with what they
// answer. A stretch is worked on by itself, so that many can be at a time.
package dialogue

// Turn is what one speaker said without anybody else speaking in between: one
// message or a burst of them, joined by the recipe's burst token.
type Turn struct {
	Speaker string  // id of the source
	Time    int64   // of its first message, Unix seconds
	End     int64   // of its last
	IDs     []int64 // of its messages
	ReplyTo int64   // id of the message that its first answers; 0: none
	Forward string  // whose words these are, where they are forwarded
	Text    string
	Bursts  int // messages joined
}

// Example is what a target speaker said, with what it answers.
type Example struct {
	Chat   string
	Thread int64 // forum topic of the chat
	Index  int   // of the stretch
	Topic  int   // within the stretch
	Time   int64 // of the last turn, Unix seconds
	// Turns end with one of the target. Those of the target are the assistant's.
	Turns []Turn
	// Earlier are the stretches before this one that turns are taken from.
	Earlier []int
}

// Reason says why a turn of the target became no example.
type Reason string

// The reasons.
const (
	Opens     Reason = "opens"     // it answers nobody: it begins the conversation
	Follows   Reason = "follows"   // it goes on with what the target said itself
	Orphan    Reason = "orphan"    // it answers a message that is not there
	Forwarded Reason = "forwarded" // these are the words of somebody else
)
