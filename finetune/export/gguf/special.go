package gguf

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
)

// special is what a model's folder says of its special tokens and of its chat
// template.
type special struct {
	BOS      named           `json:"bos_token"`
	EOS      named           `json:"eos_token"`
	PAD      named           `json:"pad_token"`
	UNK      named           `json:"unk_token"`
	AddBOS   *bool           `json:"add_bos_token"`
	AddEOS   *bool           `json:"add_eos_token"`
	Template json.RawMessage `json:"chat_template"`
}

// named is a token, written as its text or as an object that holds it.
type named string

// UnmarshalJSON implements json.Unmarshaler.
func (n *named) UnmarshalJSON(raw []byte) error {
	var text *string
	if json.Unmarshal(raw, &text) == nil {
		if text != nil {
			*n = named(*text)
		}
		return nil
	}
	var object struct {
		Content string `json:"content"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	*n = named(object.Content)
	return nil
}

func optionalJSON(path string, into any) error {
	if err := readJSON(path, into); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// putSpecial writes the special tokens' keys.
func putSpecial(kv metadata, dir string, c *config, v *vocabulary, t *tokenizer, addBOS *bool) error {
	var s special
	if err := optionalJSON(filepath.Join(dir, "tokenizer_config.json"), &s); err != nil {
		return err
	}
	var generation struct {
		EOS ids `json:"eos_token_id"`
	}
	if err := optionalJSON(filepath.Join(dir, "generation_config.json"), &generation); err != nil {
		return err
	}
	put := func(key string, token named, fallback ids) {
		if id, ok := v.ids[string(token)]; ok && token != "" {
			kv["tokenizer.ggml."+key+"_token_id"] = id
		} else if len(fallback) > 0 && int(fallback[0]) < len(v.tokens) {
			kv["tokenizer.ggml."+key+"_token_id"] = fallback[0]
		}
	}
	put("bos", s.BOS, c.BOS)
	put("eos", s.EOS, c.EOS)
	put("padding", s.PAD, c.PAD)
	put("unknown", s.UNK, nil)
	eos, ok := kv["tokenizer.ggml.eos_token_id"].(uint32)
	if !ok {
		return fail(Corrupt, "tokenizer_config.json", "", "no end token: the model would never stop")
	}
	putEnds(kv, eos, append(c.EOS, generation.EOS...), len(v.tokens))
	kv["tokenizer.ggml.add_bos_token"] = startsWithBOS(&s, t, addBOS)
	kv["tokenizer.ggml.add_eos_token"] = false // of a prompt, which goes on
	template, err := readTemplate(dir, s.Template)
	if err == nil && template != "" {
		kv["tokenizer.chat_template"] = template
	}
	return err
}

// putEnds writes the other tokens that end a reply.
func putEnds(kv metadata, eos uint32, more ids, vocab int) {
	all := []int32{int32(eos)}
	for _, id := range more {
		if id != eos && int(id) < vocab && len(all) == 1 {
			kv["tokenizer.ggml.eot_token_id"] = id
			all = append(all, int32(id))
		}
	}
	if len(all) > 1 {
		kv["tokenizer.ggml.eos_token_ids"] = all
	}
}

// startsWithBOS tells whether the tokenizer puts its first token itself.
func startsWithBOS(s *special, t *tokenizer, given *bool) bool {
	switch {
	case given != nil:
		return *given
	case s.AddBOS != nil:
		return *s.AddBOS
	}
	quoted, err := json.Marshal(string(s.BOS))
	return err == nil && s.BOS != "" && bytes.Contains(t.Post, []byte(`"SpecialToken"`)) && bytes.Contains(t.Post, quoted)
}

// readTemplate is the model's own chat template, in Jinja; empty for none.
func readTemplate(dir string, inline json.RawMessage) (string, error) {
	raw, err := readSmall(filepath.Join(dir, "chat_template.jinja"))
	if err == nil {
		return string(raw), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var one string
	var several []struct{ Name, Template string }
	switch {
	case len(inline) == 0 || string(inline) == "null":
		return "", nil
	case json.Unmarshal(inline, &one) == nil:
		return one, nil
	case json.Unmarshal(inline, &several) != nil:
		return "", fail(Corrupt, "tokenizer_config.json", "", "chat_template is neither a text nor a list")
	}
	for _, t := range several {
		if t.Name == "default" {
			return t.Template, nil
		}
	}
	return "", nil
}

// BOS is the text of the token that begins a prompt, as a folder's tokenizer
// names it; empty for none.
func BOS(dir string) (string, error) {
	var s special
	err := optionalJSON(filepath.Join(dir, "tokenizer_config.json"), &s)
	return string(s.BOS), err
}
