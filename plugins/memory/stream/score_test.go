package stream_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/llm-city/gorod/plugins/sdk"
)

// past is a memory: how many hours ago it was last accessed, its importance and
// its cosine to the question.
type past struct {
	text       string
	hours      int64
	importance int
	cosine     float64
}

// example is the worked one.
func example() []past {
	return []past{{"вода", 100, 2, 1}, {"мост", 10, 8, 0.6}, {"хлеб", 1, 5, 0}, {"пожар", 200, 10, 0.8}}
}

// recorded are the records of memories.
func recorded(now time.Time, all []past) []sdk.Record {
	var out []sdk.Record
	for i, p := range all {
		used := now.Unix() - 3600*p.hours
		v := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(p.cosine)))
		v = binary.LittleEndian.AppendUint32(v, math.Float32bits(float32(math.Sqrt(1-p.cosine*p.cosine))))
		out = append(out,
			sdk.Record{Agent: anna, Key: fmt.Sprintf("memory/%08d", i), Kind: "memory", JSON: fmt.Appendf(nil,
				`{"seq":%d,"tick":%[1]d,"time":%d,"used":%d,"kind":"event","text":%q,"importance":%d}`, i, used-60, used, p.text, p.importance)},
			sdk.Record{Agent: anna, Key: fmt.Sprintf("vector/%08d", i), Kind: "vector", JSON: fmt.Appendf(nil, "%q", base64.StdEncoding.EncodeToString(v))})
	}
	return out
}

// asked has the first coordinate for its direction.
func asked() *host {
	return &host{embed: func([]string) ([][]float32, error) { return [][]float32{{1, 0}}, nil }}
}

func TestScoresAreThoseOfThePaperAndOfTheCode(t *testing.T) {
	t.Parallel()
	now, err := time.Parse(time.RFC3339, clock(20, 12))
	if err != nil {
		t.Fatal(err)
	}
	type scores map[string]float64
	// What is left of recency after 100, 10, 1 and 200 hours, between the last and
	// the third.
	paper := func(hours float64) float64 {
		return (math.Pow(0.995, hours) - math.Pow(0.995, 200)) / (0.995 - math.Pow(0.995, 200))
	}
	// Ranks by last access, the oldest first: пожар, вода, мост, хлеб.
	code := func(rank float64) float64 {
		return (math.Pow(0.99, rank) - math.Pow(0.99, 4)) / (0.99 - math.Pow(0.99, 4))
	}
	cosine := func(x float32) float64 { return float64(x) } // as a vector holds it
	for name, c := range map[string]struct {
		config string
		order  []string
		want   scores
	}{
		"paper": {`{}`, []string{"мост", "пожар", "вода", "хлеб"}, scores{
			"вода": paper(100) + 0 + 1, "мост": paper(10) + 6.0/8 + cosine(0.6), "хлеб": 1 + 3.0/8 + 0, "пожар": 0 + 1 + cosine(0.8),
		}},
		"code": {`{"form":"code"}`, []string{"пожар", "мост", "вода", "хлеб"}, scores{
			"вода": 0.5*code(2) + 0 + 3, "мост": 0.5*code(3) + 2*6.0/8 + 3*cosine(0.6), "хлеб": 0 + 2*3.0/8 + 0, "пожар": 0.5 + 2 + 3*cosine(0.8),
		}},
		"recency alone": {`{"importance_weight":0,"relevance_weight":0,"decay":0.5}`, []string{"хлеб", "мост", "вода", "пожар"}, scores{
			"хлеб": 1, "мост": (math.Pow(0.5, 10) - math.Pow(0.5, 200)) / (0.5 - math.Pow(0.5, 200)),
			"вода": (math.Pow(0.5, 100) - math.Pow(0.5, 200)) / (0.5 - math.Pow(0.5, 200)), "пожар": 0,
		}},
		"relevance alone": {`{"form":"code","importance_weight":0,"recency_weight":0,"relevance_weight":1}`, []string{"вода", "пожар", "мост", "хлеб"}, scores{
			"вода": 1, "пожар": cosine(0.8), "мост": cosine(0.6), "хлеб": 0,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, c.config, "ru", asked(), recorded(now, example())...)
			got := m.recall(9, asks(sees(clock(20, 12)), "что?", 0))
			var order []string
			for _, item := range got.Items {
				text := item.Text[len("Новость: «") : len(item.Text)-len("»")]
				order = append(order, text)
				if math.Abs(item.Score-c.want[text]) > 1e-12 {
					t.Errorf("%s: score %.15f, want %.15f", text, item.Score, c.want[text])
				}
			}
			if diff := cmp.Diff(c.order, order); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}

func TestATermThatIsTheSameForAllCountsHalf(t *testing.T) {
	t.Parallel()
	now, err := time.Parse(time.RFC3339, clock(20, 12))
	if err != nil {
		t.Fatal(err)
	}
	same := []past{{"раз", 5, 4, 0.5}, {"два", 5, 4, 0.5}, {"три", 5, 4, 0.5}}
	m := start(t, "", "ru", asked(), recorded(now, same)...)
	got := m.recall(9, asks(sees(clock(20, 12)), "что?", 2))
	if len(got.Items) != 2 || got.Items[0].Score != 1.5 || got.Items[1].Score != 1.5 || got.Items[0].Key != "memory/00000002" {
		t.Errorf("items %+v, want the newest two with 1.5", got.Items)
	}
}
