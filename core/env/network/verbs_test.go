package network_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// village is a network of three who follow each other. Anna knows of an event,
// wrote a post (p1) and a poll (p2), and everybody has seen both. Group "Клуб"
// is closed, with Anna and Boris; "Рынок" is open, with Anna alone.
func village(t *testing.T, language string) *world {
	t.Helper()
	s := complete()
	s.Groups = []spec.NetGroup{
		{Name: "Клуб", Members: []string{"Анна Петрова", "Борис"}},
		{Name: "Рынок", Audience: "public", Members: []string{"a0001"}},
	}
	w := newWorld(t, network.Options{Settings: s, Language: language, Residents: society("Анна Петрова", "Борис", "Вера", "Пётр Первый", "Пётр Второй")})
	w.Tell(moment(0), event.Told{Event: "flood", Text: "Река вышла из берегов"}, []string{"a0001"})
	w.look(0, everybody...)
	w.does(0, "a0001", "post", "text", "Доброе утро")
	w.does(0, "a0001", "post", "text", "Чай?", "options", "да | нет")
	w.commit()
	w.look(1, everybody...)
	return w
}

var everybody = []string{"a0001", "a0002", "a0003", "a0004", "a0005"}

// next is what an agent sees after the actions of tick 1.
func (w *world) next(agent string) sdk.Observation {
	w.t.Helper()
	w.commit()
	return w.sees(2, agent).Observation
}

func TestActionsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	post := func(kind, id, author, text, audience string) sdk.Item {
		return sdk.Item{Kind: kind, ID: id, Author: author, Text: text, Audience: audience, Addressed: kind != "post"}
	}
	for name, c := range map[string]struct {
		agent string
		act   []string // kind, then arguments
		want  event.Action
		// item is what viewer then finds among its notifications or in its timeline.
		viewer string
		item   sdk.Item
	}{
		"a post is in the feeds of followers": {
			"a0002", []string{"post", "text", "  Обед \n"}, event.Action{ID: "p3", Audience: "public", Text: "Обед"},
			"a0003", post("post", "p3", "a0002", "Обед", "public"),
		},
		"a post for followers": {
			"a0002", []string{"post", "text", "Обед", "audience", "followers"}, event.Action{ID: "p3", Audience: "followers", Text: "Обед"},
			"a0003", post("post", "p3", "a0002", "Обед", "followers"),
		},
		"a post in a closed group is for members": {
			"a0001", []string{"post", "text", "Сбор", "group", "клуб"}, event.Action{ID: "p3", Group: "Клуб", Audience: "group", Text: "Сбор"},
			"a0002", sdk.Item{Kind: "post", ID: "p3", Author: "a0001", Text: "Сбор", Audience: "group", Group: "Клуб"},
		},
		"a post in an open group is for everybody": {
			"a0001", []string{"post", "text", "Рыба", "group", "Рынок", "audience", "public"}, event.Action{ID: "p3", Group: "Рынок", Audience: "public", Text: "Рыба"},
			"a0005", sdk.Item{Kind: "post", ID: "p3", Author: "a0001", Text: "Рыба", Audience: "public", Group: "Рынок"},
		},
		"a post names who is called": {
			"a0002", []string{"post", "text", "Эй, @Анна Петрова!"}, event.Action{ID: "p3", Audience: "public", Text: "Эй, @Анна Петрова!"},
			"a0001", sdk.Item{Kind: "post", ID: "p3", Author: "a0002", Text: "Эй, @Анна Петрова!", Audience: "public", Addressed: true},
		},
		"a post about an event carries it": {
			"a0001", []string{"post", "text", "Вода", "event", "flood"}, event.Action{ID: "p3", Audience: "public", Text: "Вода", About: "flood"},
			"a0002", sdk.Item{Kind: "post", ID: "p3", Author: "a0001", Text: "Вода", Audience: "public", Event: "flood"},
		},
		"a reply reaches who is answered": {
			"a0002", []string{"reply", "target", "p1", "text", "Привет"}, event.Action{ID: "p3", Target: "p1", TargetAgent: "a0001", Audience: "public", Text: "Привет"},
			"a0001", sdk.Item{Kind: "reply", ID: "p3", Author: "a0002", Text: "Привет", Audience: "public", Parent: "p1", Addressed: true},
		},
		"a quote shows what it quotes": {
			"a0002", []string{"quote", "target", "p1", "text", "Верно"}, event.Action{ID: "p3", Target: "p1", TargetAgent: "a0001", Audience: "public", Text: "Верно"},
			"a0003", sdk.Item{Kind: "quote", ID: "p3", Author: "a0002", Text: "Верно\n> Анна Петрова: Доброе утро", Audience: "public", Parent: "p1"},
		},
		"a boost tells the author": {
			"a0002", []string{"boost", "target", "p1"}, event.Action{ID: "p3", Target: "p1", TargetAgent: "a0001", Audience: "public"},
			"a0001", sdk.Item{Kind: "boost", Author: "a0002", Parent: "p1", Addressed: true},
		},
		"a favourite tells the author": {
			"a0002", []string{"favourite", "target", "p1"}, event.Action{Target: "p1", TargetAgent: "a0001"},
			"a0001", sdk.Item{Kind: "favourite", Author: "a0002", Parent: "p1", Addressed: true},
		},
		"a vote by the option's text": {
			"a0002", []string{"vote", "target", "p2", "option", "ДА"}, event.Action{Target: "p2", TargetAgent: "a0001"},
			"a0001", sdk.Item{Kind: "vote", Author: "a0002", Parent: "p2", Text: "да", Addressed: true},
		},
		"a vote by the option's number": {
			"a0002", []string{"vote", "target", "p2", "option", "2"}, event.Action{Target: "p2", TargetAgent: "a0001"},
			"a0001", sdk.Item{Kind: "vote", Author: "a0002", Parent: "p2", Text: "нет", Addressed: true},
		},
		"a direct message by first name": {
			"a0002", []string{"direct", "to", "анна", "text", "Секрет"}, event.Action{ID: "p3", TargetAgent: "a0001", Audience: "direct", Text: "Секрет"},
			"a0001", sdk.Item{Kind: "direct", ID: "p3", Author: "a0002", Text: "Секрет", Audience: "direct", Addressed: true},
		},
		"telling carries the event and its text": {
			"a0001", []string{"tell", "to", "Петр первый", "event", "flood"},
			event.Action{ID: "p3", TargetAgent: "a0004", Audience: "direct", Text: "Река вышла из берегов", About: "flood"},
			"a0004", sdk.Item{Kind: "tell", ID: "p3", Author: "a0001", Text: "Река вышла из берегов", Audience: "direct", Event: "flood", Addressed: true},
		},
		"telling in one's own words": {
			"a0001", []string{"tell", "to", "@a0002", "event", "flood", "text", "Потоп!"},
			event.Action{ID: "p3", TargetAgent: "a0002", Audience: "direct", Text: "Потоп!", About: "flood"},
			"a0002", sdk.Item{Kind: "tell", ID: "p3", Author: "a0001", Text: "Потоп!", Audience: "direct", Event: "flood", Addressed: true},
		},
		"a search is answered in the next observation": {
			"a0003", []string{"search", "query", "утром"}, event.Action{},
			"a0003", sdk.Item{Kind: "result", ID: "p1", Author: "a0001", Text: "Доброе утро", Audience: "public"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := village(t, "ru")
			result := w.does(1, c.agent, c.act[0], c.act[1:]...)
			c.want.Action = action(c.act[0], c.act[1:]...)
			if d := cmp.Diff(c.want, result.Event); d != "" {
				t.Errorf("what was done (-want +got):\n%s", d)
			}
			o := w.next(c.viewer)
			items := slices.Concat(o.Notifications, o.Timeline)
			if !slices.ContainsFunc(items, func(i sdk.Item) bool {
				i.AuthorName, i.Time, i.Rank, i.Score, i.Options = "", "", 0, 0, nil
				return cmp.Equal(i, c.item)
			}) {
				t.Errorf("%s does not see %+v, but %+v", c.viewer, c.item, items)
			}
		})
	}
}

func TestFollowingDecidesTheFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис", "Вера")})
	w.look(0, "a0001", "a0002", "a0003")
	if got := w.does(0, "a0001", "follow", "target", "Борис").Event.TargetAgent; got != "a0002" {
		t.Errorf("followed %q", got)
	}
	w.does(0, "a0002", "post", "text", "раз")
	w.does(0, "a0003", "post", "text", "чужое")
	w.commit()
	s := w.look(1, "a0001", "a0002")
	if got := ids(s[0].Observation.Timeline); !slices.Equal(got, []string{"p1"}) {
		t.Errorf("the feed shows %v", got)
	}
	if got := s[1].Observation.Notifications; len(got) != 1 || got[0].Kind != sdk.ItemFollow || got[0].Author != "a0001" {
		t.Errorf("the followed sees %+v", got)
	}
	if !slices.Contains(s[0].Observation.People, sdk.Person{ID: "a0002", Name: "Борис"}) {
		t.Errorf("knows %v", s[0].Observation.People)
	}
	w.does(1, "a0001", "unfollow", "target", "a0002")
	w.does(1, "a0002", "post", "text", "два")
	w.commit()
	if s := w.sees(2, "a0001"); len(s.Observation.Timeline) != 0 || slices.Contains(kinds(s.Actions), "unfollow") {
		t.Errorf("after unfollowing: %+v, %v", s.Observation.Timeline, kinds(s.Actions))
	}
}

func TestMutingHidesThePersonEverywhere(t *testing.T) {
	t.Parallel()
	w := village(t, "ru")
	w.does(1, "a0003", "mute", "target", "Борис")
	w.does(1, "a0002", "post", "text", "слышно меня?")
	w.does(1, "a0002", "direct", "to", "Вера", "text", "а так?")
	w.does(1, "a0001", "quote", "target", "p1", "text", "сама себя")
	o := w.next("a0003")
	if got := ids(slices.Concat(o.Notifications, o.Timeline)); !slices.Equal(got, []string{"p5"}) {
		t.Errorf("sees %v", got)
	}
	w.does(2, "a0003", "search", "query", "слышно")
	w.commit()
	if got := w.sees(3, "a0003").Observation.Notifications; len(got) != 0 {
		t.Errorf("finds %+v", got)
	}
}

func TestLeavingAConversationSilencesIt(t *testing.T) {
	t.Parallel()
	w := village(t, "ru")
	w.does(1, "a0002", "reply", "target", "p1", "text", "и вам")
	w.commit()
	s := w.sees(2, "a0001")
	if !slices.Contains(kinds(s.Actions), "leave_conversation") {
		t.Fatalf("offered %v", kinds(s.Actions))
	}
	if got := w.does(2, "a0001", "leave_conversation", "target", "p3").Event.Target; got != "p1" {
		t.Errorf("left the conversation of %q", got)
	}
	w.look(2, "a0003")
	w.does(2, "a0002", "reply", "target", "p3", "text", "ещё раз")
	w.does(2, "a0002", "reply", "target", "p2", "text", "а чай буду")
	w.commit()
	o := w.sees(3, "a0001").Observation
	if got := ids(o.Notifications); !slices.Equal(got, []string{"p5"}) {
		t.Errorf("notified of %v, want the other conversation only", got)
	}
}

func TestGroupsAreJoinedAndLeft(t *testing.T) {
	t.Parallel()
	w := village(t, "ru")
	if s := w.sees(1, "a0003"); !slices.Equal(s.Observation.OpenGroups, []string{"Клуб", "Рынок"}) || slices.Contains(kinds(s.Actions), "leave_group") {
		t.Errorf("open: %v, offered %v", s.Observation.OpenGroups, kinds(s.Actions))
	}
	if got := w.does(1, "a0003", "join_group", "group", "клуб").Event.Group; got != "Клуб" {
		t.Errorf("joined %q", got)
	}
	w.does(1, "a0001", "post", "text", "Сбор", "group", "Клуб")
	if got := w.next("a0003"); !slices.Equal(got.Groups, []string{"Клуб"}) || !slices.Contains(ids(got.Timeline), "p3") {
		t.Errorf("a member sees %+v", got)
	}
	w.does(2, "a0003", "leave_group", "group", "Клуб")
	if _, err := w.Apply(t.Context(), moment(2), "a0003", action("reply", "target", "p3", "text", "я здесь")); err == nil {
		t.Error("one who left answers in the group")
	}
	made := w.does(2, "a0003", "create_group", "group", "Хор", "about", "поём", "audience", "public").Event
	if made.Group != "Хор" || made.Audience != "public" {
		t.Errorf("made %+v", made)
	}
	w.commit()
	if got := w.sees(3, "a0003").Observation.Groups; !slices.Equal(got, []string{"Хор"}) {
		t.Errorf("is in %v", got)
	}
}

func TestChangingThePlanAndDoingNothing(t *testing.T) {
	t.Parallel()
	w := village(t, "ru")
	plan := w.does(1, "a0002", "change_plan", "purpose", "починить лодку", "place", "пристань").Plan
	if d := cmp.Diff(&sdk.Plan{Purpose: "починить лодку", Place: "пристань", Since: 1}, plan); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(env.Result{Event: event.Action{Action: action("ignore")}}, w.does(1, "a0002", "ignore")); d != "" {
		t.Error(d)
	}
}

func TestTrendsNameWhatManyPublicPostsHold(t *testing.T) {
	t.Parallel()
	w := village(t, "ru")
	for i, text := range []string{"новый мост построят", "про мосты #Город", "мосту быть #город", "и #город", "лес", "пустяки"} {
		w.does(1, everybody[i%5], "post", "text", text)
	}
	w.commit()
	s := w.sees(2, "a0002")
	if got := s.Observation.Trends; !slices.Equal(got, []string{"#город", "мосту"}) {
		t.Errorf("trends %v", got)
	}
	if !slices.Contains(kinds(s.Actions), "trends") {
		t.Errorf("offered %v", kinds(s.Actions))
	}
	if got := w.does(2, "a0002", "trends").Detail; got != "#город (3), мосту (3)" {
		t.Errorf("told %q", got)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("я", 2001)
	for name, c := range map[string]struct {
		agent  string
		act    []string
		ru, en string // part of the reason
	}{
		"unknown action":           {"a0002", []string{"dance"}, "нет действия", "no action"},
		"empty text":               {"a0002", []string{"post", "text", " \n\t "}, "Не указано: text", "Missing: text"},
		"long text":                {"a0002", []string{"post", "text", long}, "не больше 2000", "at most 2000"},
		"huge text":                {"a0002", []string{"post", "text", strings.Repeat(long, 100)}, "не больше 2000", "at most 2000"},
		"unknown audience":         {"a0002", []string{"post", "text", "а", "audience", "mars"}, "mars", "mars"},
		"no group named":           {"a0002", []string{"post", "text", "а", "audience", "group"}, "Укажите группу", "Name the group"},
		"group and followers":      {"a0002", []string{"post", "text", "а", "audience", "followers", "group", "Клуб"}, "либо", "not for both"},
		"closed group for all":     {"a0002", []string{"post", "text", "а", "audience", "public", "group", "Клуб"}, "только её участники", "members only"},
		"no such group":            {"a0002", []string{"post", "text", "а", "group", "Луна"}, "Такой группы нет", "no such group"},
		"post by no member":        {"a0003", []string{"post", "text", "а", "group", "Клуб"}, "не участник", "not a member"},
		"poll of one":              {"a0002", []string{"post", "text", "а", "options", "да||"}, "от 2 до 6", "2 to 6"},
		"poll of equals":           {"a0002", []string{"post", "text", "а", "options", "ёж|ЕЖ"}, "разных", "different"},
		"unknown event":            {"a0002", []string{"post", "text", "а", "event", "flood"}, "не знаете о событии", "do not know"},
		"unknown post":             {"a0002", []string{"reply", "target", "p99", "text", "а"}, "не видели", "have not seen"},
		"no post":                  {"a0002", []string{"reply", "target", "'; --", "text", "а"}, "не видели", "have not seen"},
		"no target":                {"a0002", []string{"reply", "text", "а"}, "Не указано: target", "Missing: target"},
		"reply without text":       {"a0002", []string{"reply", "target", "p1"}, "Не указано: text", "Missing: text"},
		"boost of one's own":       {"a0001", []string{"boost", "target", "p1"}, "собственная", "your own"},
		"favourite of one's own":   {"a0001", []string{"favourite", "target", "p1"}, "собственная", "your own"},
		"vote without poll":        {"a0002", []string{"vote", "target", "p1", "option", "да"}, "нет опроса", "no poll"},
		"vote for nothing":         {"a0002", []string{"vote", "target", "p2", "option", "кофе"}, "да | нет", "да | нет"},
		"vote out of range":        {"a0002", []string{"vote", "target", "p2", "option", "3"}, "нет варианта", "no option"},
		"vote in one's own":        {"a0001", []string{"vote", "target", "p2", "option", "1"}, "собственная", "your own"},
		"direct to nobody":         {"a0002", []string{"direct", "to", "Гоголь", "text", "а"}, "Никого не зовут «Гоголь»", "Nobody is called"},
		"direct to several":        {"a0002", []string{"direct", "to", "пётр", "text", "а"}, "нескольких", "Several"},
		"direct to oneself":        {"a0002", []string{"direct", "to", "Борис", "text", "а"}, "Это вы сами", "yourself"},
		"tell an unknown event":    {"a0002", []string{"tell", "to", "Анна", "event", "flood"}, "не знаете", "do not know"},
		"tell nothing":             {"a0001", []string{"tell", "to", "Борис"}, "Не указано: event", "Missing: event"},
		"follow again":             {"a0002", []string{"follow", "target", "Анна"}, "уже подписаны", "follow them already"},
		"follow oneself":           {"a0002", []string{"follow", "target", "a0002"}, "Это вы сами", "yourself"},
		"search for nothing":       {"a0002", []string{"search", "query", ""}, "Не указано: query", "Missing: query"},
		"group without name":       {"a0002", []string{"create_group"}, "Не указано: group", "Missing: group"},
		"group that exists":        {"a0002", []string{"create_group", "group", "КЛУБ"}, "уже есть", "already"},
		"group for followers":      {"a0002", []string{"create_group", "group", "Хор", "audience", "followers"}, "public", "public"},
		"join again":               {"a0002", []string{"join_group", "group", "Клуб"}, "уже в этой группе", "in this group already"},
		"join nothing":             {"a0002", []string{"join_group", "group", "Луна"}, "Такой группы нет", "no such group"},
		"leave what one is not in": {"a0002", []string{"leave_group", "group", "Рынок"}, "не участник", "not a member"},
		"plan without purpose":     {"a0002", []string{"change_plan", "place", "дом"}, "Не указано: purpose", "Missing: purpose"},
	} {
		for language, want := range map[string]string{"ru": c.ru, "en": c.en} {
			t.Run(name+" "+language, func(t *testing.T) {
				t.Parallel()
				w := village(t, language)
				_, err := w.Apply(t.Context(), moment(1), c.agent, action(c.act[0], c.act[1:]...))
				var refusal *env.Refusal
				if !errors.As(err, &refusal) || !strings.Contains(refusal.Why, want) {
					t.Errorf("%v, want a refusal with %q", err, want)
				}
				for _, r := range w.commit() {
					if r.Kind != "reader" && r.Kind != "inbox" {
						t.Errorf("a refused action changed %s %s", r.Kind, r.ID)
					}
				}
			})
		}
	}
}

func TestTheSecondTimeIsRefused(t *testing.T) {
	t.Parallel()
	for kind, c := range map[string]struct {
		args []string
		want string
	}{
		"boost":              {[]string{"target", "p1"}, "уже поделились"},
		"favourite":          {[]string{"target", "p1"}, "уже отметили"},
		"vote":               {[]string{"target", "p2", "option", "1"}, "уже голосовали"},
		"mute":               {[]string{"target", "Анна"}, "уже не видите"},
		"unfollow":           {[]string{"target", "Анна"}, "не подписаны"},
		"leave_conversation": {[]string{"target", "p1"}, "уже вышли"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := village(t, "ru")
			w.does(1, "a0002", kind, c.args...)
			_, err := w.Apply(t.Context(), moment(1), "a0002", action(kind, c.args...))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestOnlyWhatMakesSenseIsOffered(t *testing.T) {
	t.Parallel()
	fresh := newWorld(t, network.Options{Residents: society("Анна", "Борис"), Language: "en"})
	want := []string{"post", "direct", "follow", "mute", "search", "create_group", "change_plan", "ignore"}
	if got := kinds(fresh.sees(0, "a0001").Actions); !slices.Equal(got, want) {
		t.Errorf("at the start: %v, want %v", got, want)
	}
	w := village(t, "ru")
	for agent, c := range map[string]struct{ with, without []string }{
		"a0001": {[]string{"tell", "leave_group"}, []string{"reply", "vote", "join_group"}},
		"a0003": {[]string{"reply", "quote", "boost", "favourite", "vote", "unfollow", "join_group"}, []string{"tell", "leave_group", "leave_conversation"}},
	} {
		got := kinds(w.Actions(agent))
		for _, k := range c.with {
			if !slices.Contains(got, k) {
				t.Errorf("%s is not offered %s, but %v", agent, k, got)
			}
		}
		for _, k := range c.without {
			if slices.Contains(got, k) {
				t.Errorf("%s is offered %s", agent, k)
			}
		}
	}
	for _, s := range w.Actions("a0003") {
		if s.Kind == "vote" && !slices.Equal(s.Args[0].Values, []string{"p2"}) {
			t.Errorf("polls offered: %v", s.Args[0].Values)
		}
		if s.Description == "" || strings.Contains(s.Description, "¦") || !strings.ContainsAny(s.Description, "аеиоу") {
			t.Errorf("%s is described as %q", s.Kind, s.Description)
		}
	}
}

func TestAStudyMayRestrictActions(t *testing.T) {
	t.Parallel()
	s := complete()
	s.Actions = []string{"ignore", "post"}
	w := newWorld(t, network.Options{Settings: s, Residents: society("Анна", "Борис")})
	if got := kinds(w.sees(0, "a0001").Actions); !slices.Equal(got, []string{"post", "ignore"}) {
		t.Errorf("offered %v", got)
	}
	if _, err := w.Apply(t.Context(), moment(0), "a0001", action("follow", "target", "Борис")); err == nil {
		t.Error("an action that the study does not allow was carried out")
	}
	s.Actions = []string{"post", "fly"}
	if _, err := network.New(network.Options{Settings: s}); err == nil || !strings.Contains(err.Error(), "fly") || !strings.Contains(err.Error(), "leave_conversation") {
		t.Errorf("%v, want what is wrong and what there is", err)
	}
}

func FuzzArgumentsAreTakenOrRefused(f *testing.F) {
	f.Add("post", "text", "при\xffвет", "audience", "group")
	f.Add("reply", "target", "p1", "text", "@Анна @@")
	f.Add("vote", "target", "p2", "option", "-1")
	f.Add("create_group", "group", "\u202eКлуб", "about", "")
	f.Add("leave_conversation", "target", "p00000000000000000001", "", "")
	f.Fuzz(func(t *testing.T, kind, name1, value1, name2, value2 string) {
		w := village(t, "ru")
		result, err := w.Apply(t.Context(), moment(1), "a0002", action(kind, name1, value1, name2, value2))
		var refusal *env.Refusal
		if err != nil && !errors.As(err, &refusal) {
			t.Fatalf("%s: %v", kind, err)
		}
		if n := len([]rune(result.Event.Text)); n > 2000 {
			t.Fatalf("a text of %d characters", n)
		}
		before := w.next("a0001")
		if d := cmp.Diff(before, village(t, "ru").next("a0001")); d != "" && err != nil {
			t.Fatalf("a refused action changed what others see:\n%s", d)
		}
		w.reborn()
	})
}
