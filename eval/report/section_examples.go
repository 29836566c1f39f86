package report

import (
	"fmt"

	"github.com/llm-city/gorod/eval/report/internal/tally"
)

// maxExamples bounds the threads shown.
const maxExamples = 8

// examples are conversations to read, one a condition.
func (s *study) examples() section {
	out := section{ID: "examples", Nav: s.T("Тексты ¦ Texts"), Title: s.T("Что они пишут ¦ What they write"),
		Intro: s.T("Для каждого условия — самая обсуждаемая запись с началом обсуждения или, где никто никому не отвечал, начало разговора. Тексты приведены как есть. ¦ " +
			"For each condition, the most discussed post with the beginning of its discussion or, where nobody answered anybody, how the conversation begins. Texts stand as they were written.")}
	if !s.shows(Activity) {
		return out
	}
	for i, c := range s.conditions {
		if t := s.example(c); t != nil && i < maxExamples {
			out.Blocks = append(out.Blocks, block{Thread: t})
		}
	}
	return out
}

// example is the thread with the most answers in any run of a condition, or
// where nobody answered anybody, how its first run that has words begins.
func (s *study) example(c *condition) *thread {
	var best, talked *run
	for _, r := range c.runs {
		if r.Thread != nil && (best == nil || r.Thread.Answers > best.Thread.Answers) {
			best = r
		}
		if talked == nil && len(r.Opening) > 0 {
			talked = r
		}
	}
	switch {
	case best != nil:
		note := s.Count(best.Thread.Answers, "ответ|ответа|ответов ¦ answer|answers")
		if rest := 1 + best.Thread.Answers - len(best.Thread.Posts); rest > 0 {
			note += s.T(", показано начало ¦ , the beginning is shown")
		}
		return s.thread(c, best, note, best.Thread.Posts)
	case talked != nil:
		return s.thread(c, talked, s.T("начало разговора ¦ how the conversation begins"), talked.Opening)
	}
	return nil
}

func (s *study) thread(c *condition, r *run, note string, posts []tally.Post) *thread {
	out := &thread{Title: c.shown(), Note: fmt.Sprintf("seed %d, %s", r.Seed, note)}
	names, groups := r.names(), map[string]string{}
	for _, p := range r.Residents {
		groups[p.ID] = p.Group
	}
	for _, p := range posts {
		shown := post{
			Author: nameOf(names, p.Author), Group: line(groups[p.Author], 40), Kind: s.kindName(p.Kind),
			Time: s.when(p.Tick), Text: prose(p.Text), Depth: min(p.Depth, 4),
		}
		shown.Tone, shown.Class = s.tone(p.Valence)
		out.Posts = append(out.Posts, shown)
	}
	return out
}

// tone puts a valence into words.
func (s *study) tone(valence *float64) (text, class string) {
	const even = 0.1
	switch {
	case valence == nil:
		return "", ""
	case *valence <= -even:
		class = "negative"
	case *valence >= even:
		class = "positive"
	default:
		class = "neutral"
	}
	return s.T("тональность ¦ sentiment") + " " + s.Number(*valence, 2), class
}
