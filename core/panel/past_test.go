package panel

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

// people are Анна, Борис and Вера; Анна wants to read.
func people(t *testing.T) (all []journal.Resident) {
	t.Helper()
	for i, p := range []sdk.Persona{{Name: "Анна", Goals: []string{"читать"}}, {Name: "Борис"}, {Name: "Вера"}} {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, journal.Resident{ID: fmt.Sprintf("a%04d", i+1), Name: p.Name, Group: "двор", Persona: data})
	}
	return all
}

// begun is the folder of a run of three that has no tick yet.
func begun(t *testing.T) (*journal.Journal, string) {
	t.Helper()
	dir := t.TempDir()
	j, err := journal.Create(t.Context(), filepath.Join(dir, journalFile), journal.Meta{
		Language: "ru", Clock: journal.Clock{Start: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Step: time.Hour, Ticks: 12}, Residents: people(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j, dir
}

// commitOf commits a tick.
func commitOf(t *testing.T, j *journal.Journal, tick int64, rows []event.Row, agents []event.AgentState, events ...event.Event) {
	t.Helper()
	for i := range events {
		events[i].Tick, events[i].Seq = tick, i
	}
	err := j.Commit(t.Context(), event.Commit{Tick: tick, Time: "2026-03-02T08:00:00Z", Events: events, Rows: rows, Agents: agents, Digest: emptyDigest(t)})
	if err != nil {
		t.Fatal(err)
	}
}

func did(who, kind string, a event.Action) event.Event {
	a.Kind = kind
	return event.New(0, who, event.KindAction, a)
}

func row(kind, id string, v any) event.Row {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return event.Row{Kind: kind, ID: id, JSON: data}
}

// texts are the text of a page's elements of a kind, in order.
func texts(t *testing.T, page, pattern string) (out []string) {
	t.Helper()
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, m := range regexp.MustCompile(`(?s)`+pattern).FindAllStringSubmatch(page, -1) {
		out = append(out, strings.Join(strings.Fields(tags.ReplaceAllString(m[1], " ")), " "))
	}
	return out
}

func TestGoalsAreThoseOfTheTick(t *testing.T) {
	t.Parallel()
	j, dir := begun(t)
	wants := func(goals ...string) []event.AgentState { return []event.AgentState{{ID: "a0001", Goals: goals}} }
	order, err := json.Marshal(control.Order{Effect: &spec.Effect{Goals: &spec.GoalChange{Add: []string{"пить чай", "гулять; бегать"}}}})
	if err != nil {
		t.Fatal(err)
	}
	goals := []event.Effect{{Kind: "goals", Agents: []string{"a0001"}, Detail: "?"}}
	commitOf(t, j, 0, nil, wants("читать", "дружить"))
	commitOf(t, j, 1, nil, wants("гулять; бегать"), event.New(0, "", event.KindIntervention, event.Intervention{ID: "walk", Effects: append([]event.Effect{{Kind: "tell", Agents: []string{"a0001"}}}, goals...)}))
	commitOf(t, j, 2, nil, wants("гулять; бегать", "пить чай"), event.New(0, "", event.KindControl, event.Control{ID: 1, Who: "Аня", Order: order, Effects: goals}))
	commitOf(t, j, 3, nil, nil)
	study := &spec.Study{
		Population:    []spec.Group{{Name: "двор", Inline: []sdk.Persona{{Name: "Анна", Goals: []string{"читать"}}}, Goals: []string{"дружить"}}},
		Interventions: []spec.Intervention{{ID: "walk", Do: []spec.Effect{{Tell: &spec.Tell{Text: "x"}}, {Goals: &spec.GoalChange{Set: []string{"гулять; бегать"}}}}}},
	}
	const unsure = "does not tell"
	for _, c := range []struct {
		study *spec.Study
		tick  string
		want  string
		sure  bool
	}{
		{study, "?tick=0&", "читать|дружить", true}, {study, "?tick=1&", "гулять; бегать", true}, {study, "?tick=2&", "гулять; бегать|пить чай", true}, {study, "?", "гулять; бегать|пить чай", true},
		{nil, "?tick=0&", "читать", true}, {nil, "?tick=1&", "гулять; бегать|пить чай", false}, {nil, "?tick=3&", "гулять; бегать|пить чай", true},
	} {
		s := openAt(t, dir, func(o *Options) { o.Runs[0].Study = c.study })
		page := get(t, reader(t), s.at("people/a0001"+c.tick+"lang=en")).body
		list := strings.Join(texts(t, strings.ReplaceAll(page, "</li><li>", "|"), `<h2>Goals</h2><ul class="plainlist">(.*?)</ul>`), "")
		if list != c.want || strings.Contains(page, unsure) == c.sure {
			t.Errorf("tick %s with a study %v: %q, want %q; sure %v", c.tick, c.study != nil, list, c.want, !strings.Contains(page, unsure))
		}
	}
}

func TestGroupsAndFollowsAreThoseOfTheTick(t *testing.T) {
	t.Parallel()
	j, dir := begun(t)
	commitOf(t, j, 0, []event.Row{row(rowGroup, "g1", map[string]any{"name": "Сад", "owner": "a0001"}), row(rowMember, "a0001", []string{"Сад"}), row(rowMember, "a0002", []string{"Сад"}), row(rowFollow, "a0001", []string{"a0002", "a0003"})}, nil)
	commitOf(t, j, 1, []event.Row{row(rowMember, "a0003", []string{"Сад"}), row(rowFollow, "a0001", []string{"a0002"})}, nil,
		did("a0003", "join_group", event.Action{Group: "Сад"}), did("a0001", "unfollow", event.Action{TargetAgent: "a0003"}))
	commitOf(t, j, 2, []event.Row{row(rowMember, "a0002", []string{"Шахматы"}), row(rowGroup, "g2", map[string]any{"name": "Шахматы", "owner": "a0002"}), row(rowFollow, "a0002", []string{"a0001"})}, nil,
		did("a0002", "leave_group", event.Action{Group: "Сад"}), did("a0002", "create_group", event.Action{Group: "Шахматы"}), did("a0002", "follow", event.Action{TargetAgent: "a0001"}))
	s := openAt(t, dir, nil)
	shown := func(path string) []string {
		page := get(t, reader(t), s.at(path)).body
		return append(texts(t, page, `<div><dt>[^<]*</dt><dd>(.*?)</dd>`), texts(t, page, `<li class="card"><h2>(.*?) ·`)...)
	}
	for path, want := range map[string][]string{
		"place?lang=en":        {"2", "2", "2", "Сад 2 members", "Шахматы 1 member"},
		"place?tick=1&lang=en": {"1", "1", "1", "Сад 3 members"},
		"place?tick=0&lang=en": {"1", "2", "1", "Сад 2 members"},
	} {
		if got := shown(path); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	commitOf(t, j, 3, nil, nil, event.New(0, "", event.KindIntervention, event.Intervention{ID: "x", Effects: []event.Effect{{Kind: "follow", Agents: []string{"a0003"}, Detail: "2"}}}))
	if page := get(t, reader(t), s.at("place?tick=1&lang=en")).body; !strings.Contains(page, "the journal does not tell") || !strings.Contains(page, "3 members") {
		t.Error("follows that were changed at once are counted")
	}
	if page := get(t, reader(t), s.at("place?lang=en")).body; strings.Contains(page, "the journal does not tell") {
		t.Error("the present is not told")
	}
}

func TestATownIsShownAsItWas(t *testing.T) {
	t.Parallel()
	j, dir := begun(t)
	type resident struct {
		At, Home, Job string `json:",omitempty"`
		Cash          int64
	}
	paid := func(from, to string, n int64, why, building string) event.Event {
		return event.New(0, "", event.KindTransfer, event.Transfer{From: from, To: to, Amount: n, Why: why, Building: building})
	}
	stands := func(buildings int) event.Event {
		return event.New(0, "", event.KindTown, event.Town{Population: 3, Buildings: buildings})
	}
	building := func(id string, x int, income int64) event.Row {
		return row(rowBuilding, id, map[string]any{"type": strings.TrimRight(id, "-1"), "x": x, "y": 0, "income": income})
	}
	commitOf(t, j, 0, []event.Row{
		row(rowTown, "town", map[string]any{"money": 10}), building("house-1", 0, 0), building("cafe-1", 1, 0), building("mill-1", 2, 0),
		row(rowResident, "a0001", resident{At: "house-1", Home: "house-1", Cash: 10}), row(rowResident, "a0002", resident{At: "house-1", Home: "house-1", Cash: 10}), row(rowResident, "a0003", resident{Cash: 10}),
	}, nil, paid("world", "a0001", 10, event.ForStart, ""), paid("world", "a0002", 10, event.ForStart, ""), paid("world", "a0003", 10, event.ForStart, ""), stands(3))
	commitOf(t, j, 1, []event.Row{building("cafe-1", 1, 7), row(rowResident, "a0001", resident{At: "cafe-1", Home: "house-1", Job: "cafe-1", Cash: 17})}, nil,
		did("a0001", "go", event.Action{Target: "cafe-1"}), did("a0001", "work", event.Action{Target: "cafe-1"}), paid("world", "a0001", 7, event.ForWage, "cafe-1"), stands(3))
	commitOf(t, j, 2, []event.Row{
		building("shop-1", 3, 0), {Kind: rowBuilding, ID: "mill-1"}, row(rowResident, "a0001", resident{Home: "house-1", Job: "cafe-1", Cash: 17}), row(rowResident, "a0003", resident{At: "house-1", Home: "house-1", Cash: 10}),
	}, nil, event.New(0, "mayor", event.KindDecree, event.Decree{Action: sdk.Action{Kind: "build", Args: map[string]string{"type": "shop", "x": " 3", "y": "0"}}, OK: true}),
		did("a0001", "go", event.Action{Target: "street"}), did("a0003", "go", event.Action{Target: "house-1"}), did("a0003", "move_in", event.Action{Target: "house-1"}), stands(3))
	s := openAt(t, dir, nil)
	for path, want := range map[string][]string{
		"place?lang=en":        {"house-1 house 2 3 0", "cafe-1 cafe 0 0 7", "shop-1 shop 0 0 0", "Анна in the street house-1 cafe-1 17", "Борис house-1 house-1 — 10", "Вера house-1 house-1 — 10"},
		"place?tick=1&lang=en": {"house-1 house 1 2 0", "cafe-1 cafe 1 0 7", "Анна cafe-1 house-1 cafe-1 17", "Борис house-1 house-1 — 10", "Вера ? ? — 10"},
		"place?tick=0&lang=en": {"house-1 house 2 2 0", "cafe-1 cafe 0 0 0", "Анна house-1 house-1 — 10", "Борис house-1 house-1 — 10", "Вера ? ? — 10"},
	} {
		page := get(t, reader(t), s.at(path)).body
		got := texts(t, page, `<tr>(<th scope="row"><(?:code|a).*?)</tr>`)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%q, want\n%q", path, got, want)
		}
		if strings.Contains(page, "burnt down later") != (path != "place?lang=en") {
			t.Errorf("%s: whether the mill is missing is not said", path)
		}
	}
}

func TestMemoryOfThePastSaysWhatIsNotShown(t *testing.T) {
	t.Parallel()
	j, dir := begun(t)
	for tick, keys := range []string{"abc", "b", "d"} {
		var changes []sdk.RecordChange
		for _, key := range strings.Split(keys, "") {
			changes = append(changes, sdk.RecordChange{Record: sdk.Record{Agent: "a0001", Key: key, Kind: "person", JSON: json.RawMessage(`{"text":"x"}`)}})
		}
		c := event.Commit{Tick: int64(tick), Time: "2026-03-02T08:00:00Z", Digest: emptyDigest(t), Records: []event.PluginChanges{{Plugin: "memory", Changes: changes}}}
		if err := j.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	s := openAt(t, dir, nil)
	for path, want := range map[string]string{"?": "", "?tick=2&": "", "?tick=1&": "1 more record changed later", "?tick=0&": "2 more records changed later", "?tick=0&kind=no&": ""} {
		page := get(t, reader(t), s.at("people/a0001/memory"+path+"lang=en")).body
		if got := texts(t, page, `(\d+ more records? changed later)`); strings.Join(got, "") != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
