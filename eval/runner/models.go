package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
	"github.com/llm-city/gorod/core/llm/provide"
	core "github.com/llm-city/gorod/core/runner"
	"github.com/llm-city/gorod/core/spec"
)

// used are the models that somebody of the suite answers or judges with.
func (e *Evaluation) used() map[string]spec.Model {
	out := map[string]spec.Model{}
	for name, m := range e.options.Suite.Models {
		if len(e.users(name)) > 0 {
			out[name] = m
		}
	}
	return out
}

// users are the subjects and judges that a model answers for.
func (e *Evaluation) users(model string) (out []string) {
	s := e.options.Suite
	for i := range s.Subjects {
		if s.Subjects[i].Model == model {
			out = append(out, "subject "+s.Subjects[i].Name)
		}
	}
	for i := range s.Judges {
		if s.Judges[i].Model == model {
			out = append(out, "judge "+s.Judges[i].Name)
		}
	}
	return out
}

// whoFails are the users of the models that an error names.
func (e *Evaluation) whoFails(err error) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(e.options.Suite.Models)) {
		if strings.Contains(err.Error(), "models."+name+":") {
			all = append(all, e.users(name)...)
		}
	}
	return strings.Join(all, ", ")
}

// digestTime bounds how long a server is asked what it serves.
const digestTime = 5 * time.Second

// Reach asks every server what it serves, before anything else is asked of it. A
// server that is down, or lacks the model, is an error that names who cannot
// answer.
func (e *Evaluation) Reach(ctx context.Context) error { return e.identify(ctx, false) }

// identify asks every server what it serves. On resuming, a server that is down
// is no error: the cassette may have all that is asked.
func (e *Evaluation) identify(ctx context.Context, resumed bool) error {
	models := e.used()
	e.digests = map[string]core.ModelRecord{}
	var mu sync.Mutex
	var wrong []error
	var group sync.WaitGroup
	for _, name := range slices.Sorted(maps.Keys(models)) {
		m := models[name]
		group.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, digestTime)
			defer cancel()
			digest, err := "", error(nil)
			if e.options.Suite.Cassette != string(cassette.Replay) {
				digest, err = e.models.Digest(ctx, name)
			}
			mu.Lock()
			defer mu.Unlock()
			e.digests[name] = core.ModelRecord{Provider: m.Provider, Model: m.Model, Endpoints: m.Endpoints, Digest: digest}
			if err != nil && (resumed || !decisive(m, err)) {
				e.options.Log.Info("the model's digest is unknown", "model", name, "error", err)
			} else if err != nil {
				wrong = append(wrong, fmt.Errorf("%s cannot answer: models.%s: %w", strings.Join(e.users(name), ", "), name, err))
			}
		})
	}
	group.Wait()
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(wrong...)
}

// decisive reports whether a server that says this of a model cannot be asked:
// those that speak OpenAI's API need not list what they serve.
func decisive(m spec.Model, err error) bool {
	return m.Provider == provide.Ollama || llm.IsKind(err, llm.Unavailable) || llm.IsKind(err, llm.Unauthorized) ||
		llm.IsKind(err, llm.Timeout) || errors.Is(err, context.DeadlineExceeded)
}

// session is an evaluation under way.
type session struct {
	*Evaluation
	calls    *cassette.Cassette
	budget   *llm.Budget
	usage    usage
	layers   map[string]llm.Provider // by entry of models
	subjects map[string]*subject
	judges   map[string]Judge
	results  []*result
	verdicts []*verdict
	total    int
	finished atomic.Int64
}

// open opens the cassette and makes everybody who answers.
func (e *Evaluation) open(ctx context.Context, dir string) (*session, error) {
	o := e.options
	path, mode := filepath.Join(dir, CassetteFile), cassette.Mode(o.Suite.Cassette)
	calls, err := cassette.Open(ctx, path, mode)
	if mode == cassette.Replay && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("`cassette: replay` answers from the recording of an earlier evaluation, and %s is none: put one there and resume, or start anew with `cassette: record`: %w", path, err)
	}
	if err != nil {
		return nil, err
	}
	s := &session{Evaluation: e, calls: calls, layers: map[string]llm.Provider{}, subjects: map[string]*subject{}, judges: map[string]Judge{}}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *session) begin(ctx context.Context) error {
	spent, err := s.calls.Spent(ctx)
	if err != nil {
		return fmt.Errorf("add up what is spent: %w", err)
	}
	limit := s.options.Suite.Budget
	s.budget = llm.NewBudget(llm.Spent{Calls: limit.MaxCalls, Tokens: limit.MaxTokens}, spent)
	for name := range s.used() {
		s.layers[name] = s.layer(s.models.Provider(name))
	}
	for i := range s.options.Suite.Subjects {
		if err := s.meet(ctx, &s.options.Suite.Subjects[i]); err != nil {
			return err
		}
	}
	return s.appoint()
}

// layer puts the layers of a model before what answers. From top to bottom:
// repair asks again after a bad reply, questions take their turns, the meter counts, the cassette answers
// what was answered before, and the budget bounds what reaches the model. A
// replay ends at the cassette.
func (s *session) layer(bottom llm.Provider) llm.Provider {
	if s.options.Suite.Cassette == string(cassette.Replay) {
		bottom = nil
	} else {
		bottom = s.budget.Layer(bottom)
	}
	return llm.Repair(inTurn{metered{s.calls.Layer(bottom), &s.usage}})
}

// close ends plugins and brings the recording onto the disk.
func (s *session) close(ctx context.Context) error {
	var all []error
	for _, x := range s.subjects {
		if x.plugin != nil {
			all = append(all, x.plugin.Close(context.WithoutCancel(ctx)))
		}
	}
	return errors.Join(append(all, s.calls.Close())...)
}

// laneOf is the queue that a model's questions stand in: models that the same
// servers answer for share one.
func (s *session) laneOf(model string) string {
	own := s.options.Suite.Models[model]
	for _, name := range slices.Sorted(maps.Keys(s.used())) {
		m := s.options.Suite.Models[name]
		if m.Provider == own.Provider && m.Parallel == own.Parallel && slices.Equal(m.Endpoints, own.Endpoints) {
			return name
		}
	}
	return model
}

// roomOf is what a lane has.
func (s *session) roomOf(lane string) room {
	if slots := s.models.Stats(lane).Slots; slots > 0 {
		return roomFor(slots)
	}
	slots := runtime.GOMAXPROCS(0) // computed here
	return room{slots: slots, jobs: 2 * slots}
}

// roomFor keeps slots busy: while all are at work, some jobs have their next
// question in the queue.
func roomFor(slots int) room { return room{slots: slots, jobs: slots + slots/4 + 1} }

// usage counts what passes through the meters.
type usage struct{ replies, hits, unusable, prompt, reply atomic.Int64 }

// metered is a layer that counts replies, also those that break their schema.
type metered struct {
	llm.Provider
	usage *usage
}

// Generate implements llm.Provider.
func (m metered) Generate(ctx context.Context, req llm.Request) (llm.Response, error) {
	resp, err := m.Provider.Generate(ctx, req)
	if err != nil {
		return resp, err
	}
	if resp.Cached {
		m.usage.hits.Add(1)
		return resp, nil
	}
	m.usage.replies.Add(1)
	m.usage.prompt.Add(int64(resp.PromptTokens))
	m.usage.reply.Add(int64(resp.ReplyTokens))
	return resp, nil
}
