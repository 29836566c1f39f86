package llmtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
)

func text(v any) string { s, _ := v.(string); return s }

func messages(v any) (out []Message) {
	all, _ := v.([]any)
	for _, item := range all {
		m, _ := item.(map[string]any)
		out = append(out, Message{text(m["role"]), text(m["content"])})
	}
	return out
}

func texts(v any) (out []string) {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	all, _ := v.([]any)
	for _, item := range all {
		out = append(out, text(item))
	}
	return out
}

func raw(v any) []byte {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was JSON
	}
	return data
}

// tokens is a rough count: four bytes each.
func tokens(r Request) (n int) {
	for _, m := range r.Messages {
		n += len(m.Content)/4 + 4
	}
	for _, t := range r.Texts {
		n += len(t)/4 + 1
	}
	return n
}

// ollama is the dialect of Ollama's own API.
func ollama() dialect {
	return dialect{
		read: func(body map[string]any) Request {
			options, _ := body["options"].(map[string]any)
			return Request{
				Model: text(body["model"]), Messages: messages(body["messages"]), Schema: raw(body["format"]),
				Sampling: options, Texts: texts(body["input"]),
			}
		},
		answer: func(r Request, reply string) any {
			return object{
				"model": r.Model, "message": Message{"assistant", reply}, "done": true, "done_reason": "stop",
				"prompt_eval_count": tokens(r), "eval_count": len(reply)/4 + 1,
			}
		},
		vectors: func(r Request, v [][]float32) any {
			return object{"model": r.Model, "embeddings": v, "prompt_eval_count": tokens(r)}
		},
		fail:    func(message string) any { return object{"error": message} },
		missing: func(model string) string { return fmt.Sprintf("model %q not found", model) },
	}
}

// openai is the dialect of OpenAI's API.
func openai() dialect {
	return dialect{
		read: func(body map[string]any) Request {
			r := Request{Model: text(body["model"]), Messages: messages(body["messages"]), Sampling: body, Texts: texts(body["input"])}
			if format, ok := body["response_format"].(map[string]any); ok {
				inner, _ := format["json_schema"].(map[string]any)
				r.Schema = raw(inner["schema"])
			}
			return r
		},
		answer: func(r Request, reply string) any {
			prompt, completion := tokens(r), len(reply)/4+1
			return object{
				"id": "1", "object": "chat.completion", "model": r.Model,
				"choices": []object{{"index": 0, "message": Message{"assistant", reply}, "finish_reason": "stop"}},
				"usage":   object{"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion},
			}
		},
		vectors: func(r Request, v [][]float32) any {
			data := make([]object, len(v))
			for i := range v { // last first: clients must mind the index
				data[len(v)-1-i] = object{"object": "embedding", "index": i, "embedding": v[i]}
			}
			return object{"object": "list", "model": r.Model, "data": data, "usage": object{"prompt_tokens": tokens(r)}}
		},
		fail:    func(message string) any { return object{"error": object{"message": message, "type": "test"}} },
		missing: func(model string) string { return fmt.Sprintf("The model `%s` does not exist.", model) },
	}
}

func (s *Server) digest(name string) string {
	if s.opts.Digest != "" {
		return s.opts.Digest
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
}

func (s *Server) tags(w http.ResponseWriter, _ *http.Request) {
	var models []object
	for _, name := range s.names() {
		models = append(models, object{
			"name": name + ":latest", "model": name + ":latest", "size": 1 << 20, "digest": s.digest(name),
			"details": object{"family": "test", "parameter_size": "1M", "quantization_level": "F32"},
		})
	}
	send(w, http.StatusOK, object{"models": models})
}

func (s *Server) show(w http.ResponseWriter, req *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil || !s.has(text(body["model"])) {
		send(w, http.StatusNotFound, ollama().fail(ollama().missing(text(body["model"]))))
		return
	}
	send(w, http.StatusOK, object{"details": object{"family": "test"}})
}

// pull pretends to download a model that the server has.
func (s *Server) pull(w http.ResponseWriter, req *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil || !s.has(text(body["model"])) {
		send(w, http.StatusOK, ollama().fail("pull model manifest: file does not exist"))
		return
	}
	lines := []object{{"status": "pulling manifest"}}
	for done := 0; done <= 100; done += 50 {
		lines = append(lines, object{"status": "pulling layer", "completed": done, "total": 100})
	}
	for _, line := range append(lines, object{"status": "success"}) {
		send(w, http.StatusOK, line)
	}
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	var data []object
	for _, name := range s.names() {
		data = append(data, object{"id": name, "object": "model", "owned_by": "test"})
	}
	send(w, http.StatusOK, object{"object": "list", "data": data})
}
