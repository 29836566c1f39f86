package social

import "time"

// Audience says who may read a post.
type Audience string

// Audiences.
const (
	Public    Audience = "public"    // everybody
	Followers Audience = "followers" // those who follow the owner of its wall
	Members   Audience = "group"     // members of its group
	Direct    Audience = "direct"    // the one whom it is sent to
)

// Draft is a post to be published. Kind is an item kind of the SDK: post,
// reply, quote, boost, direct or tell.
type Draft struct {
	Author string
	Kind   string
	Text   string // empty for a boost
	// Audience of a post or a quote; other kinds have their own: a reply takes
	// that of the conversation. Empty means the group's with a Group, else public.
	Audience Audience
	Group    string   // name of the group that a post is for
	To       string   // receiver of a direct message
	Parent   string   // post answered, quoted or boosted
	Event    string   // the study's event that it is about
	Options  []string // of a poll
	Mentions []string // agents to be notified, if they may read it
	Visit    string   // that makes it; empty for a resident's
	Tick     int64
	Time     time.Time // simulated
}

// Post is something published.
type Post struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"`
	Audience   Audience  `json:"audience"`
	Author     string    `json:"author"`
	Tick       int64     `json:"tick"`
	Time       time.Time `json:"time"`
	Replies    int       `json:"-"`
	Boosts     int       `json:"-"`
	Favourites int       `json:"-"`
	Votes      []int     `json:"-"` // by option
	Text       string    `json:"text,omitempty"`
	Wall       string    `json:"wall,omitempty"` // whose followers may read it
	Group      string    `json:"group,omitempty"`
	To         string    `json:"to,omitempty"`
	Parent     string    `json:"parent,omitempty"`
	Root       string    `json:"root,omitempty"` // first post of its conversation, if not itself
	Event      string    `json:"event,omitempty"`
	Options    []string  `json:"options,omitempty"`
	Visit      string    `json:"visit,omitempty"` // that made it; empty for a resident's
}

// Thread is the id of the first post of the conversation.
func (p *Post) Thread() string {
	if p.Root == "" {
		return p.ID
	}
	return p.Root
}

// Group is a place whose posts its members find in their feeds.
type Group struct {
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
	// Audience of its posts unless they say otherwise: Public, or Members (the
	// default).
	Audience Audience `json:"audience"`
	Owner    string   `json:"owner,omitempty"` // empty where the study made it
	Members  int      `json:"-"`
}

// Trend is a term with the number of recent posts that hold it.
type Trend struct {
	Term  string
	Posts int
}

// Notification tells an agent what concerns it. Kind is an item kind of the
// SDK.
type Notification struct {
	Kind string
	From string
	// Post that was made (reply, quote, direct, tell, or a post that mentions
	// the agent), or the agent's own that was boosted, liked or voted in.
	Post   *Post
	Option int // voted for
}
