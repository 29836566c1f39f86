package network_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/core/env"
	"github.com/llm-city/gorod/core/env/network"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// by is a visit of somebody to be filled in.
func by(visitor, id, kind string) social.Visit {
	return social.Visit{ID: id, Visitor: social.Visitor{ID: visitor}, Kind: kind}
}

func write(visitor, id, text string) social.Visit {
	v := by(visitor, id, "post")
	v.Text = text
	return v
}

func about(visitor, id, kind, target string) social.Visit {
	v := by(visitor, id, kind)
	v.Target = target
	return v
}

func to(visitor, id, kind, whom, text string) social.Visit {
	v := by(visitor, id, kind)
	v.To, v.Text = whom, text
	return v
}

// visit carries out a visit that must succeed.
func (w *world) visit(n int64, v social.Visit) env.Result {
	w.t.Helper()
	result, err := w.Visit(w.t.Context(), moment(n), v)
	if err != nil {
		w.t.Fatalf("%+v: %v", v, err)
	}
	return result
}

// refuses carries out a visit that must not succeed, and says why it does not.
func (w *world) refuses(n int64, v social.Visit) string {
	w.t.Helper()
	result, err := w.Visit(w.t.Context(), moment(n), v)
	var refusal *env.Refusal
	if !errors.As(err, &refusal) {
		w.t.Fatalf("%+v: %+v, %v", v, result, err)
	}
	return refusal.Why
}

func TestAVisitIsSeenInItsTick(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{Feed: spec.Feed{Rank: "chronological", Size: 5, Discover: 1}}, Residents: society("Анна Петрова", "Борис")})
	hello := write("@Alice", "1572864", "Здравствуйте, @anna_petrova и @a0002!")
	hello.Visitor.Name = "Алиса"
	result := w.visit(0, hello)
	want := event.Action{
		Action:   sdk.Action{Kind: "post", Args: map[string]string{"text": hello.Text}},
		ID:       "p1",
		Audience: "public",
		Text:     hello.Text,
	}
	if d := cmp.Diff(want, result.Event); d != "" {
		t.Error(d)
	}
	item := sdk.Item{ID: "p1", Kind: "post", Author: "@alice", AuthorName: "Алиса", Text: hello.Text, Audience: "public", Addressed: true, Time: "2026-03-01T08:00:00Z"}
	for _, s := range w.look(0, "a0001", "a0002") {
		if d := cmp.Diff([]sdk.Item{item}, s.Observation.Notifications); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]sdk.Person{{ID: "@alice", Name: "Алиса"}}, s.Observation.People); d != "" {
			t.Error(d)
		}
	}
}

func TestResidentsTreatVisitorsAsPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна")})
	hello := write("@alice", "1", "@a0001, привет")
	hello.Visitor.Name = "Алиса"
	w.visit(0, hello)
	w.sees(0, "a0001")
	if got := kinds(w.Actions("a0001")); !slices.Contains(got, "direct") || !slices.Contains(got, "follow") {
		t.Errorf("who is alone with a visitor may %v", got)
	}
	for _, c := range []struct {
		kind, target string
		args         []string
	}{
		{"reply", "p1", []string{"target", "p1", "text", "и вам"}},
		{"quote", "p1", []string{"target", "p1", "text", "к нам пришли"}},
		{"boost", "p1", []string{"target", "p1"}},
		{"favourite", "p1", []string{"target", "p1"}},
		{"follow", "", []string{"target", "Алиса"}},
		{"direct", "", []string{"to", "@alice", "text", "заходите"}},
		{"leave_conversation", "p1", []string{"target", "p1"}},
		{"mute", "", []string{"target", "@Alice"}},
	} {
		got := w.does(0, "a0001", c.kind, c.args...).Event
		if c.target != "" && got.Target != c.target && c.kind != "quote" || c.kind != "quote" && got.TargetAgent != "@alice" {
			t.Errorf("%s: %+v", c.kind, got)
		}
	}
	w.commit()
	w.visit(1, write("@alice", "2", "@a0001, слышите?"))
	if s := w.sees(1, "a0001"); len(s.Observation.Notifications) != 0 {
		t.Errorf("who muted a visitor sees %+v", s.Observation.Notifications)
	}
}

func TestVisitorsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: complete(), Residents: society("Анна", "Борис")})
	w.look(0, "a0001")
	w.does(0, "a0001", "post", "text", "вопрос", "options", "да|нет") // p1
	w.commit()
	vote := about("@alice", "v1", "vote", "p1")
	vote.Option = 1
	poll := write("@alice", "v2", "А у вас?")
	poll.Options, poll.Audience = []string{" раз ", "два"}, social.Followers
	for _, c := range []struct {
		visit social.Visit
		want  event.Action
	}{
		{vote, event.Action{Target: "p1", TargetAgent: "a0001"}},
		{poll, event.Action{ID: "p2", Audience: "followers", Text: "А у вас?"}},
		{about("@alice", "v3", "favourite", "p1"), event.Action{Target: "p1", TargetAgent: "a0001"}},
		{about("@alice", "v4", "unfavourite", "p1"), event.Action{Target: "p1", TargetAgent: "a0001"}},
		{about("@alice", "v5", "boost", "p1"), event.Action{ID: "p3", Target: "p1", TargetAgent: "a0001", Audience: "public"}},
		{to("@alice", "v6", "follow", "Борис", ""), event.Action{TargetAgent: "a0002"}},
		{to("@alice", "v7", "unfollow", "a0002", ""), event.Action{TargetAgent: "a0002"}},
		{to("@alice", "v8", "direct", "@boris", "Борис?"), event.Action{ID: "p4", TargetAgent: "a0002", Audience: "direct", Text: "Борис?"}},
		{to("@bob", "v9", "follow", "@alice", ""), event.Action{TargetAgent: "@alice"}},
		{about("@bob", "v10", "favourite", "v2"), event.Action{Target: "p2", TargetAgent: "@alice"}}, // of her followers, by the visit's id
	} {
		got := w.visit(1, c.visit).Event
		if got.Kind != c.visit.Kind {
			t.Errorf("%s is recorded as %s", c.visit.ID, got.Kind)
		}
		got.Action = sdk.Action{}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", c.visit.ID, d)
		}
	}
	answer := about("@bob", "v11", "reply", "p3") // answering a boost answers what it passes on
	answer.Text = "не знаю"
	if got := w.visit(1, answer).Event; got.Target != "p1" || got.TargetAgent != "a0001" {
		t.Errorf("answers %+v", got)
	}
	kinds := map[string]int{}
	for _, s := range w.look(1, "a0001", "a0002") {
		for _, item := range s.Observation.Notifications {
			kinds[item.Kind+" "+item.Author+" "+item.Text]++
		}
	}
	want := map[string]int{"vote @alice нет": 1, "favourite @alice ": 1, "boost @alice ": 1, "follow @alice ": 1, "direct @alice Борис?": 1, "reply @bob не знаю": 1}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Error(d)
	}
}

func TestVisitsThatMakeNoSenseAreRefusedInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна Петрова", "Борис")})
	w.look(0, "a0001")
	w.does(0, "a0001", "create_group", "group", "Клуб")
	w.does(0, "a0001", "post", "text", "всем")                           // p1
	w.does(0, "a0001", "post", "text", "своим", "audience", "followers") // p2
	w.does(0, "a0001", "post", "text", "клубу", "group", "Клуб")         // p3
	w.does(0, "a0001", "direct", "to", "Борис", "text", "только тебе")   // p4
	w.visit(0, to("@bob", "d", "direct", "a0001", "я здесь"))            // p5
	w.visit(0, write("@bob", "own", "моя"))                              // p6
	w.visit(0, about("@bob", "like", "favourite", "p1"))
	poll := func(id string, options ...string) social.Visit {
		v := write("@bob", id, "?")
		v.Options = options
		return v
	}
	members := write("@bob", "x1", "клубу")
	members.Audience = social.Members
	for name, c := range map[string]struct {
		visit social.Visit
		why   string
	}{
		"followers' post":  {about("@bob", "x", "favourite", "p2"), "Такой записи нет"},
		"members' post":    {about("@bob", "x", "boost", "p3"), "Такой записи нет"},
		"others' direct":   {about("@bob", "x", "favourite", "p4"), "Такой записи нет"},
		"visitors' direct": {about("@eve", "x", "favourite", "d"), "Такой записи нет"},
		"no such post":     {about("@bob", "x", "favourite", "p99"), "Такой записи нет"},
		"no target":        {by("@bob", "x", "favourite"), "Не указано: target"},
		"no text":          {write("@bob", "x", " \x00\u202e "), "Не указано: text"},
		"long text":        {write("@bob", "x", strings.Repeat("ж", 2001)), "Слишком длинно"},
		"huge text":        {write("@bob", "x", strings.Repeat("ж", 1<<20)), "Слишком длинно"},
		"a group's post":   {members, "public или followers"},
		"one option":       {poll("x", "да"), "В опросе от 2 до 6"},
		"many options":     {poll("x", "1", "2", "3", "4", "5", "6", "7"), "В опросе от 2 до 6"},
		"equal options":    {poll("x", "Ёж", "еж"), "В опросе от 2 до 6"},
		"an empty option":  {poll("x", "да", "\x00"), "В опросе от 2 до 6"},
		"a long option":    {poll("x", "да", strings.Repeat("ж", 101)), "В опросе от 2 до 6"},
		"no poll":          {about("@bob", "x", "vote", "p1"), "нет опроса"},
		"own post":         {about("@bob", "x", "favourite", "own"), "собственная"},
		"liked":            {about("@bob", "x", "favourite", "p1"), "уже отметили"},
		"not liked":        {about("@eve", "x", "unfavourite", "p1"), "не отмечали"},
		"not followed":     {to("@bob", "x", "unfollow", "a0001", ""), "не подписаны"},
		"oneself":          {to("@bob", "x", "follow", "@bob", ""), "Это вы сами"},
		"nobody":           {to("@bob", "x", "direct", "@carl", "?"), "Никого не зовут"},
		"no receiver":      {to("@bob", "x", "direct", "", "?"), "Не указано: to"},
		"boosting direct":  {about("@bob", "x", "boost", "d"), "нельзя передать"},
		"the visit twice":  {write("@bob", "own", "моя"), "уже сделано"},
		"a post's id":      {write("@bob", "p7", "моя"), "Так нельзя"},
		"an odd kind":      {by("@bob", "x", "tell"), "Визиты бывают"},
		"a resident":       {write("a0001", "x", "я Анна"), "Гость зовётся"},
		"a resident's id":  {write("@A0001", "x", "я Анна"), "Так зовут жителя"},
		"a handle":         {write("@anna_petrova", "x", "я Анна"), "Так зовут жителя"},
		"no name":          {write("@", "x", "я никто"), "Гость зовётся"},
		"no id":            {write("@bob", "", "я"), "Гость зовётся"},
	} {
		if got := w.refuses(1, c.visit); !strings.Contains(got, c.why) {
			t.Errorf("%s: %q, want %q", name, got, c.why)
		}
	}
	poll2 := poll("q", "да", "нет")
	w.visit(1, poll2)
	vote := about("@eve", "x", "vote", "q")
	for _, vote.Option = range []int{-1, 2, 1 << 40} {
		if got := w.refuses(1, vote); !strings.Contains(got, "нет такого варианта") {
			t.Errorf("option %d: %q", vote.Option, got)
		}
	}
}

func TestTheEnglishAreRefusedInEnglish(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Language: "en", Residents: society("Anna")})
	if got := w.refuses(0, write("@anna", "x", "hi")); got != `A resident is called "@anna". Choose another name.` {
		t.Error(got)
	}
}

func TestHearsayGoesThroughVisitors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна", "Борис", "Вера", "Глеб")})
	w.Tell(moment(0), event.Told{Event: "ball", Text: "Посреди площади появился огромный красный шар."}, []string{"a0001"})
	w.look(0, "a0001")
	w.does(0, "a0001", "post", "text", "Шар!", "event", "ball") // p1
	w.commit()
	boost := about("@alice", "v1", "boost", "p1") // p2: has it of Anna, two from the study
	if got := w.visit(1, boost).Event; got.About != "ball" {
		t.Errorf("a boost is about %q", got.About)
	}
	w = committed(w).reborn()
	answer := about("@alice", "v2", "reply", "p1") // p3
	answer.Text = "Правда, @Борис?"
	w.visit(2, answer)
	if d := cmp.Diff([]event.Heard{{Event: "ball", From: "@alice", Via: "reply", Item: "p3", Hops: 2}}, heardOf(t, w.sees(2, "a0002"))); d != "" {
		t.Error(d)
	}
	// One who repeats the study's words without having met any has them from it.
	direct := w.visit(3, to("@zoe", "v3", "direct", "a0003", "Говорят, «посреди площади появился огромный красный шар»")).Event // p4
	if direct.About != "ball" || w.visit(3, write("@zoe", "v4", "@Глеб, площадь пуста")).Event.About != "" {
		t.Errorf("a message is about %q", direct.About)
	}
	if d := cmp.Diff([]event.Heard{{Event: "ball", From: "@zoe", Via: "direct", Item: "p4", Hops: 1}}, heardOf(t, w.sees(3, "a0003"))); d != "" {
		t.Error(d)
	}
	if got := heardOf(t, w.sees(3, "a0004")); got != nil {
		t.Errorf("who was told nothing heard %v", got)
	}
}

func committed(w *world) *world {
	w.commit()
	return w
}

func TestVisitsAreEmbeddedForTheInterestFeed(t *testing.T) {
	t.Parallel()
	asked := map[string]int{}
	w := newWorld(t, network.Options{
		Settings: spec.Network{Feed: spec.Feed{Rank: "interest", Size: 5, Discover: 1}}, Residents: walkResidents(2),
		Embed: func(ctx context.Context, texts []string) ([][]float32, error) {
			for _, text := range texts {
				asked[text]++
			}
			return embedLetters(ctx, texts)
		},
	})
	w.visit(0, write("@alice", "1", "о погоде"))
	w.visit(0, to("@alice", "2", "direct", "a0001", "тайна"))
	if got := w.sees(0, "a0001").Observation.Timeline; len(got) != 1 || got[0].ID != "p1" || got[0].Score <= 0 {
		t.Errorf("sees %+v", got)
	}
	w.commit()
	w = w.reborn()
	w.sees(1, "a0002")
	if asked["о погоде"] != 1 || asked["тайна"] != 0 {
		t.Errorf("embedded %v", asked)
	}
}

// A network that knows no visitors lets none in.
type closed struct{ social.Network }

func TestWhereNobodyMayVisitVisitsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна"), Network: closed{}})
	if got := w.refuses(0, write("@alice", "1", "привет")); !strings.Contains(got, "Гостей сюда не пускают") {
		t.Error(got)
	}
}

func TestVisitorsAreNoResidents(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна")})
	w.visit(0, write("@alice", "1", "привет"))
	if _, err := w.Turns(t.Context(), moment(0), []string{"@alice"}); err == nil {
		t.Error("takes a turn")
	}
	if _, _, err := w.Observe(t.Context(), moment(0), "@alice"); err == nil {
		t.Error("observes")
	}
	if _, err := w.Apply(t.Context(), moment(0), "@alice", action("post", "text", "я")); err == nil {
		t.Error("acts as a resident")
	}
	if w.Actions("@alice") != nil {
		t.Error("is offered actions")
	}
	w.Tell(moment(0), event.Told{Event: "e", Text: "новость"}, []string{"@alice"})
}

// Everything that an operator ever told residents may be what a visitor repeats.
func TestAVisitCostsTheSameHoweverMuchResidentsWereTold(t *testing.T) {
	t.Parallel()
	told := func(talks int) (w *world, visit time.Duration) {
		w = newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна")})
		for i := range talks {
			w.Tell(moment(0), event.Told{Event: fmt.Sprintf("control-%04d#a0001", i), Text: fmt.Sprintf("Разговор %04d с гостем: %s", i, strings.Repeat("Ёлка! ", 600))}, []string{"a0001"})
		}
		for i := range 8 { // the first one looks at what is new
			begun := time.Now()
			w.visit(0, write("@alice", fmt.Sprint(i), "Что-то новое: "+strings.Repeat("слово ", 300)))
			if took := time.Since(begun); visit == 0 || took < visit {
				visit = took
			}
		}
		return w, visit
	}
	_, few := told(10)
	w, many := told(1000)
	if many > 20*few {
		t.Errorf("a visit takes %s, and %s where residents were told little", many, few)
	}
	if got := w.visit(0, write("@alice", "again", "Слышали? «разговор 0007 с гостем: елка»")).Event.About; got != "control-0007#a0001" {
		t.Errorf("about %q", got)
	}
	w.commit()
	if got := w.reborn().visit(1, write("@alice", "later", "разговор 0008 с гостем: елка")).Event.About; got != "control-0008#a0001" {
		t.Errorf("restored: about %q", got)
	}
}

func TestTheFirstEventCountsWhoseWordsAVisitorRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, network.Options{Settings: spec.Network{}, Residents: society("Анна")})
	for id, text := range map[string]string{
		"b": "Над озером всю ночь кружили чайки и вороны.", "c": "Гроза!", "d": "Над озером всю ночь кружили чайки, потом стихло.", "e": "?!", "a": "Мост закрыт…", "f": "Кружили",
	} {
		w.Tell(moment(0), event.Told{Event: id, Text: text}, nil)
	}
	for i, c := range []struct{ text, about string }{
		{"Говорят, гроза", "c"}, {"над озером ВСЮ НОЧЬ кружили: гроза?", "b"}, {"МОСТ закрыт, над озером всю ночь кружили", "a"}, {"над озером всю ночь", ""}, {"кружили?!", "f"}, {"?!", ""},
		{"Над озером всю ночь кружили", "b"},
	} {
		if got := w.visit(0, write("@alice", fmt.Sprint(i), c.text)).Event.About; got != c.about {
			t.Errorf("%q is about %q, want %q", c.text, got, c.about)
		}
	}
}
