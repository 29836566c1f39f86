package fakeserver

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// World is what the fake knows: one account and its chats.
type World struct {
	Phone    string // with the plus
	Code     string
	Password string // none: no second factor
	Hint     string
	Self     *tg.User
	Chats    []*Chat // as they are listed
	Listed   int     // chats in a page of the list; 0: as many as are asked for
}

// Chat is a chat with one of User, Group, Channel.
type Chat struct {
	User    *tg.User
	Group   *tg.Chat
	Channel *tg.Channel

	Users        []tg.UserClass               // that its messages speak of
	Others       []tg.ChatClass               // likewise
	Top          int                          // id of the latest message
	Message      func(id int) tg.MessageClass // nil: no message has this id
	MigratedFrom int64                        // the group that it was before
	Hidden       bool                         // not in the list
}

// Grow adds messages at the top of a chat.
func (s *Server) Grow(c *Chat, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Top += n
}

func (c *Chat) peer() tg.PeerClass {
	switch {
	case c.User != nil:
		return &tg.PeerUser{UserID: c.User.ID}
	case c.Group != nil:
		return &tg.PeerChat{ChatID: c.Group.ID}
	}
	return &tg.PeerChannel{ChannelID: c.Channel.ID}
}

// is the chat that a client names, with the access hash that goes with it.
func (s *Server) is(c *Chat, p tg.InputPeerClass) bool {
	switch p := p.(type) {
	case *tg.InputPeerSelf:
		return c.User != nil && c.User.ID == s.world.Self.ID
	case *tg.InputPeerUser:
		return c.User != nil && c.User.ID == p.UserID && c.User.AccessHash == p.AccessHash
	case *tg.InputPeerChat:
		return c.Group != nil && c.Group.ID == p.ChatID
	case *tg.InputPeerChannel:
		return c.Channel != nil && c.Channel.ID == p.ChannelID && c.Channel.AccessHash == p.AccessHash
	}
	return false
}

func (s *Server) find(p tg.InputPeerClass) (*Chat, error) {
	for _, c := range s.world.Chats {
		if s.is(c, p) {
			return c, nil
		}
	}
	return nil, tgerr.New(400, "PEER_ID_INVALID")
}

// about is what answers on a chat send along.
func (s *Server) about(chats ...*Chat) (users []tg.UserClass, groups []tg.ChatClass) {
	users = []tg.UserClass{user(s.world.Self)}
	for _, c := range chats {
		switch {
		case c.User != nil:
			users = append(users, user(c.User))
		case c.Group != nil:
			groups = append(groups, group(c.Group))
		default:
			groups = append(groups, group(c.Channel))
		}
		for _, u := range c.Users {
			users = append(users, user(u))
		}
		for _, g := range c.Others {
			groups = append(groups, group(g))
		}
	}
	return users, groups
}

// user is a copy of one's own: encoding an answer writes into what it holds, and
// several answers are encoded at a time.
func user(u tg.UserClass) tg.UserClass {
	if u, ok := u.(*tg.User); ok {
		own := *u
		return &own
	}
	return u
}

// group is user for groups and channels.
func group(g tg.ChatClass) tg.ChatClass {
	switch g := g.(type) {
	case *tg.Chat:
		own := *g
		return &own
	case *tg.Channel:
		own := *g
		return &own
	}
	return g
}

func (s *Server) dialogs(c *call) (bin.Encoder, error) {
	var r tg.MessagesGetDialogsRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	after := 0
	for i, chat := range s.world.Chats {
		if s.is(chat, r.OffsetPeer) {
			after = i + 1
		}
	}
	answer := &tg.MessagesDialogsSlice{Count: len(s.world.Chats)}
	limit := r.Limit
	if s.world.Listed > 0 {
		limit = s.world.Listed
	}
	var told []*Chat
	for _, chat := range s.world.Chats[after:] {
		if chat.Hidden || len(told) == limit {
			continue
		}
		told = append(told, chat)
		answer.Dialogs = append(answer.Dialogs, &tg.Dialog{Peer: chat.peer(), TopMessage: chat.Top})
		if m := chat.at(chat.Top); m != nil {
			answer.Messages = append(answer.Messages, m)
		}
	}
	answer.Users, answer.Chats = s.about(told...)
	return answer, nil
}

func (c *Chat) at(id int) tg.MessageClass {
	if id < 1 || id > c.Top || c.Message == nil {
		return nil
	}
	return c.Message(id)
}

func (s *Server) history(c *call) (bin.Encoder, error) {
	var r tg.MessagesGetHistoryRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, err := s.find(r.Peer)
	if err != nil {
		return nil, err
	}
	top := chat.Top
	if r.OffsetID > 0 {
		top = min(top, r.OffsetID-1)
	}
	var page []tg.MessageClass
	for id := top; id > r.MinID && len(page) < min(r.Limit, 100); id-- {
		if m := chat.at(id); m != nil {
			page = append(page, m)
		}
	}
	if c.fault.page != nil {
		page = c.fault.page(page)
	}
	users, groups := s.about(chat)
	if chat.Channel != nil {
		return &tg.MessagesChannelMessages{Count: chat.Top, Messages: page, Users: users, Chats: groups}, nil
	}
	return &tg.MessagesMessagesSlice{Count: chat.Top, Messages: page, Users: users, Chats: groups}, nil
}

func (s *Server) full(c *call) (bin.Encoder, error) {
	var r tg.ChannelsGetFullChannelRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	asked, _ := r.Channel.(*tg.InputChannel)
	if asked == nil {
		return nil, tgerr.New(400, "CHANNEL_INVALID")
	}
	chat, err := s.find(&tg.InputPeerChannel{ChannelID: asked.ChannelID, AccessHash: asked.AccessHash})
	if err != nil {
		return nil, err
	}
	full := &tg.ChannelFull{ID: chat.Channel.ID, ChatPhoto: &tg.PhotoEmpty{}}
	if chat.MigratedFrom != 0 {
		full.SetMigratedFromChatID(chat.MigratedFrom)
	}
	return &tg.MessagesChatFull{FullChat: full, Chats: []tg.ChatClass{group(chat.Channel)}}, nil
}

func (s *Server) resolve(c *call) (bin.Encoder, error) {
	var r tg.ContactsResolveUsernameRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	for _, chat := range s.world.Chats {
		if (chat.User != nil && chat.User.Username == r.Username) || (chat.Channel != nil && chat.Channel.Username == r.Username) {
			users, groups := s.about(chat)
			return &tg.ContactsResolvedPeer{Peer: chat.peer(), Users: users, Chats: groups}, nil
		}
	}
	return nil, tgerr.New(400, "USERNAME_NOT_OCCUPIED")
}
