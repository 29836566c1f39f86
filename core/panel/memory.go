package panel

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/panel/internal/city"
)

const recordsAPage = 30

type memoryBody struct {
	at
	paging
	Resident city.Resident
	Kind     string
	Kinds    []recordKind
	Records  []recordRow
	Changed  int // records of the kind that changed since
}

type recordKind struct {
	Kind  string
	Count int
}

type recordRow struct {
	journal.StoredRecord
	Fields []field
}

// field is one member of a record.
type field struct{ Name, Value string }

// memory shows what plugins remember of a resident.
func (p *Panel) memory(ctx context.Context, q *request) error {
	body := memoryBody{Kind: q.URL.Query().Get("kind")}
	err := q.read(ctx, "people", &body.at, func(v *city.View) error {
		var ok bool
		if body.Resident, ok = v.Resident(q.PathValue("id")); !ok {
			return fs.ErrNotExist
		}
		return nil
	})
	if err != nil {
		return err
	}
	j, err := q.run.city.Journal(ctx)
	if err != nil {
		return err
	}
	id, until := body.Resident.ID, body.moment.Tick
	_, counts, err := j.RecordsOf(ctx, id, body.Kind, until, 0, 0)
	if err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		body.Kinds = append(body.Kinds, recordKind{kind, counts[kind]})
	}
	body.paging = q.paged(ofKind(counts, body.Kind), recordsAPage)
	if until < body.last {
		_, now, err := j.RecordsOf(ctx, id, body.Kind, math.MaxInt64, 0, 0)
		if err != nil {
			return err
		}
		body.Changed = ofKind(now, body.Kind) - body.Total
	}
	records, _, err := j.RecordsOf(ctx, id, body.Kind, until, recordsAPage, (body.Page-1)*recordsAPage)
	if err != nil {
		return err
	}
	for _, r := range records {
		body.Records = append(body.Records, recordRow{r, fieldsOf(r.JSON)})
	}
	return q.show("memory", q.words.T("memory.title", prose(body.Resident.Name, 80)), body)
}

// ofKind is how many there are of a kind, or of all.
func ofKind(counts map[string]int, kind string) (total int) {
	for k, n := range counts {
		if kind == "" || kind == k {
			total += n
		}
	}
	return total
}

// fieldsOf takes a record apart to be read. Vectors are left out: they say
// nothing to people.
func fieldsOf(data json.RawMessage) (out []field) {
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return []field{{"", prose(string(data), 600)}}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var v any
		if err := json.Unmarshal(members[name], &v); err != nil {
			continue // it was read before
		}
		if text := inWords(v); text != "" {
			out = append(out, field{prose(name, 60), prose(text, 600)})
		}
	}
	return out
}

// longestVector is how many numbers in a row mean something to people.
const longestVector = 16

// inWords is a member of a record as lines of text. Vectors are empty.
func inWords(v any) string {
	var parts []string
	switch v := v.(type) {
	case []any:
		if len(v) > longestVector {
			if _, number := v[0].(float64); number {
				return ""
			}
		}
		for _, one := range v {
			parts = append(parts, inWords(one))
		}
		return strings.Join(parts, "\n")
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+inWords(v[name]))
		}
		return strings.Join(parts, ", ")
	case nil:
		return ""
	}
	return fmt.Sprint(v)
}
