package dialogue_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/dialogue"
	"github.com/llm-city/gorod/dataset/telegram"
)

const shipped = "../../experiments/dataset-telegram"

// labels is topics.yaml.
type labels struct {
	Chats []struct {
		ID       string `yaml:"id"`
		Name     string `yaml:"name"`
		Messages int    `yaml:"messages"`
		Sessions []struct {
			First  int64 `yaml:"first"`
			Last   int64 `yaml:"last"`
			Topics []struct {
				At     int64  `yaml:"at"`
				Border string `yaml:"border"`
				About  string `yaml:"about"`
			} `yaml:"topics"`
		} `yaml:"sessions"`
	} `yaml:"chats"`
}

// gathered keeps the messages of the chats that say something.
type gathered struct {
	chat string
	by   map[string][]chat.Message
}

func (g *gathered) Chat(c chat.Chat) error { g.chat = c.ID; return nil }

func (g *gathered) Message(m *chat.Message) error {
	if m.Kind != chat.Service {
		own := *m
		own.Text = m.Text + m.Emoji
		own.Entities, own.Reactions = nil, nil
		g.by[g.chat] = append(g.by[g.chat], own)
	}
	return nil
}

// labelled is a session with the borders that its author meant.
type labelled struct {
	turns   []dialogue.Turn
	borders []int
}

func sessions(t *testing.T) []labelled {
	t.Helper()
	file := filepath.Join(shipped, "topics.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var l labels
	if _, problems := spec.Decode(file, text, &l); len(problems) > 0 {
		t.Fatal(problems)
	}
	g := &gathered{by: map[string][]chat.Message{}}
	if _, err := telegram.Open(filepath.Join(shipped, "result.json"), telegram.Options{}).Read(context.Background(), g); err != nil {
		t.Fatal(err)
	}
	var out []labelled
	for _, c := range l.Chats {
		messages := g.by[c.ID]
		for _, s := range c.Sessions {
			var lines []dialogue.Line
			for i := range messages {
				if m := &messages[i]; m.ID >= s.First && m.ID <= s.Last {
					lines = append(lines, dialogue.Line{Message: m, Text: m.Text})
				}
			}
			own := labelled{turns: dialogue.BurstRule{Gap: 2 * time.Minute, Token: "\n"}.Turns(lines)}
			for _, topic := range s.Topics[1:] {
				at := slices.IndexFunc(own.turns, func(turn dialogue.Turn) bool { return turn.IDs[len(turn.IDs)-1] >= topic.At })
				own.borders = append(own.borders, at)
			}
			out = append(out, own)
		}
	}
	return out
}

// errors are the mean Pk and WindowDiff of all sessions, by their turns.
func errorsOf(list []labelled, find func([]dialogue.Turn) []int) (pk, diff float64) {
	total := 0.0
	for _, s := range list {
		n := float64(len(s.turns))
		found := find(s.turns)
		pk += n * dialogue.Pk(s.borders, found, len(s.turns))
		diff += n * dialogue.WindowDiff(s.borders, found, len(s.turns))
		total += n
	}
	return pk / total, diff / total
}

// The figures that the README tells. Whoever parts by pauses alone, at regular
// places or not at all is wrong far more often.
func TestTopicsOfTheShippedChatAreFound(t *testing.T) {
	t.Parallel()
	list := sessions(t)
	pk, diff := errorsOf(list, dialogue.NewSegmenter(dialogue.TopicRule{}).Borders)
	t.Logf("%d sessions: Pk %.3f, WindowDiff %.3f", len(list), pk, diff)
	if pk > 0.22 || diff > 0.225 {
		t.Errorf("Pk %.3f and WindowDiff %.3f, want at most 0.22 and 0.225", pk, diff)
	}
	for name, find := range map[string]func([]dialogue.Turn) []int{
		"nothing": func([]dialogue.Turn) []int { return nil },
		"every tenth turn": func(turns []dialogue.Turn) (out []int) {
			for i := 10; i < len(turns); i += 10 {
				out = append(out, i)
			}
			return out
		},
		"pauses of ten minutes": func(turns []dialogue.Turn) (out []int) {
			for i := 1; i < len(turns); i++ {
				if turns[i].Time-turns[i-1].End > 600 {
					out = append(out, i)
				}
			}
			return out
		},
	} {
		plain, plainDiff := errorsOf(list, find)
		t.Logf("%s: Pk %.3f, WindowDiff %.3f", name, plain, plainDiff)
		if plain < 1.3*pk {
			t.Errorf("%s: Pk %.3f, hardly worse", name, plain)
		}
	}
}

func TestATopicIsNotPartedWhereItIsAnswered(t *testing.T) {
	t.Parallel()
	var turns []dialogue.Turn
	add := func(text string, pause, reply int64) {
		id := int64(len(turns) + 1)
		at := id * 60
		if n := len(turns); n > 0 {
			at = turns[n-1].End + pause
		}
		turns = append(turns, dialogue.Turn{Speaker: "a", Time: at, End: at, IDs: []int64{id}, ReplyTo: reply, Text: text})
	}
	for range 6 {
		add("велосипед цепь колесо педали", 60, 0)
	}
	for range 6 {
		add("кошка корм миска ветеринар", 60, 0)
	}
	turns[6].Time += 3600
	turns[6].End += 3600
	for i := 7; i < 12; i++ {
		turns[i].Time += 3600
		turns[i].End += 3600
	}
	rule := dialogue.NewSegmenter(dialogue.TopicRule{})
	if got := rule.Borders(turns); !slices.Equal(got, []int{6}) {
		t.Errorf("borders %v, want [6]", got)
	}
	for i := 6; i < 11; i++ {
		turns[i].ReplyTo = int64(i - 4)
	}
	if got := rule.Borders(turns); len(got) != 0 {
		t.Errorf("borders %v where every turn answers one from before", got)
	}
}

func TestShortSessionsAreOfOneTopic(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		turns := make([]dialogue.Turn, n)
		for i := range turns {
			turns[i] = dialogue.Turn{Time: int64(i) * 100_000, End: int64(i) * 100_000, Text: string(rune('а' + i))}
		}
		if got := dialogue.NewSegmenter(dialogue.TopicRule{}).Borders(turns); len(got) != 0 {
			t.Errorf("%d turns: borders %v", n, got)
		}
	}
}
