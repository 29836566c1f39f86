package network

import (
	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social"
)

// Why the environment refuses.
const (
	noSuchAction     lang.Phrase = "Здесь нет действия «%s». ¦ There is no action %q here."
	noPost           lang.Phrase = "Вы не видели записи «%s». ¦ You have not seen a post %q."
	unknownEvent     lang.Phrase = "Вы не знаете о событии «%s». ¦ You do not know of an event %q."
	badAudience      lang.Phrase = "Кому видна запись: public, followers или group, а не «%s». ¦ An audience is public, followers or group, not %q."
	groupOrFollowers lang.Phrase = "Запись либо для группы, либо для подписчиков. ¦ A post is for a group or for followers, not for both."
	noGroupNamed     lang.Phrase = "Укажите группу, для которой запись. ¦ Name the group that the post is for."
	badVisitAudience lang.Phrase = "Кому видна запись: public или followers, а не «%s». ¦ An audience is public or followers, not %q."
	badPoll          lang.Phrase = "В опросе от %d до %d разных вариантов через «|», каждый не длиннее %d знаков. ¦ A poll has %d to %d different options separated by \"|\", each of at most %d characters."
	noOption         lang.Phrase = "В опросе нет варианта «%s». Варианты: %s. ¦ The poll has no option %q. Options: %s."
	badGroupKind     lang.Phrase = "Записи группы видны всем (public) или её участникам (group), а не «%s». ¦ Posts of a group are for everybody (public) or for its members (group), not %q."
)

// Outcomes, where there is something to say.
const (
	foundPosts   lang.Phrase = "Найдено записей: %d. Они придут в уведомлениях. ¦ Posts found: %d. They come as notifications."
	foundNothing lang.Phrase = "Ничего не найдено. ¦ Nothing found."
	noTrends     lang.Phrase = "Пока ни о чём не пишут чаще, чем о другом. ¦ Nothing is talked about more than the rest yet."
)

// reason is what residents are told of an error of the network, for actions of
// some kinds or of all.
type reason struct {
	err   error
	kinds []string
	why   lang.Phrase
}

// refusals are the reasons, the first that fits first.
func refusals() []reason {
	return []reason{
		{social.ErrAlready, []string{"follow"}, "Вы уже подписаны. ¦ You follow them already."},
		{social.ErrAlready, []string{"mute"}, "Вы уже не видите записей этого человека. ¦ You have muted them already."},
		{social.ErrAlready, []string{"favourite"}, "Вы уже отметили эту запись. ¦ You have liked this post already."},
		{social.ErrAlready, []string{"boost"}, "Вы уже поделились этой записью. ¦ You have boosted this post already."},
		{social.ErrAlready, []string{"vote"}, "Вы уже голосовали в этом опросе. ¦ You have voted in this poll already."},
		{social.ErrAlready, []string{"join_group"}, "Вы уже в этой группе. ¦ You are in this group already."},
		{social.ErrAlready, []string{"leave_conversation"}, "Вы уже вышли из этого разговора. ¦ You have left this conversation already."},
		{social.ErrAlready, nil, "Это уже сделано. ¦ This is done already."},
		{social.ErrNotYet, []string{"unfavourite"}, "Вы не отмечали эту запись. ¦ You have not liked this post."},
		{social.ErrNotYet, nil, "Вы не подписаны на этого человека. ¦ You do not follow them."},
		{social.ErrNotMember, nil, "Вы не участник этой группы. ¦ You are not a member of this group."},
		{social.ErrNoGroup, nil, "Такой группы нет. ¦ There is no such group."},
		{social.ErrGroupExists, nil, "Группа с таким названием уже есть. ¦ There is a group of that name already."},
		{social.ErrClosedGroup, nil, "Записи этой группы видят только её участники. ¦ Posts of this group are for its members only."},
		{social.ErrNotPublic, nil, "Эту запись нельзя передать дальше: она не для всех. ¦ This post cannot be passed on: it is not public."},
		{social.ErrOwn, nil, "Это ваша собственная запись. ¦ This is your own post."},
		{social.ErrNoPoll, nil, "В этой записи нет опроса. ¦ This post has no poll."},
		{social.ErrNoOption, nil, "В этом опросе нет такого варианта. ¦ This poll has no such option."},
		{social.ErrTooMany, nil, "Групп уже слишком много. ¦ There are too many groups already."},
		{social.ErrNoPost, nil, "Такой записи нет. ¦ There is no such post."},
		{social.ErrInvalid, nil, "Так нельзя. ¦ That cannot be done."},
	}
}
