package live

// Terms is what to tell a person before chats are fetched, by language: "ru" or
// "en". It says what to check; it is no legal advice.
func Terms(language string) string {
	if language == "ru" {
		return termsRussian
	}
	return termsEnglish
}

const termsRussian = `Внимание: условия Telegram ограничивают использование его данных для обучения моделей ИИ.
До выгрузки и обучения прочитайте действующие редакции документов:
  • Telegram API Terms of Service — https://core.telegram.org/api/terms
  • Telegram Terms of Service for Content Licensing and AI Scraping — https://telegram.org/tos/content-licensing
Проверьте, разрешено ли ваше использование, нужно ли согласие собеседников и как его подтвердить,
и какие законы о персональных данных к вам относятся. За нарушение условий доступ к API могут закрыть.
gorod этого за вас не решает.`

const termsEnglish = `Warning: Telegram's terms restrict the use of its data for training AI models.
Before you export or train, read the current versions of:
  • Telegram API Terms of Service — https://core.telegram.org/api/terms
  • Telegram Terms of Service for Content Licensing and AI Scraping — https://telegram.org/tos/content-licensing
Check whether your use is allowed, whether the other participants must consent and how that is shown,
and which data protection laws apply to you. Access to the API may be withdrawn for a breach.
gorod does not decide this for you.`
