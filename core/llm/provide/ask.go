package provide

import (
	"context"
	"fmt"

	"github.com/llm-city/gorod/core/llm"
)

// List is what the servers of an entry have.
func (s *Set) List(ctx context.Context, name string) ([]llm.ModelInfo, error) {
	e, err := s.entry(name)
	if err != nil {
		return nil, err
	}
	var out []llm.ModelInfo
	for _, endpoint := range e.endpoints {
		lister, ok := endpoint.Provider.(llm.Lister)
		if !ok {
			continue
		}
		models, err := lister.Models(ctx)
		if err != nil {
			return out, err
		}
		out = append(out, models...)
	}
	return out, nil
}

// Pull has every server of an entry download its model.
func (s *Set) Pull(ctx context.Context, name string, progress func(status string, done, total int64)) error {
	e, err := s.entry(name)
	if err != nil {
		return err
	}
	for _, endpoint := range e.endpoints {
		puller, ok := endpoint.Provider.(llm.Puller)
		if !ok {
			return &llm.Error{
				Kind: llm.BadRequest, Endpoint: endpoint.Name, Model: e.Model.Model,
				Err: fmt.Errorf("a server of provider %s downloads nothing", e.Provider), Hint: "start it with the model",
			}
		}
		if err := puller.Pull(ctx, e.Model.Model, progress); err != nil {
			return err
		}
	}
	return nil
}

// Digest identifies the weights of an entry's model; empty where the servers
// tell none. Servers that differ are an error.
func (s *Set) Digest(ctx context.Context, name string) (string, error) {
	e, err := s.entry(name)
	if err != nil {
		return "", err
	}
	digest := ""
	for i, endpoint := range e.endpoints {
		checker, ok := endpoint.Provider.(llm.Checker)
		if !ok {
			continue
		}
		info, err := checker.Check(ctx, e.Model.Model)
		if err != nil {
			return "", err
		}
		if i > 0 && info.Digest != digest {
			return "", &llm.Error{
				Kind: llm.BadRequest, Endpoint: endpoint.Name, Model: e.Model.Model,
				Err:  fmt.Errorf("its weights (%.12s) are not those of %s (%.12s)", info.Digest, e.endpoints[0].Name, digest),
				Hint: "pull the model anew on both",
			}
		}
		digest = info.Digest
	}
	return digest, nil
}

func (s *Set) entry(name string) (entry, error) {
	e, ok := s.entries[name]
	if !ok {
		return e, fmt.Errorf("the study has no model %q", name)
	}
	return e, nil
}
