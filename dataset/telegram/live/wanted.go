package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gotd/td/tg"
)

// ErrNoChat says that the account has no such chat.
var ErrNoChat = errors.New("no such chat: see the list of chats for ids and usernames")

// wanted is a chat as a person names it.
type wanted struct {
	said     string
	id       string // user5, chat5, channel5
	bare     string // 5, of any kind
	username string // folded
	found    []Dialog
}

// want reads @name, t.me/name, user123, 123, -100123, me.
func want(said string) (*wanted, error) {
	w := &wanted{said: said}
	name := strings.TrimSpace(said)
	for _, prefix := range []string{"https://", "http://", "t.me/", "telegram.me/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if handle, ok := strings.CutPrefix(name, "@"); ok {
		w.username = strings.ToLower(handle)
	} else if number, ok := strings.CutPrefix(name, "-100"); ok && isNumber(number) {
		w.id = channelPeer + number
	} else if number, ok := strings.CutPrefix(name, "-"); ok && isNumber(number) {
		w.id = groupPeer + number
	} else if isNumber(name) {
		w.bare = name
	} else if name == "me" || isPeer(name) {
		w.id = name
	} else {
		w.username = strings.ToLower(name)
	}
	if w.username == "" && w.id == "" && w.bare == "" {
		return nil, fmt.Errorf("%q names no chat", said)
	}
	return w, nil
}

func isNumber(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n > 0
}

func isPeer(s string) bool {
	for _, kind := range []string{userPeer, groupPeer, channelPeer} {
		if number, ok := strings.CutPrefix(s, kind); ok && isNumber(number) {
			return true
		}
	}
	return false
}

func (w *wanted) is(d Dialog, self int64) bool {
	switch {
	case w.id == "me":
		return d.ID == numbered(userPeer, self)
	case w.id != "":
		return d.ID == w.id
	case w.bare != "":
		return strings.TrimLeft(d.ID, "acehlnrstu") == w.bare
	}
	return w.username == strings.ToLower(d.Username)
}

// sure says that no other chat can be meant.
func (w *wanted) sure() bool { return len(w.found) > 0 && w.bare == "" }

// find gives the chats that are named, each once, in the order of the names. It
// looks among the account's own chats and asks Telegram about a username only
// when it is not there: that is the request that gets accounts blocked.
func find(ctx context.Context, api *tg.Client, self int64, names []string) ([]Dialog, error) {
	var all []*wanted
	for _, name := range names {
		w, err := want(name)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	err := dialogs(ctx, api, self, func(d Dialog) (bool, error) {
		for _, w := range all {
			if w.is(d, self) {
				w.found = append(w.found, d)
			}
		}
		return slices.ContainsFunc(all, func(w *wanted) bool { return !w.sure() }), nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the chats: %w", err)
	}
	var found []Dialog
	for _, w := range all {
		d, err := w.one(ctx, api, self)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(f Dialog) bool { return f.ID == d.ID }) {
			found = append(found, d)
		}
	}
	return found, nil
}

func (w *wanted) one(ctx context.Context, api *tg.Client, self int64) (Dialog, error) {
	switch {
	case len(w.found) == 1:
		return w.found[0], nil
	case len(w.found) > 1:
		return Dialog{}, fmt.Errorf("%s is more than one chat: %s or %s", w.said, w.found[0].ID, w.found[1].ID)
	case w.id == "me":
		return savedMessages(self), nil
	case w.username == "":
		return Dialog{}, fmt.Errorf("%s: %w", w.said, ErrNoChat)
	}
	answer, err := api.ContactsResolveUsername(ctx, &tg.ContactsResolveUsernameRequest{Username: w.username})
	if refused(err, "USERNAME_NOT_OCCUPIED", "USERNAME_INVALID") {
		return Dialog{}, fmt.Errorf("%s: %w", w.said, ErrNoChat)
	}
	if err != nil {
		return Dialog{}, fmt.Errorf("look %s up: %w", w.said, err)
	}
	d, ok := meet(self, answer.Users, answer.Chats).find(answer.Peer)
	if !ok {
		return Dialog{}, fmt.Errorf("%s: %w", w.said, ErrNoChat)
	}
	return d, nil
}

// savedMessages is the chat with oneself, which the list leaves out while it is
// empty.
func savedMessages(self int64) Dialog {
	d, _ := meet(self, []tg.UserClass{&tg.User{ID: self, Self: true}}, nil).find(&tg.PeerUser{UserID: self})
	return d
}
