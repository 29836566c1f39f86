package report

// kindName is what a kind of action is called; kinds that gorod does not know
// keep their own name.
func (s *study) kindName(kind string) string {
	for _, k := range [...]struct{ kind, name string }{
		{"post", "запись ¦ post"},
		{"reply", "ответ ¦ reply"},
		{"quote", "цитата ¦ quote"},
		{"direct", "личное сообщение ¦ direct message"},
		{"tell", "рассказ о событии ¦ telling of an event"},
		{"boost", "репост ¦ boost"},
		{"favourite", "отметка «нравится» ¦ favourite"},
		{"vote", "голос в опросе ¦ vote in a poll"},
		{"follow", "подписка ¦ follow"},
		{"unfollow", "отписка ¦ unfollow"},
		{"mute", "скрытие человека ¦ mute"},
		{"search", "поиск ¦ search"},
		{"trends", "чтение тем дня ¦ reading trends"},
		{"create_group", "создание группы ¦ creating a group"},
		{"join_group", "вступление в группу ¦ joining a group"},
		{"leave_group", "выход из группы ¦ leaving a group"},
		{"leave_conversation", "выход из разговора ¦ leaving a conversation"},
		{"change_plan", "смена плана ¦ change of plan"},
		{"ignore", "бездействие ¦ doing nothing"},
		{"say", "реплика ¦ remark"},
		{"leave", "уход ¦ leaving"},
	} {
		if k.kind == kind {
			return s.T(k.name)
		}
	}
	return line(kind, 40)
}
