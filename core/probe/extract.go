package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sim"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// extracts reads data out of the run where that is due after a tick.
func (d *Desk) extracts(ctx context.Context, t env.Tick, w *sim.World) (event.Findings, error) {
	var all event.Findings
	for _, e := range d.Study.Extract {
		if !e.Due(d.Study.Clock, t.Number, w.Last()) {
			continue
		}
		found, err := d.extract(ctx, t, w, e)
		if err != nil {
			return all, fmt.Errorf("extract %s: %w", e.Name, err)
		}
		all.Extracts = append(all.Extracts, found...)
	}
	return all, nil
}

// extract reads one object, or one of each resident. Replies that stay bad
// leave none.
func (d *Desk) extract(ctx context.Context, t env.Tick, w *sim.World, e spec.Extraction) ([]event.Extract, error) {
	subjects := []spec.Resident{{}}
	if e.About == "each" {
		subjects = nil
		for _, a := range d.residents(t, w, e.Of, 0, e.Name) {
			subjects = append(subjects, a.Resident)
		}
	}
	story, err := tell(ctx, w, d.Study.Clock, e.Window, subjects)
	if err != nil {
		return nil, err
	}
	objects, err := each(ctx, len(subjects), func(ctx context.Context, i int) (json.RawMessage, error) {
		return d.readOut(ctx, t, e, subjects[i], story.of(subjects[i].ID))
	})
	var out []event.Extract
	for i, object := range objects {
		if len(object) > 0 {
			out = append(out, event.Extract{Name: e.Name, Agent: subjects[i].ID, Tick: t.Number, JSON: object})
		}
	}
	return out, err
}

func (d *Desk) readOut(ctx context.Context, t env.Tick, e spec.Extraction, of spec.Resident, story string) (json.RawMessage, error) {
	instruction := e.Instruction
	if of.ID != "" {
		instruction = line(of.Persona.Name) + ": " + instruction // as the story calls it
	}
	role, err := d.words.render("extract", nil)
	if err != nil {
		return nil, err
	}
	task, err := d.words.render("instruction", map[string]any{"Story": story, "Instruction": instruction})
	if err != nil {
		return nil, err
	}
	entry := e.Model
	if entry == "" {
		entry = d.Study.Agents.Model
	}
	reply, err := d.Models.Ask(ctx, entry, sdk.Agent{ID: of.ID, Persona: of.Persona}, sdk.GenerateRequest{
		Call:     sdk.Call{Agent: of.ID, Tick: t.Number, Purpose: "extract " + e.Name},
		Messages: []sdk.Message{system(role), user(task)}, Schema: e.Schema,
	})
	if isUnusable(err) {
		d.Log.Warn("nothing read out", "extract", e.Name, "tick", t.Number, "agent", of.ID, "why", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(reply.Text)); err != nil {
		return nil, fmt.Errorf("the object read out: %w", err)
	}
	return compact.Bytes(), nil
}
