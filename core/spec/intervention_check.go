package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/llm-city/gorod/plugins/sdk"
)

func given(is ...bool) (n int) {
	for _, yes := range is {
		if yes {
			n++
		}
	}
	return n
}

func (c *checker) intervention(path string, v *Intervention) {
	if slices.ContainsFunc(c.study.Events, func(e Event) bool { return e.ID == v.ID }) {
		c.problem(c.at(path+".id"), fmt.Sprintf("%q is an event too", v.ID), "what residents are told could not be told apart", "rename one")
	}
	c.notOfShock(path+".id", v.ID)
	c.condition(path+".when", &v.When)
	c.every(path+".cooldown", v.Cooldown)
	if len(v.Do) == 0 {
		c.problem(c.at(path), "an intervention without effect", "nothing would happen", "add do: [{tell: {text: …}}]")
	}
	for i := range v.Do {
		c.effect(fmt.Sprintf("%s.do[%d]", path, i), v.Do[i])
	}
}

func (c *checker) condition(path string, w *Condition) {
	if given(w.At != nil, w.Tick != nil, w.Every != 0, w.Metric != nil, w.Query != nil, w.Proposition != nil) != 1 {
		c.problem(c.at(path), "when does it happen?", "give exactly one of at, tick, every, metric, query and proposition", "")
		return
	}
	c.within(path+".at", w.At, nil)
	c.within(path+".tick", nil, w.Tick)
	c.every(path+".every", w.Every)
	if m := w.Metric; m != nil {
		c.metric(path+".metric", m)
	}
	if q := w.Query; q != nil {
		c.query(path+".query", *q)
	}
	if p := w.Proposition; p != nil {
		c.claim(path+".proposition", p.Claim)
		if (p.Mode == "score") != (p.AtLeast != nil) {
			c.problem(c.at(path+".proposition"), "when is it met?", "mode: score needs at_least, mode: check takes none", "write mode: score with at_least: 7, or mode: check")
		} else if p.Mode == "score" && !p.Holds {
			c.problem(c.at(path+".proposition.holds"), "holds is not used", "the judge gives a score", "use mode: check, or remove it")
		}
	}
}

func (c *checker) metric(path string, m *MetricCondition) {
	if given(m.Above != nil, m.Below != nil) != 1 {
		c.problem(c.at(path), "when is it met?", "give exactly one of above and below", "")
	}
	c.group(path+".group", m.Group)
	if strings.HasPrefix(m.Item, "survey/") && !slices.ContainsFunc(c.study.Events, func(e Event) bool { return e.ID == m.Item }) {
		c.problem(c.at(path+".item"), "a condition does not see answers to surveys", "asking residents changes nothing in a run",
			"use a proposition or a query, or an item that is not of a survey")
	}
	plugin := Plugin{Plugin: m.Plugin, Config: m.Config}
	before := len(c.problems)
	c.plugin(path, &plugin, sdk.KindMetric, "")
	if len(c.problems) > before {
		return
	}
	m.Config = plugin.Config
	info, _, err := c.study.plugins.Lookup(m.Plugin)
	if err != nil {
		return // reported
	}
	var known []string
	for _, i := range info.Metrics {
		known = append(known, i.Name)
	}
	if !slices.Contains(known, m.Name) {
		c.problem(c.at(path+".name"), fmt.Sprintf("no metric %q", m.Name), m.Plugin+" does not measure it", closest(m.Name, known))
	}
}

func (c *checker) query(path string, q Query) {
	if q.AtLeast == nil && q.AtMost == nil {
		c.problem(c.at(path), "when is it met?", "neither at_least nor at_most is given", "add at_least: 1")
	} else if q.AtLeast != nil && q.AtMost != nil && *q.AtLeast > *q.AtMost {
		c.problem(c.at(path), "it is never met", fmt.Sprintf("at_least is %d, at_most %d", *q.AtLeast, *q.AtMost), "give at_most from at_least on")
	}
	c.every(path+".within", q.Within)
	c.audience(path+".of", q.Of)
	if q.About != "" && !slices.ContainsFunc(c.study.Events, func(e Event) bool { return e.ID == q.About }) {
		var known []string
		for _, e := range c.study.Events {
			known = append(known, e.ID)
		}
		c.problem(c.at(path+".about"), fmt.Sprintf("no event %q", q.About), "events: has no such id", closest(q.About, known))
	}
	if q.Action != "" && q.Kind != "action" && q.Kind != "invalid" {
		c.problem(c.at(path+".action"), "action is not used", "the query is for events of kind "+q.Kind, "remove it, or use kind: action")
	}
}

func (c *checker) effect(path string, e Effect) {
	if given(e.Tell != nil, e.Goals != nil, e.Mood != nil, e.Model != nil, e.Follow != nil, e.Unfollow != nil, e.Feed != nil, e.Stop) != 1 {
		c.problem(c.at(path), "what happens?", "give exactly one effect", "split them into items of the list")
		return
	}
	network := c.study.Environment.Network != nil
	if !network && (e.Follow != nil || e.Unfollow != nil || e.Feed != nil) {
		c.problem(c.at(path), "the effect is for networks", "the study's environment is none", "remove it")
	}
	switch {
	case e.Tell != nil:
		c.audience(path+".tell", e.Tell.Audience)
		c.text(path+".tell.text", e.Tell.Text)
	case e.Goals != nil:
		c.goals(path+".goals", *e.Goals)
	case e.Mood != nil:
		c.audience(path+".mood", e.Mood.Audience)
		c.moves(path+".mood", e.Mood.Valence != 0 || e.Mood.Arousal != 0, "add valence or arousal")
	case e.Model != nil:
		c.audience(path+".model", e.Model.Audience)
		c.model(path+".model.use", e.Model.Use)
	case e.Feed != nil:
		c.moves(path+".feed", *e.Feed != FeedChange{}, "add rank, size or discover")
	}
	for key, ties := range map[string]*Ties{"follow": e.Follow, "unfollow": e.Unfollow} {
		if ties != nil {
			c.audience(path+"."+key+".who", ties.Who)
			c.audience(path+"."+key+".whom", ties.Whom)
			ties.Who.say()
			ties.Whom.say()
		}
	}
}

func (c *checker) goals(path string, g GoalChange) {
	c.audience(path, g.Audience)
	if (len(g.Set) == 0) == (len(g.Add) == 0) {
		c.problem(c.at(path), "which goals?", "give one of set and add", "")
	}
	for key, goals := range map[string][]string{"set": g.Set, "add": g.Add} {
		for i, goal := range goals {
			c.text(fmt.Sprintf("%s.%s[%d]", path, key, i), goal)
		}
	}
}

// moves checks that an effect has one.
func (c *checker) moves(path string, does bool, do string) {
	if !does {
		c.problem(c.at(path), "an effect that changes nothing", path+" is empty", do)
	}
}
