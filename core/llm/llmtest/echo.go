package llmtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Log-probabilities of the words of an echoed prompt.
const (
	LogProbKnown = -0.5 // the word stood there before
	LogProbNew   = -4.0
)

// echo answers a completion that echoes its prompt, as vLLM does: every word is
// a token, likely where it stood there before.
func (s *Server) echo(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Model, Prompt string
		Echo          bool
		LogProbs      int
	}
	d := openai()
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil || !body.Echo {
		send(w, http.StatusBadRequest, d.fail("only echoed completions are served"))
		return
	}
	r := Request{Path: req.URL.Path, Model: body.Model, Messages: []Message{{"user", body.Prompt}}}
	_, _ = s.arrive(r)
	defer s.depart(0)
	if s.refused(w, req, d, r) {
		return
	}
	choice := object{"index": 0, "text": body.Prompt + " и", "finish_reason": "length"}
	if !s.opts.NoLogProbs {
		choice["logprobs"] = logProbs(body.Prompt + " и")
	}
	send(w, http.StatusOK, object{"object": "text_completion", "model": body.Model, "choices": []object{choice}})
}

func logProbs(text string) object {
	var words []string
	var probs []any
	var offsets []int
	seen, at := map[string]bool{}, 0
	for part := range strings.SplitAfterSeq(text, " ") {
		word := strings.ToLower(strings.Trim(part, " .,!"))
		p := any(LogProbNew)
		if seen[word] {
			p = LogProbKnown
		}
		if at == 0 {
			p = nil // nothing stands before the first
		}
		words, probs, offsets = append(words, part), append(probs, p), append(offsets, at)
		seen[word] = true
		at += utf8.RuneCountInString(part)
	}
	return object{"tokens": words, "token_logprobs": probs, "text_offset": offsets}
}
