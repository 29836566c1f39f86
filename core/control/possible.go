package control

import (
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

// possible refuses an effect that makes no sense in this run.
func (s *stage) possible(e spec.Effect, id string) error {
	if named(s.study, id) {
		return refuse("the study has something of the id %s already", id)
	}
	if e.Model != nil {
		if _, ok := s.study.Models[e.Model.Use]; !ok {
			return refuse("no entry %.100q of models in the study", e.Model.Use)
		}
	}
	if e.Feed != nil && e.Feed.Rank == interest && !embeds(s.study) {
		return refuse("the interest feed needs embeddings of all posts, which this run does not keep: a study has them that ranks by interest from the start or in an intervention")
	}
	for _, of := range audiences(e) {
		if err := s.meant(of); err != nil {
			return err
		}
	}
	return nil
}

const interest = "interest"

// embeds reports whether the feed of a study's network can rank by interest.
func embeds(study *spec.Study) bool {
	if n := study.Environment.Network; n != nil && n.Feed.Rank == interest {
		return true
	}
	return slices.ContainsFunc(study.Interventions, func(v spec.Intervention) bool {
		return slices.ContainsFunc(v.Do, func(e spec.Effect) bool { return e.Feed != nil && e.Feed.Rank == interest })
	})
}

// named reports whether something that residents are told or asked in a study
// has an id.
func named(study *spec.Study, id string) bool {
	return slices.ContainsFunc(study.Events, func(e spec.Event) bool { return e.ID == id }) ||
		slices.ContainsFunc(study.Interventions, func(v spec.Intervention) bool { return v.ID == id }) ||
		slices.ContainsFunc(study.Surveys, func(s spec.Survey) bool { return s.ID == id }) ||
		slices.ContainsFunc(study.Interviews, func(i spec.Interview) bool { return i.ID == id })
}

// audiences are those of an effect.
func audiences(e spec.Effect) []spec.Audience {
	switch {
	case e.Tell != nil:
		return []spec.Audience{e.Tell.Audience}
	case e.Goals != nil:
		return []spec.Audience{e.Goals.Audience}
	case e.Mood != nil:
		return []spec.Audience{e.Mood.Audience}
	case e.Model != nil:
		return []spec.Audience{e.Model.Audience}
	case e.Follow != nil:
		return []spec.Audience{e.Follow.Who, e.Follow.Whom}
	case e.Unfollow != nil:
		return []spec.Audience{e.Unfollow.Who, e.Unfollow.Whom}
	default:
		return nil
	}
}

// meant refuses an audience with somebody who is not there, or with nobody.
func (s *stage) meant(of spec.Audience) error {
	for _, name := range of.Agents {
		if len(s.turn.Audience(spec.Audience{Agents: []string{name}})) == 0 {
			return refuse("no resident %.100q", name)
		}
	}
	switch {
	case len(s.turn.Audience(of)) > 0:
		return nil
	case of.Group != "":
		return refuse("nobody belongs to a group %.100q", of.Group)
	default:
		return refuse("nobody lives here")
	}
}
