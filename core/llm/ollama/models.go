package ollama

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/internal/wire"
)

// Models implements llm.Lister.
func (s *Server) Models(ctx context.Context) ([]llm.ModelInfo, error) {
	resp, err := s.api.List(ctx)
	if err != nil {
		return nil, s.explain(ctx, "", err)
	}
	out := make([]llm.ModelInfo, 0, len(resp.Models))
	for _, m := range resp.Models {
		out = append(out, llm.ModelInfo{
			Name: m.Name, Endpoint: s.name, Size: m.Size, Digest: m.Digest,
			Detail: strings.Join(strings.Fields(m.Details.Family+" "+m.Details.ParameterSize+" "+m.Details.QuantizationLevel), " "),
		})
	}
	return out, nil
}

// Check implements llm.Checker: the model is there, and the server can read it.
func (s *Server) Check(ctx context.Context, model string) (llm.ModelInfo, error) {
	if _, err := s.api.Show(ctx, &api.ShowRequest{Model: model}); err != nil {
		return llm.ModelInfo{}, s.explain(ctx, model, err)
	}
	models, err := s.Models(ctx)
	if err != nil {
		return llm.ModelInfo{}, err
	}
	for _, m := range models {
		if strings.EqualFold(tagged(m.Name), tagged(model)) {
			return m, nil
		}
	}
	return llm.ModelInfo{Name: model, Endpoint: s.name}, nil // known under an alias
}

// tagged is a model's name with the tag that Ollama understands where none is
// given.
func tagged(model string) string {
	if strings.Contains(model[strings.LastIndex(model, "/")+1:], ":") {
		return model
	}
	return model + ":latest"
}

// Pull implements llm.Puller.
func (s *Server) Pull(ctx context.Context, model string, progress func(status string, done, total int64)) error {
	last := ""
	err := s.api.Pull(ctx, &api.PullRequest{Model: model}, func(p api.ProgressResponse) error {
		last = wire.Clip(p.Status)
		progress(last, p.Completed, p.Total)
		return nil
	})
	if err == nil && last != "success" {
		err = fmt.Errorf("the download broke off at %q", last)
	}
	if err == nil {
		return nil
	}
	err = s.explain(ctx, model, err)
	var e *llm.Error
	switch {
	case !errors.As(err, &e):
	case strings.Contains(err.Error(), "manifest: file does not exist"):
		e.Kind, e.Hint = llm.ModelMissing, "the library has no model of this name: look it up at ollama.com/library"
	case e.Hint == "":
		e.Hint = "check the name at ollama.com/library; what was downloaded is kept, and a new pull goes on there"
	}
	return err
}
