package llm

import "strings"

const thinkOpen, thinkClose = "<think>", "</think>"

// WithoutThinking removes what a reasoning model thought aloud before its
// answer. Thoughts that were cut off leave nothing.
func WithoutThinking(text string) string {
	rest := strings.TrimSpace(text)
	if strings.HasPrefix(rest, thinkOpen) {
		_, answer, _ := strings.Cut(rest, thinkClose)
		return strings.TrimSpace(answer)
	}
	// The opening mark may stand in the prompt's template.
	thoughts, answer, ok := strings.Cut(rest, thinkClose)
	if !ok || strings.HasPrefix(thoughts, "{") || strings.HasPrefix(thoughts, "[") {
		return text
	}
	return strings.TrimSpace(answer)
}
