package live

import (
	"strconv"
	"strings"

	"github.com/gotd/td/tg"
)

// The kinds of a peer, as they begin its id.
const (
	userPeer    = "user"
	groupPeer   = "chat"
	channelPeer = "channel"
)

// peerID names a peer as exports of Telegram Desktop do: user123, chat5,
// channel7.
func peerID(p tg.PeerClass) string {
	switch p := p.(type) {
	case *tg.PeerUser:
		return numbered(userPeer, p.UserID)
	case *tg.PeerChat:
		return numbered(groupPeer, p.ChatID)
	case *tg.PeerChannel:
		return numbered(channelPeer, p.ChannelID)
	}
	return ""
}

func numbered(kind string, id int64) string { return kind + strconv.FormatInt(id, 10) }

// people are the users and chats that an answer of the server speaks of.
type people struct {
	self  int64
	users map[int64]*tg.User
	chats map[string]tg.ChatClass // by peer id
}

func meet(self int64, users []tg.UserClass, chats []tg.ChatClass) people {
	p := people{self: self, users: make(map[int64]*tg.User, len(users)), chats: make(map[string]tg.ChatClass, len(chats))}
	for _, u := range users {
		if u, ok := u.(*tg.User); ok {
			p.users[u.ID] = u
		}
	}
	for _, c := range chats {
		switch c.(type) {
		case *tg.Channel, *tg.ChannelForbidden:
			p.chats[numbered(channelPeer, c.GetID())] = c
		default:
			p.chats[numbered(groupPeer, c.GetID())] = c
		}
	}
	return p
}

// name of a peer, or nothing when the answer does not tell.
func (p people) name(peer tg.PeerClass) string {
	if u, ok := peer.(*tg.PeerUser); ok {
		if user := p.users[u.UserID]; user != nil {
			return nameOf(user)
		}
		return ""
	}
	switch c := p.chats[peerID(peer)].(type) {
	case *tg.Chat:
		return valid(c.Title)
	case *tg.ChatForbidden:
		return valid(c.Title)
	case *tg.Channel:
		return valid(c.Title)
	case *tg.ChannelForbidden:
		return valid(c.Title)
	}
	return ""
}

func nameOf(u *tg.User) string {
	return valid(strings.TrimSpace(u.FirstName + " " + u.LastName))
}

func usernameOf(first string, more []tg.Username) string {
	if first != "" {
		return valid(first)
	}
	for _, u := range more {
		if u.Active {
			return valid(u.Username)
		}
	}
	return ""
}

// longestText bounds a text of the network in bytes. A message has at most some
// 4096 characters.
const longestText = 64 << 10

// valid is a text of the network made valid UTF-8, bounded.
func valid(s string) string {
	if len(s) > longestText {
		s = s[:longestText]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
