package gguf

import "strings"

// pretokenizers are the regular expressions that text is split by before its
// bytes are merged, and what llama.cpp and Ollama call them.
func pretokenizers() map[string]string {
	const gpt2 = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	const words = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|`
	const rest = `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	const tekken = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|` +
		`\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	return map[string]string{
		gpt2:                        "gpt-2",
		words + `\p{N}{1,3}` + rest: "llama-bpe",
		words + `\p{N}` + rest:      "qwen2",
		tekken:                      "tekken",
	}
}

// pre names the way in which text is split. A name that is given goes before
// what the tokenizer says; without one, a way that is not known is an error: a
// model that reads other tokens than it was trained on answers badly and does
// not say why.
func (t *tokenizer) pre(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var patterns []string
	for _, s := range t.PreTokenizer.each() {
		switch {
		case s.Type == "Split" && s.Pattern.Regex != "":
			patterns = append(patterns, s.Pattern.Regex)
		case s.Type == "ByteLevel" && (s.UseRegex == nil || *s.UseRegex) && len(patterns) == 0:
			return "gpt-2", nil
		case s.Type != "ByteLevel":
			patterns = append(patterns, s.Type)
		}
	}
	if name := pretokenizers()[strings.Join(patterns, "\n")]; name != "" {
		return name, nil
	}
	return "", fail(Unsupported, tokenizerFile, "", "the pre-tokenizer %q is not known: name the one of llama.cpp that is the same, or convert with llama.cpp", patterns)
}
