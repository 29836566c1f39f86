package panel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

// sample is a number of a run in Prometheus's text format.
type sample struct {
	name, kind, help string
	of               func(*measured) float64
}

// measured is what samples are taken from.
type measured struct {
	row      runRow
	moment   city.Moment
	counts   city.Counts
	calls    city.Calls
	usage    event.Usage
	events   int64
	restarts int
	away     int // endpoints
	troubles int // incidents
	waiting  int
}

func samples() []sample {
	return []sample{
		{"gorod_run_tick", "gauge", "Ticks committed.", func(m *measured) float64 { return float64(m.row.Tick) }},
		{"gorod_run_ticks", "gauge", "Ticks planned.", func(m *measured) float64 { return float64(m.row.Ticks) }},
		{"gorod_run_running", "gauge", "1 while the run goes on.", func(m *measured) float64 {
			if m.row.Status == "running" {
				return 1
			}
			return 0
		}},
		{"gorod_run_residents", "gauge", "Residents.", func(m *measured) float64 { return float64(m.counts.Residents) }},
		{"gorod_run_visitors", "gauge", "People from outside who wrote or did something.", func(m *measured) float64 { return float64(m.counts.Visitors) }},
		{"gorod_run_chats", "gauge", "Conversations.", func(m *measured) float64 { return float64(m.counts.Chats) }},
		{"gorod_run_messages_total", "counter", "Messages written or said.", func(m *measured) float64 { return float64(m.counts.Messages) }},
		{"gorod_run_events_total", "counter", "Events in the journal.", func(m *measured) float64 { return float64(m.events) }},
		{"gorod_run_mood_valence", "gauge", "Mean valence of the residents' moods, -1 to 1.", func(m *measured) float64 { return m.moment.Mood.Valence }},
		{"gorod_run_mood_arousal", "gauge", "Mean arousal of the residents' moods, 0 to 1.", func(m *measured) float64 { return m.moment.Mood.Arousal }},
		{"gorod_run_model_calls_total", "counter", "Calls of models that were recorded.", func(m *measured) float64 { return float64(m.calls.Calls) }},
		{"gorod_run_model_cache_hits_total", "counter", "Calls answered by the cassette.", func(m *measured) float64 { return float64(m.usage.Hits) }},
		{"gorod_run_model_errors_total", "counter", "Calls that were not answered.", func(m *measured) float64 { return float64(m.usage.Errors) }},
		{"gorod_run_model_peak_requests", "gauge", "Most calls that were under way or waited for an endpoint at once.", func(m *measured) float64 { return float64(m.usage.Peak) }},
		{"gorod_run_model_repairs_total", "counter", "Calls asked again after a bad reply.", func(m *measured) float64 { return float64(m.calls.Repairs) }},
		{"gorod_run_model_prompt_tokens_total", "counter", "Tokens of prompts.", func(m *measured) float64 { return float64(m.calls.PromptTokens) }},
		{"gorod_run_model_reply_tokens_total", "counter", "Tokens of replies.", func(m *measured) float64 { return float64(m.calls.ReplyTokens) }},
		{"gorod_run_model_latency_p50_seconds", "gauge", "Median latency of a call.", func(m *measured) float64 { return m.calls.Quantile(0.5).Seconds() }},
		{"gorod_run_model_latency_p95_seconds", "gauge", "Latency that 95 of 100 calls do not exceed.", func(m *measured) float64 { return m.calls.Quantile(0.95).Seconds() }},
		{"gorod_run_plugin_restarts_total", "counter", "Restarts of plugins.", func(m *measured) float64 { return float64(m.restarts) }},
		{"gorod_run_incidents_total", "counter", "What went wrong and was survived, restarts among it.", func(m *measured) float64 { return float64(m.troubles) }},
		{"gorod_run_model_endpoints_drained", "gauge", "Model servers that take no calls until they answer again.", func(m *measured) float64 { return float64(m.away) }},
		{"gorod_run_commands_waiting", "gauge", "Orders and visits that the run has not taken yet.", func(m *measured) float64 { return float64(m.waiting) }},
	}
}

// metrics shows how the runs are, for Prometheus. Where reading needs the token,
// so does this, as a bearer's.
func (p *Panel) metrics(w http.ResponseWriter, r *http.Request) {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !p.mayRead(r) && !p.door.Opens(bearer) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "the token is needed: Authorization: Bearer TOKEN", http.StatusUnauthorized)
		return
	}
	all, err := p.measure(r.Context())
	if err != nil {
		p.opts.Log.Error("metrics failed", "error", err)
		http.Error(w, "a run cannot be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	var out strings.Builder
	for _, s := range samples() {
		fmt.Fprintf(&out, "# HELP %s %s\n# TYPE %s %s\n", s.name, s.help, s.name, s.kind)
		for i := range all {
			fmt.Fprintf(&out, "%s{run=\"%s\"} %s\n", s.name, labelValue(all[i].row.Name), strconv.FormatFloat(s.of(&all[i]), 'g', -1, 64))
		}
	}
	_, _ = w.Write([]byte(out.String())) // who asked is gone
}

func labelValue(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
}

// measure takes in every run that has begun.
func (p *Panel) measure(ctx context.Context) (all []measured, err error) {
	for _, w := range p.runs {
		m, err := measureOne(ctx, w)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, city.ErrNotBegun):
		case err != nil: // one that is damaged hides no other
			p.opts.Log.Error("a run cannot be measured", "run", w.Name, "error", err)
		default:
			all = append(all, m)
		}
	}
	return all, nil
}

func measureOne(ctx context.Context, w *watched) (m measured, err error) {
	if m.row, err = rowOf(ctx, w); err != nil {
		return m, err
	}
	err = w.city.Read(ctx, -1, func(v *city.View) error {
		m.moment, _ = v.Moment()
		m.counts, m.calls = v.Counts(), v.Total()
		_, m.usage, _ = v.Usages()
		for _, t := range v.Moments() {
			m.events += int64(t.Events)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	incidents, err := w.incidents(ctx, math.MaxInt64)
	if err != nil {
		return m, err
	}
	m.troubles = len(incidents)
	for _, plugin := range pluginRows(incidents, nil) {
		m.restarts += plugin.Restarts
	}
	for _, s := range endpoints(incidents) {
		if s.name == drained {
			m.away++
		}
	}
	m.waiting, err = w.waiting(ctx)
	return m, err
}
