package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/llm-city/gorod/core/event"
)

// Residents are those whom Meta tells of and those who came since, in the order
// in which they came.
func (j *Journal) Residents(ctx context.Context) ([]Resident, error) {
	return collect(read(ctx, j, scanResident, `SELECT id, name, "group", model, persona FROM residents ORDER BY position`))
}

// Agent is how a resident stands after the last tick that changed it; false
// where none has.
func (j *Journal) Agent(ctx context.Context, id string) (event.AgentState, bool, error) {
	for a, err := range read(ctx, j, scanAgent, `SELECT state FROM agents WHERE id = ?`, id) {
		return a, err == nil, err
	}
	return event.AgentState{}, false, nil
}

// eachPlugin lists the plugins that keep records, each found by its key, so that
// no others are read.
const eachPlugin = `WITH RECURSIVE slots (plugin) AS (
	SELECT min(plugin) FROM records
	UNION ALL
	SELECT (SELECT min(plugin) FROM records WHERE plugin > slots.plugin) FROM slots WHERE slots.plugin IS NOT NULL
) `

// RecordsOf are the records of one resident that no tick after until changed,
// those changed last first: limit of them from offset on. count is how many
// there are of each kind.
func (j *Journal) RecordsOf(ctx context.Context, agent, kind string, until int64, limit, offset int) (page []StoredRecord, count map[string]int, err error) {
	const of = ` FROM slots CROSS JOIN records AS r ON r.plugin = slots.plugin AND r.agent = ? WHERE r.tick <= ?`
	count = map[string]int{}
	for n, err := range read(ctx, j, scanKind, eachPlugin+`SELECT r.kind, count(*)`+of+` GROUP BY r.kind`, agent, until) {
		if err != nil {
			return nil, nil, err
		}
		count[n.kind] = n.count
	}
	page, err = collect(read(ctx, j, scanStoredRecord, eachPlugin+`SELECT r.plugin, r.agent, r.key, r.kind, r.json, r.tick`+of+
		` AND (? = '' OR r.kind = ?) ORDER BY r.tick DESC, r.plugin, r.key LIMIT ? OFFSET ?`, agent, until, kind, kind, limit, offset))
	return page, count, err
}

type kindCount struct {
	kind  string
	count int
}

func scanKind(scan func(...any) error) (n kindCount, err error) {
	err = scan(&n.kind, &n.count)
	return n, err
}

// RowsOf are the environment's rows of one kind, in the order of their ids.
func (j *Journal) RowsOf(ctx context.Context, kind string) iter.Seq2[StoredRow, error] {
	return read(ctx, j, scanStoredRow, `SELECT kind, id, json, tick FROM rows WHERE kind = ? ORDER BY id`, kind)
}

// Row is one row of the environment as a value; false where there is none.
func Row[T any](ctx context.Context, j *Journal, kind, id string) (value T, ok bool, err error) {
	for row, err := range read(ctx, j, scanStoredRow, `SELECT kind, id, json, tick FROM rows WHERE kind = ? AND id = ?`, kind, id) {
		if err == nil {
			err = json.Unmarshal(row.JSON, &value)
		}
		if err != nil {
			err = fmt.Errorf("row %s/%s: %w", kind, id, err)
		}
		return value, err == nil, err
	}
	return value, false, nil
}
