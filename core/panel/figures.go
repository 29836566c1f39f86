package panel

import (
	"math"
	"strconv"

	"github.com/llm-city/gorod/core/panel/internal/chart"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// named is a figure with what it shows.
type named struct {
	chart.Figure
	ID      string
	Title   string
	Note    string
	Columns []string
	Square  bool
}

// figure draws series over the ticks of a run.
func (q *request) figure(id string, series []chart.Series, opts chart.Options, marks []city.Mark) named {
	opts.Label = func(tick int64) string { return strconv.FormatInt(tick, 10) }
	opts.Say = func(tick int64) string { return q.words.T("tick.n", tick) }
	if opts.Value == nil {
		opts.Value = q.count
	}
	for _, m := range marks {
		opts.Marks = append(opts.Marks, chart.Mark{Tick: m.Tick, Kind: m.Kind, Title: q.words.T("tick.n", m.Tick) + ": " + q.markTitle(m)})
	}
	f := named{Figure: chart.Draw(series, opts), ID: id, Title: q.words.T("figure." + id), Note: q.words.Or("figure."+id+".note", "")}
	f.Columns = []string{q.words.T("tick")}
	for _, s := range series {
		f.Columns = append(f.Columns, s.Name)
	}
	return f
}

func (q *request) count(v float64) string {
	if v != math.Trunc(v) {
		return q.words.Num(v, 1)
	}
	return q.words.Int(int64(v))
}

// markTitle says in a line what came from outside.
func (q *request) markTitle(m city.Mark) string {
	title := q.words.T("mark." + m.Kind)
	if m.Who != "" {
		title += " · " + prose(m.Who, 40)
	}
	if m.Text != "" {
		title += " · " + prose(m.Text, 80)
	} else {
		title += " · " + prose(m.ID, 40)
	}
	return title
}

// moodFigure is the mood of the city, or of one resident.
func (q *request) moodFigure(id string, first int64, valence, arousal []float64, marks []city.Mark) named {
	return q.figure(id, []chart.Series{
		{Name: q.words.T("mood.valence"), Values: valence}, {Name: q.words.T("mood.arousal"), Values: arousal},
	}, chart.Options{First: first, Low: -0.2, High: 0.4, Value: q.words.Signed}, marks)
}

// cityFigures are those of the overview.
func (q *request) cityFigures(moments []city.Moment, marks []city.Mark) (mood, activity, tones named) {
	n := len(moments)
	col := func(of func(city.Moment) float64) []float64 {
		out := make([]float64, n)
		for i, m := range moments {
			out[i] = of(m)
		}
		return out
	}
	felt := func(of func(city.Moment) float64) []float64 {
		return col(func(m city.Moment) float64 {
			if m.Felt == 0 {
				return math.NaN()
			}
			return of(m)
		})
	}
	mood = q.moodFigure("mood", 0,
		felt(func(m city.Moment) float64 { return m.Mood.Valence }), felt(func(m city.Moment) float64 { return m.Mood.Arousal }), marks)
	activity = q.figure("activity", []chart.Series{
		{Name: q.words.T("acts.written"), Values: col(func(m city.Moment) float64 { return float64(m.Written) })},
		{Name: q.words.T("acts.others"), Values: col(func(m city.Moment) float64 { return float64(m.Others) })},
	}, chart.Options{Stack: true}, marks)
	tones = q.figure("tones", []chart.Series{
		{Name: q.words.T("tone.negative"), Values: col(func(m city.Moment) float64 { return float64(m.Negative) })},
		{Name: q.words.T("tone.neutral"), Values: col(func(m city.Moment) float64 { return float64(m.Neutral) })},
		{Name: q.words.T("tone.positive"), Values: col(func(m city.Moment) float64 { return float64(m.Positive) })},
	}, chart.Options{Stack: true, Share: true, High: 1, Value: q.words.Percent}, nil)
	var totals [3]int
	for _, m := range moments {
		totals[0], totals[1], totals[2] = totals[0]+m.Negative, totals[1]+m.Neutral, totals[2]+m.Positive
	}
	tones.Note = q.words.T("figure.tones.total", totals[0], totals[1], totals[2])
	for i, class := range []string{"negative", "neutral", "positive"} {
		if !tones.Empty {
			tones.Lines[i].Class = class
		}
	}
	return mood, activity, tones
}
