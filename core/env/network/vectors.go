package network

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

const (
	embedBatch  = 256    // texts of one request
	vectorsKept = 20_000 // of posts
)

// vectors holds the embeddings of posts and of residents' interests. They are
// rows of the run: a resumed run asks the model for none again.
type vectors struct {
	embed     Embed
	interests []string    // texts, by place in the population
	residents [][]float32 // nil until the first update
	posts     map[string][]float32
	order     []string      // posts, oldest first
	waiting   []social.Post // published, not yet embedded
	changed   []string      // ids of posts and residents
	ids       []string      // of residents
	places    map[string]int
}

func newVectors(embed Embed, residents []spec.Resident) *vectors {
	v := &vectors{embed: embed, posts: map[string][]float32{}, places: map[string]int{}}
	v.residents = make([][]float32, len(residents))
	for i, r := range residents {
		v.interests = append(v.interests, interests(r.Persona))
		v.ids = append(v.ids, r.ID)
		v.places[r.ID] = i
	}
	return v
}

// interests is the text of what a resident likes to read about.
func interests(p *sdk.Persona) string {
	if p == nil {
		return ""
	}
	if len(p.Interests) > 0 {
		return strings.Join(p.Interests, ", ")
	}
	return strings.TrimSpace(p.Occupation + " " + p.Bio)
}

// publish takes in a post that feeds may show.
func (v *vectors) publish(p *social.Post) {
	if p.Text != "" && p.Audience != social.Direct {
		v.waiting = append(v.waiting, social.Post{ID: p.ID, Text: p.Text})
	}
}

// update embeds what has no vector yet: residents once, posts of the last tick.
func (v *vectors) update(ctx context.Context) error {
	var ids, texts []string
	for i, text := range v.interests {
		if v.residents[i] == nil && text != "" {
			ids, texts = append(ids, v.ids[i]), append(texts, text)
		}
	}
	for _, p := range v.waiting {
		ids, texts = append(ids, p.ID), append(texts, p.Text)
	}
	for start := 0; start < len(texts); start += embedBatch {
		end := min(start+embedBatch, len(texts))
		found, err := v.embed(ctx, texts[start:end])
		if err != nil {
			return err
		}
		if len(found) != end-start {
			return fmt.Errorf("%d vectors for %d texts", len(found), end-start)
		}
		for i, vector := range found {
			if err := check(vector); err != nil {
				return err
			}
			v.set(ids[start+i], vector)
			v.changed = append(v.changed, ids[start+i])
		}
	}
	v.waiting = nil
	return nil
}

func check(vector []float32) error {
	for _, x := range vector {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("a vector holds %v", x)
		}
	}
	return nil
}

// set keeps a vector and lets go of the oldest post's when there are too many.
func (v *vectors) set(id string, vector []float32) {
	if place, ok := v.places[id]; ok {
		v.residents[place] = vector
		return
	}
	if _, ok := v.posts[id]; !ok {
		v.order = append(v.order, id)
	}
	v.posts[id] = vector
	if len(v.order) > vectorsKept {
		delete(v.posts, v.order[0])
		v.changed = append(v.changed, v.order[0])
		v.order = v.order[1:]
	}
}

// rows are the vectors that changed, once each.
func (v *vectors) rows() []event.Row {
	var rows []event.Row
	slices.SortStableFunc(v.changed, byID)
	for _, id := range slices.Compact(v.changed) {
		row := event.Row{Kind: rowVector, ID: id}
		if place, ok := v.places[id]; ok {
			row.JSON = packed(v.residents[place])
		} else if vector, ok := v.posts[id]; ok {
			row.JSON = packed(vector)
		}
		rows = append(rows, row)
	}
	v.changed = nil
	return rows
}

// byID orders ids that differ in their number by it.
func byID(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// restore takes in vectors and the posts of the last tick that made any. Those
// made after the last post that has a vector wait for the next update.
func (v *vectors) restore(rows map[string][]float32, last []social.Post) {
	v.waiting, v.changed, v.order, v.posts = nil, nil, nil, map[string][]float32{}
	clear(v.residents)
	ids := make([]string, 0, len(rows))
	for id := range rows {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, byID)
	for _, id := range ids {
		v.set(id, rows[id])
	}
	slices.SortFunc(last, func(a, b social.Post) int { return byID(a.ID, b.ID) })
	for _, p := range last {
		if len(v.order) == 0 || byID(p.ID, v.order[len(v.order)-1]) > 0 {
			v.publish(&p)
		}
	}
}

// packed is a vector as little-endian bytes in base64.
func packed(vector []float32) json.RawMessage {
	data := make([]byte, 0, 4*len(vector))
	for _, x := range vector {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return json.RawMessage(`"` + base64.StdEncoding.EncodeToString(data) + `"`)
}

func unpacked(data json.RawMessage) ([]float32, error) {
	var text []byte
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, err
	}
	vector := make([]float32, len(text)/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(text[4*i:]))
	}
	return vector, nil
}
