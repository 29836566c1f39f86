package gguf

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

const (
	tokenizerFile = "tokenizer.json"
	maxTokens     = 1 << 22
)

// kinds of tokens in GGUF.
const (
	tokenNormal  = 1
	tokenUnknown = 2
	tokenControl = 3
	tokenUser    = 4
	tokenUnused  = 5
	tokenByte    = 6
)

// tokenizer is a tokenizer.json of Hugging Face.
type tokenizer struct {
	Added []struct {
		ID      int    `json:"id"`
		Content string `json:"content"`
		Special bool   `json:"special"`
	} `json:"added_tokens"`
	Normalizer   step            `json:"normalizer"`
	PreTokenizer step            `json:"pre_tokenizer"`
	Post         json.RawMessage `json:"post_processor"`
	Model        struct {
		Type         string          `json:"type"`
		Vocab        json.RawMessage `json:"vocab"`
		Merges       merges          `json:"merges"`
		ByteFallback bool            `json:"byte_fallback"`
		Unknown      *string         `json:"unk_token"`
		IgnoreMerges bool            `json:"ignore_merges"`
	} `json:"model"`
}

// step is a normalizer or a pre-tokenizer, or a sequence of them.
type step struct {
	Type    string `json:"type"`
	Pattern struct {
		Regex  string `json:"Regex"`
		String string `json:"String"`
	} `json:"pattern"`
	Prepend       string `json:"prepend"`
	PrependScheme string `json:"prepend_scheme"`
	PrefixSpace   *bool  `json:"add_prefix_space"`
	UseRegex      *bool  `json:"use_regex"`
	Normalizers   []step `json:"normalizers"`
	PreTokenizers []step `json:"pretokenizers"`
}

// each step in turn.
func (s step) each() []step {
	var out []step
	for _, inner := range slices.Concat(s.Normalizers, s.PreTokenizers) {
		out = append(out, inner.each()...)
	}
	if s.Type != "" && s.Type != "Sequence" {
		out = append(out, s)
	}
	return out
}

// merges are pairs of tokens, as "a b" whichever way the file writes them.
type merges []string

// UnmarshalJSON implements json.Unmarshaler.
func (m *merges) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, (*[]string)(m)) == nil {
		return nil
	}
	var pairs [][2]string
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return fmt.Errorf("merges are neither texts nor pairs: %w", err)
	}
	*m = make(merges, len(pairs))
	for i, p := range pairs {
		(*m)[i] = p[0] + " " + p[1]
	}
	return nil
}

// vocabulary is a tokenizer as GGUF has it.
type vocabulary struct {
	model  string // gpt2: bytes; llama: SentencePiece
	pre    string
	tokens []string
	types  []int32
	scores []float32 // of SentencePiece
	merges []string  // of bytes
	prefix bool      // a space is put before the text
	ids    map[string]uint32
}

// readVocabulary reads a folder's tokenizer. pre names the pre-tokenizer where
// the tokenizer's own is not known.
func readVocabulary(dir, pre string) (*vocabulary, *tokenizer, error) {
	t := &tokenizer{}
	if err := readJSON(filepath.Join(dir, tokenizerFile), t); err != nil {
		return nil, nil, err
	}
	if t.Model.Type != "" && t.Model.Type != "BPE" {
		return nil, nil, fail(Unsupported, tokenizerFile, "", "a tokenizer of the kind %s", t.Model.Type)
	}
	v, err := t.vocabulary()
	if err != nil {
		return nil, nil, err
	}
	if t.byteLevel() {
		v.model, v.merges = "gpt2", t.Model.Merges
		if v.pre, err = t.pre(pre); err != nil {
			return nil, nil, err
		}
		return v, t, nil
	}
	v.sentencePiece(t)
	return v, t, nil
}

// byteLevel tells tokens written byte by byte from SentencePiece's.
func (t *tokenizer) byteLevel() bool {
	for _, s := range t.PreTokenizer.each() {
		if s.Type == "ByteLevel" {
			return true
		}
	}
	return !t.Model.ByteFallback
}

func (t *tokenizer) vocabulary() (*vocabulary, error) {
	var ids map[string]int
	if err := json.Unmarshal(t.Model.Vocab, &ids); err != nil {
		return nil, fail(Corrupt, tokenizerFile, "", "vocabulary: %w", err)
	}
	last := len(ids) - 1
	for _, id := range ids {
		last = max(last, id)
	}
	for _, a := range t.Added {
		last = max(last, a.ID)
	}
	if last >= maxTokens { // before one is added, of which the greatest has none
		return nil, fail(Corrupt, tokenizerFile, "", "token ids up to %d", last)
	}
	size := last + 1
	v := &vocabulary{tokens: make([]string, size), types: make([]int32, size), ids: make(map[string]uint32, size)}
	set := func(text string, id int, kind int32) error {
		if id < 0 {
			return fail(Corrupt, tokenizerFile, "", "token %q has the id %d", text, id)
		}
		v.tokens[id], v.types[id], v.ids[text] = text, kind, uint32(id)
		return nil
	}
	for text, id := range ids {
		if err := set(text, id, tokenNormal); err != nil {
			return nil, err
		}
	}
	for _, a := range t.Added {
		kind := int32(tokenUser)
		if a.Special {
			kind = tokenControl
		}
		if err := set(a.Content, a.ID, kind); err != nil {
			return nil, err
		}
	}
	v.fill(0)
	return v, nil
}

// fill names the ids that no token has, which the model's embedding has too:
// there are at least size tokens then.
func (v *vocabulary) fill(size int) {
	for i := range max(size, len(v.tokens)) {
		if i >= len(v.tokens) {
			v.tokens, v.types = append(v.tokens, ""), append(v.types, 0)
			if v.scores != nil {
				v.scores = append(v.scores, -1e6)
			}
		}
		if v.types[i] == 0 {
			v.tokens[i], v.types[i] = fmt.Sprintf("[PAD%d]", i), tokenUnused
		}
	}
}

// sentencePiece gives tokens the scores by which SentencePiece merges: the
// earlier a merge is in the list, the higher.
func (v *vocabulary) sentencePiece(t *tokenizer) {
	v.model, v.pre = "llama", "default"
	v.scores = make([]float32, len(v.tokens))
	for i := range v.scores {
		v.scores[i] = -float32(len(t.Model.Merges)) - float32(i) - 1
	}
	seen := make(map[uint32]bool, len(t.Model.Merges))
	for rank, merge := range t.Model.Merges {
		left, right, _ := strings.Cut(merge, " ")
		if id, ok := v.ids[left+right]; ok && !seen[id] {
			v.scores[id], seen[id] = -float32(rank), true
		}
	}
	for id, text := range v.tokens {
		switch unknown := t.Model.Unknown; {
		case unknown != nil && *unknown == text:
			v.types[id] = tokenUnknown
		case v.types[id] == tokenNormal && len(text) == 6 && strings.HasPrefix(text, "<0x") && text[5] == '>':
			v.types[id] = tokenByte
		}
	}
	v.prefix = slices.ContainsFunc(slices.Concat(t.Normalizer.each(), t.PreTokenizer.each()), step.putsSpace)
}

// putsSpace tells whether a step puts a space before the text.
func (s step) putsSpace() bool {
	switch s.Type {
	case "Prepend":
		return s.Prepend == "▁"
	case "Metaspace":
		old := s.PrependScheme == "" && (s.PrefixSpace == nil || *s.PrefixSpace)
		return old || s.PrependScheme == "always" || s.PrependScheme == "first"
	}
	return false
}

// put writes the vocabulary's keys.
func (v *vocabulary) put(kv metadata) {
	kv["tokenizer.ggml.model"], kv["tokenizer.ggml.pre"] = v.model, v.pre
	kv["tokenizer.ggml.tokens"], kv["tokenizer.ggml.token_type"] = v.tokens, v.types
	if v.scores != nil {
		kv["tokenizer.ggml.scores"] = v.scores
		kv["tokenizer.ggml.add_space_prefix"] = v.prefix
	}
	if v.merges != nil {
		kv["tokenizer.ggml.merges"] = v.merges
	}
}
