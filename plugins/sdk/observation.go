package sdk

// Observation is what a resident sees in a tick.
type Observation struct {
	Tick int64 `json:"tick"`
	// Time is the simulated time, RFC 3339.
	Time string `json:"time"`
	// Place is where the resident is: "network", a room's name, a building.
	Place string `json:"place,omitempty"`
	// Notifications are addressed to the resident: news, mentions, replies,
	// direct messages, follows.
	Notifications []Item `json:"notifications,omitempty"`
	// Timeline is the feed, best first.
	Timeline []Item `json:"timeline,omitempty"`
	// Messages is the conversation of a room, oldest first.
	Messages []Item `json:"messages,omitempty"`
	// People are present or known here.
	People []Person `json:"people,omitempty"`
	// Outcomes are what became of the resident's last actions.
	Outcomes []Outcome `json:"outcomes,omitempty"`
	// Trends are the topics talked about, the most frequent first.
	Trends     []string `json:"trends,omitempty"`
	Groups     []string `json:"groups,omitempty"`
	OpenGroups []string `json:"open_groups,omitempty"`
}

// Person is another resident.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Kinds of Item.
const (
	ItemEvent     = "event"     // an event of the study told to the resident
	ItemPost      = "post"      // a post on a wall or in a group
	ItemReply     = "reply"     // an answer to a post
	ItemQuote     = "quote"     // a post that quotes another
	ItemDirect    = "direct"    // a direct message
	ItemBoost     = "boost"     // somebody boosted a post
	ItemFavourite = "favourite" // somebody liked a post
	ItemFollow    = "follow"    // somebody follows the resident
	ItemVote      = "vote"      // somebody voted in the resident's poll
	ItemTell      = "tell"      // somebody told the resident about an event
	ItemMessage   = "message"   // something said in a room
	ItemJoin      = "join"      // somebody came
	ItemLeave     = "leave"     // somebody left
	ItemResult    = "result"    // found by a search
)

// Item is one thing seen: a post, a message, a notification, an event.
type Item struct {
	ID         string `json:"id,omitempty"`
	Kind       string `json:"kind"`
	Author     string `json:"author,omitempty"` // agent id; empty for an event
	AuthorName string `json:"author_name,omitempty"`
	Text       string `json:"text,omitempty"`
	Group      string `json:"group,omitempty"`
	Audience   string `json:"audience,omitempty"` // public, followers, group, direct
	Time       string `json:"time,omitempty"`     // simulated, RFC 3339
	// Parent is the id of the post that this one answers, quotes or boosts.
	Parent string `json:"parent,omitempty"`
	// Event is the id of the study's event that it is about, if any.
	Event   string   `json:"event,omitempty"`
	Options []string `json:"options,omitempty"` // of a poll
	// Rank (1 is first) and Score are the feed's, for items of a feed.
	Rank  int     `json:"rank,omitempty"`
	Score float64 `json:"score,omitempty"`
	// Addressed is set for what is meant for the resident itself.
	Addressed bool `json:"addressed,omitempty"`
}

// Outcome is what became of an action.
type Outcome struct {
	Action Action `json:"action"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // why it was refused, or what it brought
}
