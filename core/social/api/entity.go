package api

import (
	"strconv"
	"time"
)

// What clients are given, with the names that Mastodon's documentation has.

type accountJSON struct {
	ID             string      `json:"id"`
	Username       string      `json:"username"`
	Acct           string      `json:"acct"`
	DisplayName    string      `json:"display_name"`
	Locked         bool        `json:"locked"`
	Bot            bool        `json:"bot"`
	Discoverable   bool        `json:"discoverable"`
	Group          bool        `json:"group"`
	CreatedAt      string      `json:"created_at"`
	Note           string      `json:"note"`
	URL            string      `json:"url"`
	URI            string      `json:"uri"`
	Avatar         string      `json:"avatar"`
	AvatarStatic   string      `json:"avatar_static"`
	Header         string      `json:"header"`
	HeaderStatic   string      `json:"header_static"`
	FollowersCount int         `json:"followers_count"`
	FollowingCount int         `json:"following_count"`
	StatusesCount  int         `json:"statuses_count"`
	LastStatusAt   *string     `json:"last_status_at"`
	Emojis         []struct{}  `json:"emojis"`
	Fields         []fieldJSON `json:"fields"`
	Source         *sourceJSON `json:"source,omitempty"` // of oneself
	Role           *roleJSON   `json:"role,omitempty"`
}

type fieldJSON struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	VerifiedAt *string `json:"verified_at"`
}

type sourceJSON struct {
	Privacy             string      `json:"privacy"`
	Sensitive           bool        `json:"sensitive"`
	Language            string      `json:"language"`
	Note                string      `json:"note"`
	Fields              []fieldJSON `json:"fields"`
	FollowRequestsCount int         `json:"follow_requests_count"`
}

type roleJSON struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	Color       string `json:"color"`
	Highlighted bool   `json:"highlighted"`
}

type statusJSON struct {
	ID                 string        `json:"id"`
	CreatedAt          string        `json:"created_at"`
	InReplyToID        *string       `json:"in_reply_to_id"`
	InReplyToAccountID *string       `json:"in_reply_to_account_id"`
	Sensitive          bool          `json:"sensitive"`
	SpoilerText        string        `json:"spoiler_text"`
	Visibility         string        `json:"visibility"`
	Language           string        `json:"language"`
	URI                string        `json:"uri"`
	URL                string        `json:"url"`
	RepliesCount       int           `json:"replies_count"`
	ReblogsCount       int           `json:"reblogs_count"`
	FavouritesCount    int           `json:"favourites_count"`
	EditedAt           *string       `json:"edited_at"`
	Favourited         bool          `json:"favourited"`
	Reblogged          bool          `json:"reblogged"`
	Muted              bool          `json:"muted"`
	Bookmarked         bool          `json:"bookmarked"`
	Pinned             bool          `json:"pinned"`
	Content            string        `json:"content"`
	Reblog             *statusJSON   `json:"reblog"`
	Application        *struct{}     `json:"application"`
	Account            *accountJSON  `json:"account"`
	MediaAttachments   []struct{}    `json:"media_attachments"`
	Mentions           []mentionJSON `json:"mentions"`
	Tags               []tagJSON     `json:"tags"`
	Emojis             []struct{}    `json:"emojis"`
	Card               *struct{}     `json:"card"`
	Poll               *pollJSON     `json:"poll"`
	Filtered           []struct{}    `json:"filtered"`
	// Gorod is what this server knows besides.
	Gorod gorodJSON `json:"gorod"`
}

type gorodJSON struct {
	Post    string `json:"post,omitempty"` // id in the run
	Who     string `json:"who"`            // its author there
	Kind    string `json:"kind"`
	Group   string `json:"group,omitempty"`
	Waiting bool   `json:"waiting"` // the run has not taken it in yet
}

type mentionJSON struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Acct     string `json:"acct"`
	URL      string `json:"url"`
}

type tagJSON struct {
	Name    string        `json:"name"`
	URL     string        `json:"url"`
	History []historyJSON `json:"history,omitempty"`
}

type historyJSON struct {
	Day      string `json:"day"`
	Uses     string `json:"uses"`
	Accounts string `json:"accounts"`
}

type pollJSON struct {
	ID          string       `json:"id"`
	ExpiresAt   *string      `json:"expires_at"`
	Expired     bool         `json:"expired"`
	Multiple    bool         `json:"multiple"`
	VotesCount  int          `json:"votes_count"`
	VotersCount int          `json:"voters_count"`
	Voted       bool         `json:"voted"`
	OwnVotes    []int        `json:"own_votes"`
	Options     []optionJSON `json:"options"`
	Emojis      []struct{}   `json:"emojis"`
}

type optionJSON struct {
	Title      string `json:"title"`
	VotesCount int    `json:"votes_count"`
}

type relationshipJSON struct {
	ID                  string   `json:"id"`
	Following           bool     `json:"following"`
	ShowingReblogs      bool     `json:"showing_reblogs"`
	Notifying           bool     `json:"notifying"`
	Languages           []string `json:"languages"`
	FollowedBy          bool     `json:"followed_by"`
	Blocking            bool     `json:"blocking"`
	BlockedBy           bool     `json:"blocked_by"`
	Muting              bool     `json:"muting"`
	MutingNotifications bool     `json:"muting_notifications"`
	Requested           bool     `json:"requested"`
	RequestedBy         bool     `json:"requested_by"`
	DomainBlocking      bool     `json:"domain_blocking"`
	Endorsed            bool     `json:"endorsed"`
	Note                string   `json:"note"`
}

type notificationJSON struct {
	ID        string       `json:"id"`
	Type      string       `json:"type"`
	CreatedAt string       `json:"created_at"`
	Account   *accountJSON `json:"account"`
	Status    *statusJSON  `json:"status,omitempty"`
}

type conversationJSON struct {
	ID         string         `json:"id"`
	Unread     bool           `json:"unread"`
	Accounts   []*accountJSON `json:"accounts"`
	LastStatus *statusJSON    `json:"last_status"`
}

type contextJSON struct {
	Ancestors   []*statusJSON `json:"ancestors"`
	Descendants []*statusJSON `json:"descendants"`
}

type resultsJSON struct {
	Accounts []*accountJSON `json:"accounts"`
	Statuses []*statusJSON  `json:"statuses"`
	Hashtags []tagJSON      `json:"hashtags"`
}

type markerJSON struct {
	LastReadID string `json:"last_read_id"`
	Version    int    `json:"version"`
	UpdatedAt  string `json:"updated_at"`
}

// moment is a time as Mastodon writes it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func decimal(id int64) string { return strconv.FormatInt(id, 10) }
