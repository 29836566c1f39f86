package live

import (
	"cmp"
	"strings"
	"unicode"

	"github.com/gotd/td/tg"
)

// snake makes bot_command of messageEntityBotCommand.
func snake(name, prefix string) string {
	var b strings.Builder
	runes := []rune(strings.TrimPrefix(name, prefix))
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || (i+1 < len(runes) && unicode.IsLower(runes[i+1]))) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// action names a service message as exports of Telegram Desktop do; what they
// have no other name for goes by Telegram's own.
func action(a tg.MessageActionClass) string {
	if a == nil {
		return "unknown"
	}
	name := snake(a.TypeName(), "messageAction")
	return cmp.Or(desktopNames()[name], name)
}

// desktopNames are those that differ. Service messages are few.
func desktopNames() map[string]string {
	return map[string]string{
		"bot_allowed":            "allow_sending_messages",
		"channel_create":         "create_channel",
		"channel_migrate_from":   "migrate_from_group",
		"chat_add_user":          "invite_members",
		"chat_create":            "create_group",
		"chat_delete_photo":      "delete_group_photo",
		"chat_delete_user":       "remove_members",
		"chat_edit_photo":        "edit_group_photo",
		"chat_edit_title":        "edit_group_title",
		"chat_joined_by_link":    "join_group_by_link",
		"chat_joined_by_request": "join_group_by_request",
		"chat_migrate_to":        "migrate_to_supergroup",
		"contact_sign_up":        "joined_telegram",
		"game_score":             "score_in_game",
		"geo_proximity_reached":  "proximity_reached",
		"gift_code":              "gift_code_prize",
		"gift_premium":           "send_premium_gift",
		"gift_stars":             "send_stars_gift",
		"history_clear":          "clear_history",
		"payment_sent":           "send_payment",
		"payment_sent_me":        "send_payment",
		"screenshot_taken":       "take_screenshot",
		"secure_values_sent":     "send_passport_values",
		"secure_values_sent_me":  "send_passport_values",
		"set_chat_theme":         "edit_chat_theme",
		"set_chat_wall_paper":    "set_chat_wallpaper",
		"star_gift":              "send_star_gift",
		"star_gift_unique":       "send_star_gift",
		"topic_create":           "topic_created",
		"web_view_data_sent":     "send_webview_data",
		"web_view_data_sent_me":  "send_webview_data",
	}
}
