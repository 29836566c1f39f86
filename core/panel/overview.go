package panel

import (
	"context"
	"slices"

	"github.com/llm-city/gorod/core/panel/internal/city"
)

// Ticks over which topics are counted, and how many are shown.
const (
	topicWindow = 12
	mostTopics  = 10
	mostLatest  = 8
	mostMarks   = 100
)

type overviewBody struct {
	at
	Row     runRow
	Counts  city.Counts
	Moment  city.Moment
	Figures []named
	Topics  []city.Topic
	Peak    int
	Latest  []city.Message
	Marks   []city.Mark // the newest first
	Names   map[string]string
	Window  int
}

// overview shows how the city is.
func (p *Panel) overview(ctx context.Context, q *request) error {
	body := overviewBody{Window: topicWindow}
	var err error
	if body.Row, err = rowOf(ctx, q.run); err != nil {
		return err
	}
	err = q.run.city.Read(ctx, q.tick, func(v *city.View) error {
		body.at = here("overview", v, body.Row.Ticks)
		body.Counts = v.Counts()
		body.Moment, _ = v.Moment()
		body.Latest = v.Latest(mostLatest)
		body.Topics = remember(&q.run.memo, "topics", v.Tick, func() []city.Topic { return v.Topics(topicWindow, mostTopics) })
		body.Marks = v.Marks()
		body.Names = namesIn(v, body.Marks)
		mood, activity, tones := q.cityFigures(v.Moments(), body.Marks)
		body.Figures = []named{mood, activity, tones}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range body.Topics {
		body.Peak = max(body.Peak, t.Now, t.Before)
	}
	body.Marks = slices.Clone(body.Marks[max(0, len(body.Marks)-mostMarks):])
	slices.Reverse(body.Marks)
	return q.show("overview", q.words.T("menu.overview"), body)
}

// namesIn are the names of those whom marks concern.
func namesIn(v *city.View, marks []city.Mark) map[string]string {
	names := map[string]string{}
	for _, m := range marks {
		for _, e := range m.Effects {
			for _, id := range e.Agents {
				names[id] = v.Name(id).Name
			}
		}
	}
	return names
}
