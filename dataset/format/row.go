// Package format holds what an example looks like on disk: the rows of the
// Parquet files, and the chat formats of JSON Lines that trainers read.
package format

// Row is an example: a reply of a target with what it answers. Ids of people and
// chats are pseudonyms.
type Row struct {
	ID      string   `parquet:"id" json:"id" doc:"of the example, the same in every build"`
	Split   string   `parquet:"split,dict" json:"split" doc:"train, validation or test"`
	Chat    string   `parquet:"chat,dict" json:"chat" doc:"pseudonym of the chat"`
	Threads []string `parquet:"threads,list" json:"threads" doc:"sessions that its turns are of, the one of the reply first; no two splits share one"`
	Topic   int32    `parquet:"topic" json:"topic" doc:"topic within the session, from 0"`
	Time    int64    `parquet:"time,timestamp(millisecond)" json:"time" doc:"when the reply began, in milliseconds since 1970, UTC"`
	Target  string   `parquet:"target,dict" json:"target" doc:"pseudonym of who replies"`
	Role    string   `parquet:"role,dict" json:"role" doc:"who the counterpart is to the target, by the participants file; empty: not said"`
	Turns   []Turn   `parquet:"turns,list" json:"turns" doc:"what was said, the reply last"`
	// Origins tell whose forwarded words are in it.
	Origins   []string    `parquet:"origins,list" json:"origins" doc:"pseudonyms of forwarded posts in it; no two splits share one"`
	Cluster   int64       `parquet:"cluster" json:"cluster" doc:"number of the cluster of near duplicates that it is of; no two splits share one"`
	Retrieved []Retrieved `parquet:"retrieved,list" json:"retrieved" doc:"similar exchanges of the training split from before the turn that is answered, the most similar first"`
}

// Turn is what one person said: a message, or a burst of them.
type Turn struct {
	Role     string `parquet:"role,dict" json:"role" doc:"assistant: the target; user: anybody else"`
	Speaker  string `parquet:"speaker,dict" json:"speaker" doc:"pseudonym"`
	Time     int64  `parquet:"time,timestamp(millisecond)" json:"time" doc:"of its first message, in milliseconds since 1970, UTC"`
	Messages int32  `parquet:"messages" json:"messages" doc:"how many messages it joins"`
	Text     string `parquet:"text" json:"text" doc:"what was said, personal data replaced"`
}

// Retrieved is an earlier exchange that is like the example.
type Retrieved struct {
	ID    string  `parquet:"id" json:"id" doc:"of the example that it is of"`
	Time  int64   `parquet:"time,timestamp(millisecond)" json:"time" doc:"of the reply, in milliseconds since 1970, UTC"`
	Turn  string  `parquet:"turn" json:"turn" doc:"what was answered"`
	Reply string  `parquet:"reply" json:"reply" doc:"the target's reply"`
	Score float64 `parquet:"score" json:"score" doc:"similarity, 0 to 1"`
}

// The roles of turns.
const (
	User      = "user"
	Assistant = "assistant"
)

// Splits are the splits in the order in which they are told of.
func Splits() []string { return []string{"train", "validation", "test"} }

// Exchange is what an example is about, as one text: the turn that is answered
// and the reply. Duplicates are found by it.
func (r *Row) Exchange() string {
	if len(r.Turns) < 2 {
		return ""
	}
	return r.Asked() + "\n" + r.Reply()
}

// Asked is the turn that the reply answers.
func (r *Row) Asked() string {
	if len(r.Turns) < 2 {
		return ""
	}
	return r.Turns[len(r.Turns)-2].Text
}

// Reply is what the target said last.
func (r *Row) Reply() string {
	if len(r.Turns) == 0 {
		return ""
	}
	return r.Turns[len(r.Turns)-1].Text
}
