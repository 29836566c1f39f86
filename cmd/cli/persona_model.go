package cli

import (
	"cmp"
	"time"

	"github.com/llm-city/gorod/core/agent/persona"
	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/provide"
	"github.com/llm-city/gorod/core/spec"
)

// longestPersona is the limit of a reply where no study sets one: a persona is
// longer than what a resident says.
const longestPersona = 2048

// mind makes the model that the options name.
func (s *State) mind(opts mindOptions) (persona.Mind, error) {
	name, models, err := s.mindModels(opts)
	if err != nil {
		return persona.Mind{}, err
	}
	set, err := provide.New(models, s.Getenv, s.log)
	if err != nil {
		return persona.Mind{}, err
	}
	m := models[name]
	parallel := max(1, m.Parallel) * max(1, len(m.Endpoints))
	if m.Provider == provide.Reference {
		parallel = 4 // it waits for nobody
	}
	return persona.Mind{
		Provider: set.Provider(name), Model: m.Model, Parallel: parallel, Scripted: m.Provider == provide.Reference,
		Sampling: llm.Sampling{Temperature: m.Temperature, TopP: m.TopP, MaxTokens: m.MaxTokens, Stop: m.Stop, LogitBias: m.LogitBias},
	}, nil
}

// mindModels are the models that there are, and which is meant.
func (s *State) mindModels(opts mindOptions) (string, map[string]spec.Model, error) {
	if opts.study == "" {
		name := cmp.Or(opts.model, provide.Reference)
		m := spec.Model{Provider: provide.Reference, MaxTokens: longestPersona}
		if name != provide.Reference {
			m = spec.Model{
				Provider: provide.Ollama, Model: name, Endpoints: []string{s.settings.Ollama}, Parallel: 1,
				Timeout: 5 * time.Minute, Retries: 4, MaxTokens: longestPersona,
			}
		}
		return name, map[string]spec.Model{name: m}, nil
	}
	study, err := spec.Load(opts.study, spec.Options{Plugins: s.catalog()})
	if err != nil {
		return "", nil, err
	}
	name := cmp.Or(opts.model, study.Agents.Model)
	if _, ok := study.Models[name]; !ok {
		return "", nil, usagef("%s has no model %q", opts.study, name)
	}
	return name, study.Models, nil
}
