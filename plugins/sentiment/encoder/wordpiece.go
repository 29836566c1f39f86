package encoder

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// wordPiece turns texts into tokens as BERT's own tokenizer does: cleaned, in
// words and marks, each in the longest pieces that the vocabulary has. What a
// text says of control tokens ([SEP]) is text. It is read from many goroutines.
type wordPiece struct {
	vocabulary         map[string]uint32
	begin, end         uint32
	unknown            uint32
	prefix             string // of pieces that go on a word
	longest            int    // runes of a word that is known
	lowercase, accents bool   // accents: are taken off
	chinese, clean     bool
}

// enclosing is how many tokens stand around a text.
const enclosing = 2

// tokenizerFile is what a tokenizer.json says that matters here.
type tokenizerFile struct {
	Normalizer *struct {
		Type         string `json:"type"`
		Clean        bool   `json:"clean_text"`
		Chinese      bool   `json:"handle_chinese_chars"`
		StripAccents *bool  `json:"strip_accents"`
		Lowercase    bool   `json:"lowercase"`
	} `json:"normalizer"`
	PreTokenizer *struct {
		Type string `json:"type"`
	} `json:"pre_tokenizer"`
	Model struct {
		Type       string          `json:"type"`
		Unknown    string          `json:"unk_token"`
		Prefix     string          `json:"continuing_subword_prefix"`
		Longest    int             `json:"max_input_chars_per_word"`
		Vocabulary json.RawMessage `json:"vocab"` // whose shape depends on the type
	} `json:"model"`
}

func newWordPiece(data []byte) (*wordPiece, error) {
	var file tokenizerFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("it is not a tokenizer: %w", err)
	}
	m, n := file.Model, file.Normalizer
	switch {
	case m.Type != "WordPiece":
		return nil, fmt.Errorf("its tokens are of the kind %q; models with WordPiece tokens (BERT, DistilBERT, ELECTRA, MiniLM) are understood", m.Type)
	case n == nil || n.Type != "BertNormalizer" || file.PreTokenizer == nil || file.PreTokenizer.Type != "BertPreTokenizer":
		return nil, errors.New("it does not divide texts as BERT does (BertNormalizer and BertPreTokenizer)")
	}
	w := &wordPiece{prefix: m.Prefix, longest: m.Longest, lowercase: n.Lowercase, accents: n.Lowercase, chinese: n.Chinese, clean: n.Clean}
	if n.StripAccents != nil {
		w.accents = *n.StripAccents
	}
	if w.longest <= 0 {
		w.longest = 100
	}
	if err := json.Unmarshal(m.Vocabulary, &w.vocabulary); err != nil {
		return nil, fmt.Errorf("its vocabulary: %w", err)
	}
	for token, id := range map[string]*uint32{"[CLS]": &w.begin, "[SEP]": &w.end, m.Unknown: &w.unknown} {
		known, ok := w.vocabulary[token]
		if !ok {
			return nil, fmt.Errorf("its vocabulary has no %q", token)
		}
		*id = known
	}
	return w, nil
}

// encode returns at most limit tokens: those of the text's beginning, enclosed.
func (w *wordPiece) encode(text string, limit int) []uint32 {
	tokens := append(make([]uint32, 0, 32), w.begin)
	for word := range w.split(text) {
		if tokens = w.pieces(tokens, word); len(tokens) >= limit-1 {
			tokens = tokens[:limit-1]
			break
		}
	}
	return append(tokens, w.end)
}

// pieces adds a word's tokens: the unknown one where some part of it has none.
func (w *wordPiece) pieces(tokens []uint32, word string) []uint32 {
	if utf8.RuneCountInString(word) > w.longest {
		return append(tokens, w.unknown)
	}
	before := len(tokens)
	for rest := word; rest != ""; {
		id, length := w.head(rest, len(rest) < len(word))
		if length == 0 {
			return append(tokens[:before], w.unknown)
		}
		tokens, rest = append(tokens, id), rest[length:]
	}
	return tokens
}

// head is the longest piece that rest begins with, and its length in bytes, 0
// for none.
func (w *wordPiece) head(rest string, inside bool) (uint32, int) {
	for end := len(rest); end > 0; {
		piece := rest[:end]
		if inside {
			piece = w.prefix + piece
		}
		if id, ok := w.vocabulary[piece]; ok {
			return id, end
		}
		_, size := utf8.DecodeLastRuneInString(rest[:end])
		end -= size
	}
	return 0, 0
}
