package control

import (
	"math"
	"slices"

	"github.com/llm-city/gorod/core/spec"
)

func checkEffect(e spec.Effect) error {
	switch n := count(e.Tell != nil, e.Goals != nil, e.Mood != nil, e.Model != nil, e.Follow != nil, e.Unfollow != nil, e.Feed != nil, e.Stop); {
	case n != 1:
		return bad("it has %d effects: an order is for one", n)
	case e.Tell != nil:
		return first(checkText("what is told", e.Tell.Text, maxText), checkAudience(e.Tell.Audience))
	case e.Goals != nil:
		return checkGoals(*e.Goals)
	case e.Mood != nil:
		return checkMood(*e.Mood)
	case e.Model != nil:
		return first(checkText("the entry of models", e.Model.Use, maxName), checkAudience(e.Model.Audience))
	case e.Feed != nil:
		return checkFeed(*e.Feed)
	}
	for _, ties := range []*spec.Ties{e.Follow, e.Unfollow} {
		if ties != nil {
			return first(checkAudience(ties.Who), checkAudience(ties.Whom))
		}
	}
	return nil
}

func checkGoals(g spec.GoalChange) error {
	if (len(g.Set) == 0) == (len(g.Add) == 0) {
		return because("nogoals", "which goals? give one of set and add")
	}
	goals := slices.Concat(g.Set, g.Add)
	if len(goals) > maxGoals {
		return because("goals", "%d goals: at most %d are taken", len(goals), maxGoals)
	}
	for _, goal := range goals {
		if err := checkText("a goal", goal, maxText); err != nil {
			return err
		}
	}
	return checkAudience(g.Audience)
}

func checkMood(m spec.MoodChange) error {
	within := func(v, limit float64) bool { return math.Abs(v) <= limit } // not a number is not
	switch {
	case !within(m.Valence, 2) || !within(m.Arousal, 1):
		return bad("a mood moves by at most 2 in valence and 1 in arousal")
	case m.Valence == 0 && m.Arousal == 0:
		return bad("the mood does not move: give valence or arousal")
	}
	return checkAudience(m.Audience)
}

func checkFeed(f spec.FeedChange) error {
	switch {
	case f == spec.FeedChange{}:
		return bad("the feed does not change: give rank, size or discover")
	case !slices.Contains([]string{"", "chronological", "hot", "interest", "random"}, f.Rank):
		return bad("no feed ranks by %.40q: chronological, hot, interest and random do", f.Rank)
	case f.Size != nil && (*f.Size < 0 || *f.Size > 100):
		return bad("a feed shows 0 to 100 posts, not %d", *f.Size)
	case f.Discover != nil && !(*f.Discover >= 0 && *f.Discover <= 1):
		return bad("discover is a share from 0 to 1")
	}
	return nil
}
