package spec

import (
	"fmt"
	"net/url"
)

// Resolved has the endpoint that Ollama listens at where none is named.
func (m Model) Resolved() Model {
	if m.Provider == "ollama" && len(m.Endpoints) == 0 {
		m.Endpoints = []string{"http://127.0.0.1:11434"}
	}
	return m
}

// Flaws are what tags cannot say about an entry of models that is resolved and
// stands at path.
func (m Model) Flaws(path string) []Flaw {
	var out []Flaw
	flaw := func(path, what, why, do string) { out = append(out, Flaw{path, what, why, do}) }
	if m.Provider != "reference" && m.Provider != "" {
		m.servedFlaws(path, flaw)
	}
	if len(m.LogitBias) > 0 && m.Provider != "openai" {
		flaw(path+".logit_bias", "logit_bias is not for this provider", m.Provider+" cannot apply it", "use provider openai, or remove it")
	}
	return out
}

// servedFlaws are those of an entry that a server answers.
func (m Model) servedFlaws(at string, flaw func(path, what, why, do string)) {
	if m.Model == "" {
		flaw(at, at+".model is missing", "the server serves several models", "add model: NAME")
	}
	if len(m.Endpoints) == 0 {
		flaw(at, at+".endpoints is missing", "somebody must answer", `add endpoints: ["http://127.0.0.1:8000/v1"]`)
	}
	for i, e := range m.Endpoints {
		switch u, err := url.Parse(e); {
		case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
			flaw(fmt.Sprintf("%s.endpoints[%d]", at, i), fmt.Sprintf("no URL: %.80q", e), "an endpoint is a base URL", "write http://HOST:PORT")
		case u.User != nil || u.RawQuery != "":
			flaw(fmt.Sprintf("%s.endpoints[%d]", at, i), at+".endpoints has a password or a query", "endpoints stand in manifests and logs",
				"put the key into an environment variable and name it in "+at+".api_key_env")
		}
	}
}
