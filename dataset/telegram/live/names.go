package live

import (
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
// have no name for goes by Telegram's own.
func action(a tg.MessageActionClass) string {
	switch a := a.(type) {
	case *tg.MessageActionCustomAction:
		return "custom"
	case *tg.MessageActionChatCreate:
		return "create_group"
	case *tg.MessageActionChatEditTitle:
		return "edit_group_title"
	case *tg.MessageActionChatEditPhoto:
		return "edit_group_photo"
	case *tg.MessageActionChatDeletePhoto:
		return "delete_group_photo"
	case *tg.MessageActionChatAddUser:
		return "invite_members"
	case *tg.MessageActionChatDeleteUser:
		return "remove_members"
	case *tg.MessageActionChatJoinedByLink:
		return "join_group_by_link"
	case *tg.MessageActionChatJoinedByRequest:
		return "join_group_by_request"
	case *tg.MessageActionChannelCreate:
		return "create_channel"
	case *tg.MessageActionChatMigrateTo:
		return "migrate_to_supergroup"
	case *tg.MessageActionChannelMigrateFrom:
		return "migrate_from_group"
	case *tg.MessageActionHistoryClear:
		return "clear_history"
	default:
		return lateAction(a)
	}
}

func lateAction(a tg.MessageActionClass) string {
	switch a := a.(type) {
	case nil:
		return "unknown"
	case *tg.MessageActionGameScore:
		return "score_in_game"
	case *tg.MessageActionPaymentSent, *tg.MessageActionPaymentSentMe:
		return "send_payment"
	case *tg.MessageActionScreenshotTaken:
		return "take_screenshot"
	case *tg.MessageActionBotAllowed:
		return "allow_sending_messages"
	case *tg.MessageActionSecureValuesSent, *tg.MessageActionSecureValuesSentMe:
		return "send_passport_values"
	case *tg.MessageActionContactSignUp:
		return "joined_telegram"
	case *tg.MessageActionGeoProximityReached:
		return "proximity_reached"
	case *tg.MessageActionSetChatTheme:
		return "edit_chat_theme"
	case *tg.MessageActionWebViewDataSent, *tg.MessageActionWebViewDataSentMe:
		return "send_webview_data"
	case *tg.MessageActionGiftPremium:
		return "send_premium_gift"
	case *tg.MessageActionTopicCreate:
		return "topic_created"
	case *tg.MessageActionGiftCode:
		return "gift_code_prize"
	case *tg.MessageActionGiftStars:
		return "send_stars_gift"
	case *tg.MessageActionStarGift, *tg.MessageActionStarGiftUnique:
		return "send_star_gift"
	case *tg.MessageActionSetChatWallPaper:
		return "set_chat_wallpaper"
	default:
		return snake(a.TypeName(), "messageAction")
	}
}
