package social

import "errors"

// Why a network refuses.
var (
	ErrNoPost      = errors.New("no such post, or it may not be seen")
	ErrNoAgent     = errors.New("no such person")
	ErrNoGroup     = errors.New("no such group")
	ErrNotMember   = errors.New("not a member of the group")
	ErrNotPublic   = errors.New("only a public post can be passed on")
	ErrClosedGroup = errors.New("posts of the group are for its members")
	ErrAlready     = errors.New("already done")
	ErrNotYet      = errors.New("was not so")
	ErrOwn         = errors.New("not with oneself")
	ErrNoPoll      = errors.New("the post has no poll")
	ErrNoOption    = errors.New("the poll has no such option")
	ErrGroupExists = errors.New("there is a group of that name")
	ErrTooMany     = errors.New("too many")
	ErrInvalid     = errors.New("makes no sense")
)
