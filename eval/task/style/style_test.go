package style_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/eval/suite"
	"github.com/llm-city/gorod/eval/task"
	"github.com/llm-city/gorod/eval/task/items/tasktest"
	"github.com/llm-city/gorod/eval/task/style"
)

// writer is somebody with habits.
type writer struct {
	random *rand.Rand
	words  []string
	chatty bool
}

func (w *writer) say() string {
	var messages []string
	n := 1
	if w.chatty {
		n += w.random.IntN(3)
	}
	for range n {
		var words []string
		length := 8 + w.random.IntN(6)
		if w.chatty {
			length = 2 + w.random.IntN(4)
		}
		for range length {
			words = append(words, w.words[int(float64(len(w.words))*w.random.Float64()*w.random.Float64())])
		}
		text := strings.Join(words, " ")
		switch {
		case !w.chatty:
			r := []rune(text)
			text = strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
		case w.random.IntN(3) == 0:
			text += " 😂"
		default:
			text += ")))"
		}
		messages = append(messages, text)
	}
	return strings.Join(messages, "\n")
}

func person(seed uint64, chatty bool) *writer {
	words := strings.Fields("и в не на я что он с как это по но они к у ты из мы за вы так же от для однако разумеется пожалуйста следует считать необходимо вопрос решение")
	if chatty {
		words = strings.Fields("ну и в короче ваще не на я типа что блин он с как щас это норм по но они ага к у ты из мы за го так ладно мда ок")
	}
	return &writer{random: rand.New(rand.NewPCG(seed, 1)), words: words, chatty: chatty}
}

// dataset writes one of a chatty person who talks with a formal one, and gives
// the texts of both in the test split.
func dataset(t testing.TB, train, test int) (dir string, own, others []string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "messages"), 0o700); err != nil {
		t.Fatal(err)
	}
	me, other := person(1, true), person(2, false)
	for split, n := range map[string]int{"train": train, "test": test} {
		var b strings.Builder
		for range n {
			q, a := other.say(), me.say()
			if split == "test" {
				own, others = append(own, a), append(others, q)
			}
			line, err := json.Marshal(map[string]any{"messages": []map[string]string{{"role": "user", "content": q}, {"role": "assistant", "content": a}}})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s\n", line)
		}
		if err := os.WriteFile(filepath.Join(dir, "messages", split+".jsonl"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, own, others
}

func setup(dir string) task.Setup {
	return tasktest.Setup(suite.Task{Style: &suite.Style{Dataset: dir}})
}

// parrot repeats texts one after the other.
func parrot(texts []string) *tasktest.Subject {
	i := 0
	return &tasktest.Subject{Answer: func(task.Prompt) string {
		i++
		return texts[(i-1)%len(texts)]
	}}
}

func names(t *testing.T, prefix string) []string {
	t.Helper()
	var out []string
	for _, m := range (style.Kind{}).Measures(t.Context(), nil) {
		if strings.HasPrefix(m.Name, prefix) {
			out = append(out, m.Name)
		}
	}
	return out
}

func TestThePersonsLaterRepliesAreAtTheCeiling(t *testing.T) {
	t.Parallel()
	dir, own, _ := dataset(t, 300, 60)
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot(own))
	for _, m := range names(t, "position") {
		if got, n := r.Mean(m); math.Abs(got-1) > 1e-6 || n != 60 {
			t.Errorf("%s is %v in %d rows: %v", m, got, n, r.Missing(m))
		}
	}
}

func TestRepliesOfOthersAreAtTheFloor(t *testing.T) {
	t.Parallel()
	dir, _, others := dataset(t, 300, 60)
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot(others))
	for _, m := range names(t, "position") {
		if got, n := r.Mean(m); math.Abs(got) > 0.15 || n == 0 {
			t.Errorf("%s is %v: %v", m, got, r.Missing(m))
		}
	}
}

func TestWhoWritesAsThePersonNowAndThenIsInBetween(t *testing.T) {
	t.Parallel()
	dir, own, others := dataset(t, 300, 60)
	var mixed []string
	for i := range own {
		mixed = append(mixed, [][]string{own, others}[i%2][i])
	}
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot(mixed))
	if got, _ := r.Mean("position"); got < 0.3 || got > 0.9 {
		t.Errorf("position %v", got)
	}
	for _, m := range names(t, "distance_") {
		if got, n := r.Mean(m); n == 0 || got < 0 {
			t.Errorf("%s is %v of %d", m, got, n)
		}
	}
}

// What somebody else writes with the same words is told apart by habits alone.
func TestHabitsAreTold(t *testing.T) {
	t.Parallel()
	dir, own, _ := dataset(t, 300, 60)
	tame := make([]string, len(own))
	for i, s := range own {
		tame[i] = strings.NewReplacer(")))", "", " 😂", "", "\n", " ").Replace(s)
	}
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot(tame))
	for m, most := range map[string]float64{"position_burst": 0.1, "position_punctuation": 0.9, "position_emoji": 0.1} {
		if got, n := r.Mean(m); n == 0 || got > most {
			t.Errorf("%s is %v", m, got)
		}
	}
	if got, _ := r.Mean("position_delta"); got < 0.9 {
		t.Errorf("the words are the same, but delta's position is %v", got)
	}
}

func TestWhatCannotBePlacedSaysWhy(t *testing.T) {
	t.Parallel()
	dir, own, _ := dataset(t, 4, 3) // of others there is too little
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot(own))
	if got := r.Missing("position"); got["no feature has a position"] != 1 {
		t.Errorf("%v", got)
	}
	if got := r.Missing("position_burst"); got["no floor: nobody else in the dataset has said enough"] != 1 {
		t.Errorf("%v", got)
	}
	s := parrot(own)
	s.Fails = func(task.Prompt) string { return "empty reply" }
	r = tasktest.Run(t, style.Kind{}, setup(dir), s)
	if got := r.Missing("distance_cng"); got["no text"] != 1 {
		t.Errorf("%v", got)
	}
}

// Others who write as the person does are no floor.
func TestAFloorUnderTheCeilingIsSaid(t *testing.T) {
	t.Parallel()
	dir, _, _ := dataset(t, 60, 20)
	for _, split := range []string{"train", "test"} {
		line := `{"messages":[{"role":"user","content":"ага)))"},{"role":"assistant","content":"ага)))"}]}` + "\n"
		if err := os.WriteFile(filepath.Join(dir, "messages", split+".jsonl"), []byte(strings.Repeat(line, 20)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := tasktest.Run(t, style.Kind{}, setup(dir), parrot([]string{"ага)))"}))
	if got := r.Missing("position_cng"); len(got) != 1 || got["others (0) are not surely farther from the person than the person is later (0)"] != 1 {
		t.Errorf("%v", got)
	}
}

func TestTheReferenceProviderIsAskedAndSaysTheSameAgain(t *testing.T) {
	t.Parallel()
	dir, _, _ := dataset(t, 100, 20)
	if n := tasktest.Again(t, style.Kind{}, setup(dir), "position"); n != 20 {
		t.Errorf("%d rows", n)
	}
}

func TestBadInputIsNamed(t *testing.T) {
	t.Parallel()
	good, _, _ := dataset(t, 10, 3)
	stranger := setup(good)
	stranger.Task.Style.Target = "p77"
	broken, _, _ := dataset(t, 10, 3)
	if err := os.WriteFile(filepath.Join(broken, "messages", "test.jsonl"), []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty, _, _ := dataset(t, 10, 3)
	if err := os.WriteFile(filepath.Join(empty, "messages", "test.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tasktest.Refused(t, style.Kind{}, []tasktest.Bad{
		{"nowhere", "the dataset cannot be read", setup(filepath.Join(good, "nowhere"))},
		{"no splits", `there is no such split "train"`, setup(t.TempDir())},
		{"no person", `no such person: "p77" has no replies in the training split`, stranger},
		{"no reply", "test.jsonl:1:", setup(broken)},
		{"nothing to ask", "nothing of assistant to ask", setup(empty)},
	})
}
