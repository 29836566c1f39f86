package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
)

// Dialog is a chat of the account.
type Dialog struct {
	chat.Chat          // Type as in exports of Telegram Desktop: personal_chat, private_supergroup, …
	Username  string   // without the @
	Messages  int      // how many it has; 0: not asked, or not known
	peer      peerable // how to ask for it
}

// peerable is what the server wants to know of a chat to hand out its messages.
type peerable struct {
	input   tg.InputPeerClass
	own     tg.PeerClass
	channel *tg.InputChannel // nil for users and basic groups
}

// ChatsOptions say what to list.
type ChatsOptions struct {
	Counts bool // ask how many messages each chat has: one request a chat, and Telegram slows many down
}

// Chats lists the account's chats, latest first.
func (c *Client) Chats(ctx context.Context, o ChatsOptions) ([]Dialog, error) {
	var all []Dialog
	err := c.run(ctx, patience{}, func(ctx context.Context, l link) error {
		me, err := self(ctx, l)
		if err != nil {
			return err
		}
		api := tg.NewClient(l.raw)
		return dialogs(ctx, api, me.ID, func(d Dialog) (bool, error) {
			if o.Counts {
				d.Messages, err = count(ctx, api, d)
			}
			all = append(all, d)
			return true, err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list Telegram chats: %w", clean(err, c.options.Credentials.Hash.word))
	}
	return all, nil
}

// dialogsPage is how many chats are asked for at once.
const dialogsPage = 100

// dialogs calls yield for each chat once until it says that it has enough.
func dialogs(ctx context.Context, api *tg.Client, self int64, yield func(Dialog) (more bool, err error)) error {
	seen := map[string]bool{}
	request := &tg.MessagesGetDialogsRequest{OffsetPeer: &tg.InputPeerEmpty{}, Limit: dialogsPage}
	for {
		answer, err := api.MessagesGetDialogs(ctx, request)
		if err != nil {
			return err
		}
		page, ok := answer.AsModified()
		if !ok {
			return fmt.Errorf("an unexpected list of chats: %s", answer.TypeName())
		}
		known, fresh := meet(self, page.GetUsers(), page.GetChats()), 0
		for _, listed := range page.GetDialogs() {
			d, ok := listed.(*tg.Dialog)
			if !ok { // a folder
				continue
			}
			dialog, ok := known.find(d.Peer)
			if !ok || seen[dialog.ID] {
				continue
			}
			seen[dialog.ID], fresh = true, fresh+1
			if more, err := yield(dialog); err != nil || !more {
				return err
			}
			request.OffsetPeer = dialog.peer.input
			request.OffsetID, request.OffsetDate = topOf(d, page.GetMessages())
		}
		if _, whole := answer.(*tg.MessagesDialogs); whole || fresh == 0 {
			return nil
		}
		request.ExcludePinned = true
	}
}

// topOf is a dialog's last message and when that was sent.
func topOf(d *tg.Dialog, messages []tg.MessageClass) (id, date int) {
	for _, m := range messages {
		if m, ok := m.AsNotEmpty(); ok && m.GetID() == d.TopMessage && peerID(m.GetPeerID()) == peerID(d.Peer) {
			return d.TopMessage, m.GetDate()
		}
	}
	return d.TopMessage, 0
}

// find is false for what has no messages to fetch: a group that one was put out
// of.
func (p people) find(peer tg.PeerClass) (Dialog, bool) {
	d := Dialog{Chat: chat.Chat{ID: peerID(peer), Name: p.name(peer)}, peer: peerable{own: peer}}
	switch peer := peer.(type) {
	case *tg.PeerUser:
		u := p.users[peer.UserID]
		if u == nil {
			return Dialog{}, false
		}
		d.Type, d.Username = p.userType(u), usernameOf(u.Username, u.Usernames)
		d.peer.input = u.AsInputPeer()
	case *tg.PeerChat:
		d.Type, d.peer.input = "private_group", &tg.InputPeerChat{ChatID: peer.ChatID}
	case *tg.PeerChannel:
		c, ok := p.chats[d.ID].(*tg.Channel)
		if !ok {
			return Dialog{}, false
		}
		d.Username = usernameOf(c.Username, c.Usernames)
		d.Type, d.peer.input, d.peer.channel = channelType(c, d.Username), c.AsInputPeer(), c.AsInput()
	}
	return d, true
}

const repliesBot = 1271266957 // where comments on channels are answered

func (p people) userType(u *tg.User) string {
	switch {
	case u.ID == p.self:
		return "saved_messages"
	case u.ID == repliesBot:
		return "replies"
	case u.Bot:
		return "bot_chat"
	}
	return "personal_chat"
}

func channelType(c *tg.Channel, username string) string {
	kind, access := "channel", "private"
	if c.Megagroup {
		kind = "supergroup"
	}
	if username != "" {
		access = "public"
	}
	return access + "_" + kind
}

// count asks how many messages a chat has.
func count(ctx context.Context, api *tg.Client, d Dialog) (int, error) {
	answer, err := api.MessagesGetHistory(ctx, &tg.MessagesGetHistoryRequest{Peer: d.peer.input, Limit: 1})
	if err != nil {
		return 0, err
	}
	switch a := answer.(type) {
	case *tg.MessagesMessages:
		return len(a.Messages), nil
	case *tg.MessagesMessagesSlice:
		return a.Count, nil
	case *tg.MessagesChannelMessages:
		return a.Count, nil
	}
	return 0, errors.New("an unexpected answer about a chat: " + answer.TypeName())
}
