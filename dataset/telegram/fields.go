package telegram

import "github.com/llm-city/gorod/dataset/chat"

// field is what is done with a field of a message.
type field struct {
	name string
	read func(*reader) error
	next *field // which one followed last time: exports keep an order
}

// find returns the field of a name; nil if it is not known.
func (r *reader) find(name []byte) *field {
	f := r.last.next
	if f == nil || f.name != string(name) {
		if f = r.fields[string(name)]; f == nil {
			return nil
		}
		r.last.next = f
	}
	r.last = f
	return f
}

// fields are all that are known.
func fields() map[string]*field {
	all := map[string]*field{}
	add := func(read func(*reader) error, names ...string) {
		for _, name := range names {
			all[name] = &field{name: name, read: read}
		}
	}
	for name, read := range told() {
		add(read, name)
	}
	for kind, names := range mediaFields() {
		add(func(r *reader) error { return r.medium(kind) }, names...)
	}
	add(func(r *reader) error { return r.skip() }, untold()...)
	return all
}

// told are the fields that a chat.Message has a place for.
func told() map[string]func(*reader) error {
	d := func(r *reader) *draft { return &r.draft }
	return map[string]func(*reader) error{
		"id":                  func(r *reader) (err error) { d(r).out.ID, err = r.integer(); return err },
		"type":                func(r *reader) (err error) { d(r).kind, _, err = r.name(d(r).kind[:0]); return err },
		"date":                func(r *reader) error { return r.local(&d(r).date) },
		"date_unixtime":       func(r *reader) error { return r.unix(&d(r).date) },
		"edited":              func(r *reader) error { return r.local(&d(r).edited) },
		"edited_unixtime":     func(r *reader) error { return r.unix(&d(r).edited) },
		"from":                func(r *reader) (err error) { d(r).name, _, err = r.name(d(r).name[:0]); return err },
		"actor":               func(r *reader) (err error) { d(r).name, _, err = r.name(d(r).name[:0]); return err },
		"from_id":             (*reader).senderID,
		"actor_id":            (*reader).senderID,
		"forwarded_from":      (*reader).forwardedFrom,
		"forwarded_from_id":   (*reader).forwardedFromID,
		"saved_from":          func(r *reader) (err error) { d(r).saved, _, err = r.name(d(r).saved[:0]); return err },
		"reply_to_message_id": func(r *reader) (err error) { d(r).out.ReplyTo, err = r.integer(); return err },
		"reply_to_peer_id":    func(r *reader) (err error) { d(r).peer, err = r.peer(d(r).peer[:0], "channel"); return err },
		"via_bot":             func(r *reader) (err error) { d(r).out.Via, err = r.short(); return err },
		"action":              func(r *reader) (err error) { d(r).out.Action, err = r.short(); return err },
		"sticker_emoji":       func(r *reader) (err error) { d(r).out.Emoji, err = r.short(); return err },
		"title":               func(r *reader) (err error) { d(r).title, _, err = r.name(d(r).title[:0]); return err },
		"text":                func(r *reader) error { return r.text(&d(r).text) },
		"text_entities":       func(r *reader) error { return r.text(&d(r).entities) },
		"reactions":           func(r *reader) error { return r.each((*reader).reaction) },
		"photo":               func(r *reader) error { return r.file(chat.Photo) },
		"file":                func(r *reader) error { return r.file(chat.File) },
		"media_type":          (*reader).mediaType,
	}
}

// mediaFields tell of what kind a message is by being there, null as well.
func mediaFields() map[chat.Kind][]string {
	return map[chat.Kind][]string{
		chat.Contact:  {"contact_information"},
		chat.Location: {"location_information", "live_location_period_seconds", "place_name", "address"},
		chat.Poll:     {"poll"},
		chat.Game:     {"game_title"},
		chat.Invoice:  {"invoice_information"},
		chat.Story:    {"story", "story_id"},
		chat.Unknown:  {"giveaway_information", "giveaway_results", "paid_stars_amount", "todo_list"},
	}
}

// untold are the fields that are known and passed over: sizes of media, and what
// service messages say beside their action.
func untold() []string {
	return []string{
		"author", "inline_bot_buttons", "saved_from_id", "photo_file_size", "file_name", "file_size", "thumbnail", "thumbnail_file_size",
		"media_spoiler", "mime_type", "duration_seconds", "width", "height", "performer", "self_destruct_period_seconds",
		"contact_vcard", "contact_vcard_file_size", "game_description", "game_link", "via_bot_id",
		"members", "inviter", "message_id", "game_message_id", "invoice_message_id", "score", "amount", "currency", "recurring",
		"discard_reason", "information_text", "reason_app_id", "reason_app_name", "reason_domain", "values", "to", "to_id", "distance",
		"duration", "period", "schedule_date", "emoticon", "cost", "months", "new_title", "new_icon_emoji_id", "button_id", "peer_id",
		"peers", "gift_code", "boost_peer_id", "boost_peer_name", "unclaimed", "via_giveaway", "winners", "stars", "boosts",
		"peer_name", "charge_id", "is_unclaimed", "giveaway_msg_id", "transaction_id", "gift_id", "is_limited", "is_anonymous", "gift_text",
	}
}
