package fakeserver

import (
	"strings"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

func (s *Server) methods() map[uint32]method {
	return map[uint32]method{
		tg.AuthSendCodeRequestTypeID:                {"auth.sendCode", true, s.sendCode},
		tg.AuthSignInRequestTypeID:                  {"auth.signIn", true, s.signIn},
		tg.AccountGetPasswordRequestTypeID:          {"account.getPassword", true, s.getPassword},
		tg.AuthCheckPasswordRequestTypeID:           {"auth.checkPassword", true, s.checkPassword},
		tg.UsersGetUsersRequestTypeID:               {"users.getUsers", false, s.users},
		tg.MessagesGetDialogsRequestTypeID:          {"messages.getDialogs", false, s.dialogs},
		tg.MessagesGetHistoryRequestTypeID:          {"messages.getHistory", false, s.history},
		tg.ChannelsGetFullChannelRequestTypeID:      {"channels.getFullChannel", false, s.full},
		tg.ContactsResolveUsernameRequestTypeID:     {"contacts.resolveUsername", false, s.resolve},
		tg.AccountInitTakeoutSessionRequestTypeID:   {"account.initTakeoutSession", false, s.begin},
		tg.AccountFinishTakeoutSessionRequestTypeID: {"account.finishTakeoutSession", false, s.finish},
	}
}

func (s *Server) users(*call) (bin.Encoder, error) {
	return &tg.UserClassVector{Elems: []tg.UserClass{user(s.world.Self)}}, nil
}

func hashOf(phone string) string { return "hash of " + strings.TrimPrefix(phone, "+") }

func (s *Server) sendCode(c *call) (bin.Encoder, error) {
	var r tg.AuthSendCodeRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	if r.PhoneNumber != s.world.Phone {
		return nil, tgerr.New(400, "PHONE_NUMBER_INVALID")
	}
	return &tg.AuthSentCode{Type: &tg.AuthSentCodeTypeApp{Length: len(s.world.Code)}, PhoneCodeHash: hashOf(r.PhoneNumber)}, nil
}

func (s *Server) signIn(c *call) (bin.Encoder, error) {
	var r tg.AuthSignInRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	if r.PhoneCode != s.world.Code || r.PhoneCodeHash != hashOf(s.world.Phone) {
		return nil, tgerr.New(400, "PHONE_CODE_INVALID")
	}
	if s.world.Password != "" {
		return nil, tgerr.New(401, "SESSION_PASSWORD_NEEDED")
	}
	return s.welcome(c), nil
}

func (s *Server) welcome(c *call) bin.Encoder {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[c.Session.AuthKey.ID] = true
	return &tg.AuthAuthorization{User: user(s.world.Self)}
}
