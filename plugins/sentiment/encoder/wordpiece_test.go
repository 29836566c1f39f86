package encoder

import (
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// testdata/wordpiece.json holds what Hugging Face's tokenizers 0.23 makes of
// the texts.
func TestTokensAreThoseOfBERTsOwnTokenizer(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/wordpiece.json")
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Vocab    []string
		Texts    []string
		Settings []struct {
			Lowercase    bool       `json:"lowercase"`
			StripAccents *bool      `json:"strip_accents"`
			Tokens       [][]uint32 `json:"tokens"`
		}
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	vocabulary := map[string]int{}
	for id, token := range reference.Vocab {
		vocabulary[token] = id
	}
	for _, s := range reference.Settings {
		file, err := json.Marshal(map[string]any{
			"normalizer":    map[string]any{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "lowercase": s.Lowercase, "strip_accents": s.StripAccents},
			"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
			"model":         map[string]any{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": vocabulary},
		})
		if err != nil {
			t.Fatal(err)
		}
		w, err := newWordPiece(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range reference.Texts {
			if got := w.encode(text, 1000); !slices.Equal(got, s.Tokens[i]) {
				t.Errorf("lowercase %v, %q: %v, want %v", s.Lowercase, text, got, s.Tokens[i])
			}
			if got := w.encode(text, 4); len(got) > 4 || got[0] != 2 || got[len(got)-1] != 3 || !slices.Equal(got[:len(got)-1], s.Tokens[i][:len(got)-1]) {
				t.Errorf("%q cut to 4: %v of %v", text, got, s.Tokens[i])
			}
		}
	}
}

func TestKnownLabelsInTwoLanguages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		names   string // divided by |
		sign    int
		emotion string
	}{
		{"positive|POSITIVE|Positive|POS|позитивный|Положительный|very positive|Very-Positive|5 stars", 1, ""},
		{"negative|NEGATIVE|NEG|негатив|отрицательная|1 star", -1, ""},
		{"neutral|NEU|Нейтральный|no_emotion|нет эмоции|3 stars", 0, ""},
		{"joy|Happiness|радость", 1, "joy"},
		{"sadness|грусть", -1, "sadness"},
		{"anger|злость|гнев", -1, "anger"},
		{"fear|СТРАХ", -1, "fear"},
		{"surprise|удивление", 1, "surprise"},
		{"disgust|отвращение", -1, "disgust"},
		{"enthusiasm|энтузиазм", 1, "enthusiasm"},
	} {
		for name := range strings.SplitSeq(test.names, "|") {
			got, ok := knownLabel(name)
			if !ok || got.name != name || got.emotion != test.emotion || cmp.Compare(got.valence, 0) != test.sign {
				t.Errorf("%q: %+v, %v", name, got, ok)
			}
		}
	}
	for _, name := range []string{"LABEL_0", "LABEL_1", "", "1", "toxic", "positively"} {
		if got, ok := knownLabel(name); ok {
			t.Errorf("%q is taken for %+v", name, got)
		}
	}
}
