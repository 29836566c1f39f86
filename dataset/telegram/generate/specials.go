package generate

const placeholder = "(File not included. Change data exporting settings to download.)"

// specials are the messages that are not text alone, each of them; the common
// ones several times.
func specials() []func(*generator) {
	file := func(kind string, more ...string) func(*generator) {
		return media(append([]string{"file", placeholder, "media_type", kind}, more...)...)
	}
	photo := media("photo", placeholder, "width", "#1280", "height", "#960")
	sticker := file("sticker", "sticker_emoji", "😂", "width", "#512", "height", "#512")
	voice := file("voice_message", "mime_type", "audio/ogg", "duration_seconds", "#7")
	return []func(*generator){
		sticker, photo, voice, (*generator).marked, sticker, photo,
		file("video_message", "mime_type", "video/mp4", "duration_seconds", "#12", "width", "#240", "height", "#240"),
		file("animation", "mime_type", "video/mp4"),
		sticker, photo, voice, (*generator).viaBot,
		file("video_file", "file_name", "video.mp4", "mime_type", "video/mp4"),
		file("audio_file", "performer", "Кто-то", "title", "Песня", "mime_type", "audio/mpeg"),
		media("file", placeholder, "file_name", "смета.pdf", "mime_type", "application/pdf"),
		media("contact_information", `{"first_name": "Мастер", "last_name": "", "phone_number": "+7 900 000 00 99"}`),
		media("location_information", `{"latitude": 55.751244, "longitude": 37.618423}`),
		media("place_name", "Кафе", "address", "ул. Мира, 1", "location_information", `{"latitude": 55.75, "longitude": 37.61}`),
		sticker, photo, voice, (*generator).unsupported,
		media("poll", `{"question": "Когда встречаемся?", "closed": false, "total_voters": 3, "answers": [{"text": "в пятницу", "voters": 2, "chosen": true}, {"text": "в субботу", "voters": 1, "chosen": false}]}`),
		media("game_title", "Шашки", "game_description", "Игра", "game_link", "https://t.me/gen_bot?game=x"),
		media("invoice_information", "#\"{\\n \\\"title\\\": \\\"Счёт\\\",\\n \\\"amount\\\": 100\\n}\""),
		media("location_information", "null", "live_location_period_seconds", "#900"),
		sticker, photo, voice,
		service("phone_call", "discard_reason", "hangup"),
		service("pin_message"),
		service("edit_group_title", "title", "Новое название"),
		service("join_group_by_link", "inviter", "Ольга Лебедева"),
		service("set_messages_ttl"),
		service("group_call"),
		service("gift_code_prize", "gift_code", "x"),
	}
}

// marked is a text with formatting of every kind that has no data in it.
func (g *generator) marked() {
	g.head("message")
	g.from("from")
	parts := []part{{text: "смотри "}}
	for _, kind := range []string{"bold", "italic", "code", "spoiler", "hashtag", "strikethrough", "underline"} {
		if g.oneIn(3) {
			text := "важно"
			if kind == "hashtag" {
				text = "#важно"
			}
			parts = append(parts, part{text: text, kind: kind}, part{text: " "})
		}
	}
	parts = append(parts, part{text: "тут", kind: "text_link", extra: "https://example.com/a"},
		part{text: " "}, part{text: "Аня", kind: "mention_name", extra: "1000001"},
		part{text: "😀", kind: "custom_emoji", extra: `"5368324170671202286"`})
	g.text(parts...)
	g.close('}')
}

func (g *generator) viaBot() {
	g.head("message")
	g.from("from")
	g.str("via_bot", "@gif")
	g.text(part{text: g.sentence()})
	g.close('}')
}

func (g *generator) unsupported() {
	g.item()
	g.open('{')
	g.num("id", g.at.id)
	g.str("type", "unsupported")
	g.close('}')
}
