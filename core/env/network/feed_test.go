package network_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// exposure is what the journal records of a feed.
func exposure(t *testing.T, s seen) event.Exposure {
	t.Helper()
	var found []event.Exposure
	for _, e := range s.Events {
		if e.Kind == event.KindExposure {
			found = append(found, payload[event.Exposure](t, e))
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d exposures recorded", len(found))
	}
	return found[0]
}

// plaza has an author whom all others follow, and a feed.
func plaza(t *testing.T, feed spec.Feed, embed network.Embed) *world {
	t.Helper()
	residents := society("Анна", "Борис", "Вера", "Глеб")
	residents[1].Persona.Interests = []string{"рыба"}
	// No spread of posts over the tick: ages are whole hours.
	return newWorld(t, network.Options{Settings: spec.Network{Follows: spec.Follows{Graph: "complete"}, Feed: feed}, Residents: residents, Step: 1, Embed: embed})
}

func TestChronologicalFeedShowsTheNewestFirst(t *testing.T) {
	t.Parallel()
	w := plaza(t, spec.Feed{Rank: "chronological", Size: 3, Window: 100}, nil)
	for n := range int64(3) {
		w.look(n, "a0001")
		w.does(n, "a0001", "post", "text", "раз")
		w.does(n, "a0003", "post", "text", "два")
		w.commit()
	}
	s := w.sees(3, "a0002")
	want := event.Exposure{Feed: "chronological", Items: []event.Shown{
		{ID: "p6", Author: "a0003", Score: float64(start.Add(2 * time.Hour).Unix())},
		{ID: "p5", Author: "a0001", Score: float64(start.Add(2 * time.Hour).Unix())},
		{ID: "p4", Author: "a0003", Score: float64(start.Add(time.Hour).Unix())},
	}}
	if d := cmp.Diff(want, exposure(t, s)); d != "" {
		t.Error(d)
	}
	for i, item := range s.Observation.Timeline {
		if item.ID != want.Items[i].ID || item.Rank != i+1 || item.Score != want.Items[i].Score {
			t.Errorf("item %d: %+v", i, item)
		}
	}
}

func TestHotFeedWeighsAttentionAgainstAge(t *testing.T) {
	t.Parallel()
	w := plaza(t, spec.Feed{Rank: "hot", Size: 5, HalfLife: 2 * time.Hour}, nil)
	w.look(0, everybody[:4]...)
	w.does(0, "a0001", "post", "text", "старая, но любимая") // p1
	w.does(0, "a0001", "post", "text", "старая")             // p2
	w.commit()
	w.look(2, "a0003", "a0004")
	w.does(2, "a0003", "favourite", "target", "p1")
	w.does(2, "a0004", "favourite", "target", "p1")
	w.does(2, "a0004", "reply", "target", "p1", "text", "и мне") // p3
	w.does(2, "a0001", "post", "text", "новая")                  // p4
	w.commit()
	// At 12:00: p1 is 4 h old, two half-lives, with 2 favourites and a reply:
	// (1+2+2)/4; p2 has 1/4; p3 and p4 are one half-life old: 1/2 each.
	want := []event.Shown{{ID: "p1", Author: "a0001", Score: 1.25}, {ID: "p4", Author: "a0001", Score: 0.5}, {ID: "p3", Author: "a0004", Score: 0.5}, {ID: "p2", Author: "a0001", Score: 0.25}}
	if d := cmp.Diff(want, exposure(t, w.sees(4, "a0002")).Items); d != "" {
		t.Error(d)
	}
}

func TestInterestFeedShowsWhatIsNearest(t *testing.T) {
	t.Parallel()
	vectors := map[string][]float32{"рыба": {1, 0}, "щука": {4, 3}, "дождь": {0, 1}, "карп": {1, 0}}
	asked := map[string]int{}
	w := plaza(t, spec.Feed{Rank: "interest", Size: 5}, func(_ context.Context, texts []string) ([][]float32, error) {
		var out [][]float32
		for _, text := range texts {
			asked[text]++
			out = append(out, vectors[text])
		}
		return out, nil
	})
	w.look(0, "a0001", "a0002")
	for _, text := range []string{"щука", "дождь", "карп"} {
		w.does(0, "a0001", "post", "text", text)
	}
	w.does(0, "a0001", "direct", "to", "Борис", "text", "тайна")
	w.commit()
	want := []event.Shown{{ID: "p3", Author: "a0001", Score: 1}, {ID: "p1", Author: "a0001", Score: 0.8}, {ID: "p2", Author: "a0001"}}
	if d := cmp.Diff(want, exposure(t, w.sees(1, "a0002")).Items); d != "" {
		t.Error(d)
	}
	w.commit()
	w.sees(2, "a0002")
	twin := w.reborn()
	twin.sees(3, "a0002")
	if d := cmp.Diff(map[string]int{"рыба": 1, "щука": 1, "дождь": 1, "карп": 1}, asked); d != "" {
		t.Errorf("each text is embedded once, private ones never:\n%s", d)
	}
}

func TestBadEmbeddingsAreErrors(t *testing.T) {
	t.Parallel()
	for name, embed := range map[string]network.Embed{
		"broken": func(context.Context, []string) ([][]float32, error) { return nil, errors.New("no model") },
		"short":  func(context.Context, []string) ([][]float32, error) { return nil, nil },
		"nan": func(context.Context, []string) ([][]float32, error) {
			return [][]float32{{float32(math.NaN())}}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := plaza(t, spec.Feed{Rank: "interest", Size: 5}, embed)
			if _, err := w.Turns(t.Context(), moment(0), []string{"a0001"}); err == nil || !strings.Contains(err.Error(), "embed") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRandomFeedDiffersByResidentAndTick(t *testing.T) {
	t.Parallel()
	order := func(tick int64, agent string) []string {
		w := plaza(t, spec.Feed{Rank: "random", Size: 20}, nil)
		w.look(0, "a0001")
		for range 20 {
			w.does(0, "a0001", "post", "text", "что-то")
		}
		w.commit()
		s := w.sees(tick, agent)
		for _, item := range exposure(t, s).Items {
			if item.Score < 0 || item.Score >= 1 {
				t.Errorf("score %v", item.Score)
			}
		}
		return ids(s.Observation.Timeline)
	}
	first := order(1, "a0002")
	if len(first) != 20 || !slices.Equal(first, order(1, "a0002")) {
		t.Errorf("the same resident and tick: %v", first)
	}
	if slices.Equal(first, order(2, "a0002")) || slices.Equal(first, order(1, "a0003")) {
		t.Error("another resident or tick gives the same order")
	}
}

func TestAPostIsShownOnceUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	w := plaza(t, spec.Feed{Rank: "chronological", Size: 5}, nil)
	w.look(0, "a0001")
	w.does(0, "a0001", "post", "text", "вопрос")
	w.commit()
	if got := ids(w.sees(1, "a0002").Observation.Timeline); !slices.Equal(got, []string{"p1"}) {
		t.Fatalf("first shows %v", got)
	}
	w.commit()
	if got := ids(w.sees(2, "a0002").Observation.Timeline); got != nil {
		t.Fatalf("then shows %v", got)
	}
	w.does(2, "a0001", "reply", "target", "p1", "text", "отвечу сама")
	w.commit()
	if got := ids(w.sees(3, "a0002").Observation.Timeline); !slices.Equal(got, []string{"p2", "p1"}) {
		t.Errorf("after an answer shows %v", got)
	}
	w.does(3, "a0002", "reply", "target", "p1", "text", "и я")
	w.commit()
	if got := ids(w.sees(4, "a0002").Observation.Timeline); got != nil {
		t.Errorf("after one's own answer shows %v", got)
	}
}

func TestABoostShowsAPostToThoseWhoDoNotFollowItsAuthor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис", "Вера", "Глеб")})
	w.look(0, everybody[:4]...)
	w.does(0, "a0003", "follow", "target", "Борис")
	w.does(0, "a0002", "follow", "target", "Анна")
	w.does(0, "a0004", "follow", "target", "Борис")
	w.does(0, "a0004", "follow", "target", "Анна")
	w.does(0, "a0001", "post", "text", "новость")
	w.commit()
	w.look(1, "a0002")
	w.does(1, "a0002", "boost", "target", "p1")
	w.commit()
	s := w.look(2, "a0003", "a0004")
	want := sdk.Item{Kind: "boost", ID: "p2", Author: "a0002", AuthorName: "Борис", Text: "Анна: новость", Parent: "p1", Audience: "public", Rank: 1}
	got := s[0].Observation.Timeline
	if len(got) == 1 {
		got[0].Time, got[0].Score = "", 0
	}
	if d := cmp.Diff([]sdk.Item{want}, got); d != "" {
		t.Error(d)
	}
	if got := ids(s[1].Observation.Timeline); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("one who follows both sees %v, want the post once", got)
	}
	if got := w.does(2, "a0003", "reply", "target", "p2", "text", "правда?").Event.Target; got != "p1" {
		t.Errorf("answering a boost answers %q", got)
	}
}

func TestAPostBoostedByManyIsShownOnceByTheLatest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис", "Вера", "Глеб")})
	w.look(0, everybody[:4]...)
	for _, pair := range [][2]string{{"a0002", "Анна"}, {"a0003", "Анна"}, {"a0004", "Борис"}, {"a0004", "Вера"}} {
		w.does(0, pair[0], "follow", "target", pair[1])
	}
	w.does(0, "a0001", "post", "text", "новость")
	w.commit()
	w.look(1, "a0002", "a0003")
	w.does(1, "a0002", "boost", "target", "p1")
	w.commit()
	w.look(2, "a0001")
	w.does(2, "a0003", "boost", "target", "p1")
	w.commit()
	if got := ids(w.sees(3, "a0004").Observation.Timeline); !slices.Equal(got, []string{"p3"}) {
		t.Errorf("sees %v", got)
	}
}

func TestDiscoverBringsPostsFromOutside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		discover        float64
		strangers, want int
	}{{0, 9, 0}, {0.1, 9, 1}, {0.5, 9, 2}, {1, 9, 4}, {1, 2, 2}} {
		w := newWorld(t, network.Options{
			Settings:  spec.Network{Feed: spec.Feed{Rank: "chronological", Size: 4, Discover: c.discover}},
			Residents: society("Анна", "Борис", "Вера"),
		})
		w.look(0, everybody[:3]...)
		w.does(0, "a0001", "follow", "target", "Борис")
		for range 9 {
			w.does(0, "a0002", "post", "text", "своё")
		}
		for range c.strangers {
			w.does(0, "a0003", "post", "text", "чужое")
		}
		w.commit()
		strangers := 0
		timeline := w.sees(1, "a0001").Observation.Timeline
		for _, item := range timeline {
			if item.Author == "a0003" {
				strangers++
			}
		}
		if strangers != c.want || len(timeline) != 4 {
			t.Errorf("discover %v: %d of %d posts from outside, want %d of 4", c.discover, strangers, len(timeline), c.want)
		}
	}
}

func TestNoPlaceInTheOrderOfAgentsIsFavoured(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{
		Follows: spec.Follows{Graph: "complete"}, Feed: spec.Feed{Rank: "chronological", Size: 5},
	}, Residents: crowd(20)})
	shown := map[string]int{}
	all := make([]string, 20)
	for i := range all {
		all[i] = walkResidents(20)[i].ID
	}
	for n := range int64(60) {
		for _, s := range w.look(n, all...) {
			for _, item := range s.Observation.Timeline {
				shown[item.Author]++
			}
		}
		for _, id := range all {
			w.does(n, id, "post", "text", "пишу")
		}
		w.commit()
	}
	early, late := 0, 0
	for i, id := range all {
		if i < 10 {
			early += shown[id]
		} else {
			late += shown[id]
		}
	}
	if ratio := float64(early) / float64(late); ratio < 0.8 || ratio > 1.25 {
		t.Errorf("the first half of residents is shown %d times, the second %d times", early, late)
	}
}

func TestUnknownFeedsAndMissingModelsAreRefused(t *testing.T) {
	t.Parallel()
	for rank, want := range map[string]string{"best": "chronological, hot, interest and random", "interest": "embedding model"} {
		_, err := network.New(network.Options{Settings: spec.Network{Feed: spec.Feed{Rank: rank}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rank, err, want)
		}
	}
}

func TestAFeedOfNoPostsShowsNone(t *testing.T) {
	t.Parallel()
	w := plaza(t, spec.Feed{Rank: "hot", Discover: 1}, nil)
	w.look(0, "a0001")
	w.does(0, "a0001", "post", "text", "слово")
	w.commit()
	s := w.sees(1, "a0002")
	if len(s.Observation.Timeline) != 0 || len(s.Events) != 0 {
		t.Errorf("shows %v, records %v", s.Observation.Timeline, s.Events)
	}
}
