package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
	"github.com/llm-city/gorod/plugins/sdk/wire"
)

func (s *Suite) lifecycle() []Check {
	return []Check{
		{"says what it is", s.saysWhatItIs},
		{"has a config schema", s.hasSchema},
		{"starts with the defaults of its schema, restores nothing and closes", func(ctx context.Context) error {
			return s.work(ctx, nil, func(*wire.Client) error { return nil })
		}},
		{"lives through a config that makes no sense", s.livesThroughNonsense},
		{"does no work before it is configured", s.waitsForConfig},
		{"refuses a version of the contract that it does not speak", s.refusesVersion},
	}
}

func (s *Suite) saysWhatItIs(context.Context) error {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if !slices.Contains(sdk.Kinds(), s.Info.Kind) {
		bad("kind %q is none that gorod knows", s.Info.Kind)
	}
	if ok, _ := regexp.MatchString(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`, s.Info.Name); !ok {
		bad("name %q is not made of lower-case letters, digits and hyphens", s.Info.Name)
	}
	if ok, _ := regexp.MatchString(`^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$`, s.Info.Version); !ok {
		bad("version %q is not semantic, such as 1.0.0", s.Info.Version)
	}
	if strings.TrimSpace(s.Info.Summary) == "" || strings.ContainsAny(s.Info.Summary, "\r\n") {
		bad("summary %q is not one line that says what it does", s.Info.Summary)
	}
	if !slices.Contains(s.Info.APIVersions, "v1") {
		bad("it speaks %v of its contract, not v1", s.Info.APIVersions)
	}
	return errors.Join(problems...)
}

func (s *Suite) hasSchema(context.Context) error {
	if len(s.Schema) == 0 {
		return nil // it takes no config
	}
	var schema struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(s.Schema, &schema); err != nil {
		return fmt.Errorf("the config schema is not a JSON object: %w", err)
	}
	if schema.Type != "object" {
		return fmt.Errorf(`the config schema has type %q, a config is an "object"`, schema.Type)
	}
	return nil
}

func (s *Suite) livesThroughNonsense(ctx context.Context) error {
	for _, config := range []string{`[1,2]`, `"text"`, `{"no-such-setting":{"deep":[null]}}`, `{`} {
		err := s.visit(ctx, &Host{}, func(c *wire.Client, session *Session) error {
			return refused(c.Configure(ctx, s.setup(session, json.RawMessage(config))))
		})
		if err != nil {
			return fmt.Errorf("config %s: %w", config, err)
		}
	}
	return nil
}

func (s *Suite) waitsForConfig(ctx context.Context) error {
	return s.visit(ctx, &Host{}, func(c *wire.Client, _ *Session) error {
		var err error
		switch s.Info.Kind {
		case sdk.KindMemory:
			_, err = c.Recall(ctx, 0, queries(0))
		case sdk.KindPlanner:
			_, err = c.Plan(ctx, planRequest(0, people()[0]))
		case sdk.KindSentiment:
			_, err = c.Classify(ctx, 0, texts())
		case sdk.KindMayor:
			_, err = c.Decide(ctx, mayorRequest(0))
		case sdk.KindMetric:
			_, err = c.Measure(ctx, run(), events(1))
		}
		if err == nil {
			return errors.New("it answered")
		}
		return refused(err)
	})
}

func (s *Suite) refusesVersion(ctx context.Context) error {
	return s.visit(ctx, &Host{}, func(c *wire.Client, session *Session) error {
		setup := s.setup(session, s.Config)
		setup.APIVersion = "v99"
		err := c.Configure(ctx, setup)
		if err == nil {
			return errors.New("it took version v99")
		}
		return refused(err)
	})
}
