package cassette_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/llm-city/gorod/core/llm"
	"github.com/llm-city/gorod/core/llm/cassette"
)

func TestTheSameQuestionAtOnceIsAskedOnce(t *testing.T) {
	t.Parallel()
	const askers = 50
	var here sync.WaitGroup
	here.Add(askers)
	m := &model{before: func(context.Context) { here.Wait() }} // until all have come
	p := open(t, file(t), cassette.Record).Layer(m)
	texts := make([]string, askers)
	vectors := make([]float32, askers)
	var group sync.WaitGroup
	for i := range texts {
		group.Go(func() {
			here.Done()
			texts[i] = generate(t, p, 1).Text
			resp, err := p.Embed(t.Context(), llm.EmbedRequest{Model: "m", Texts: []string{"раз", "два", "раз"}})
			if err != nil || resp.Vectors[0][1] != resp.Vectors[2][1] {
				t.Errorf("%v, %v", resp, err)
				return
			}
			vectors[i] = resp.Vectors[0][1]
		})
	}
	group.Wait()
	for i := range texts {
		if texts[i] != texts[0] || vectors[i] != vectors[0] {
			t.Errorf("two answers to one question: %q, %q; %v, %v", texts[0], texts[i], vectors[0], vectors[i])
		}
	}
	if len(m.texts) != 2 || m.calls.Load() > 3 {
		t.Errorf("%d calls, texts %v", m.calls.Load(), m.texts)
	}
}

func TestWhoWaitsForAnothersCallSurvivesItsEnd(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 2)
	m := &model{}
	ctx, cancel := context.WithCancel(t.Context())
	m.before = func(asked context.Context) {
		begun <- struct{}{}
		if m.calls.Load() == 1 {
			<-asked.Done()
		}
	}
	p := open(t, file(t), cassette.Record).Layer(m)
	leader := make(chan error, 1)
	go func() { _, err := p.Generate(ctx, request(1)); leader <- err }()
	<-begun
	follower := make(chan llm.Response, 1)
	go func() { follower <- generate(t, p, 1) }()
	cancel()
	if err := <-leader; !errors.Is(err, context.Canceled) {
		t.Errorf("the leader: %v", err)
	}
	if resp := <-follower; resp.Text == "" {
		t.Error("the follower got nothing")
	}
}
