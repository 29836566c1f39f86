package journal

import (
	"context"
	"iter"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/plugins/sdk"
)

// StoredRecord is a record with the plugin that keeps it and the tick that
// changed it last.
type StoredRecord struct {
	sdk.Record
	Plugin string
	Tick   int64
}

// StoredRow is a row of the environment with the tick that changed it last.
type StoredRow struct {
	event.Row
	Tick int64
}

// StoredRecords are the records of all plugins in (plugin, agent, key) order.
func (j *Journal) StoredRecords(ctx context.Context) iter.Seq2[StoredRecord, error] {
	return read(ctx, j, scanStoredRecord, `SELECT plugin, agent, key, kind, json, tick FROM records ORDER BY plugin, agent, key`)
}

func scanStoredRecord(scan func(...any) error) (r StoredRecord, err error) {
	err = scan(&r.Plugin, &r.Agent, &r.Key, &r.Kind, (*[]byte)(&r.JSON), &r.Tick)
	return r, err
}

// StoredRows are the environment's rows in (kind, id) order.
func (j *Journal) StoredRows(ctx context.Context) iter.Seq2[StoredRow, error] {
	return read(ctx, j, scanStoredRow, `SELECT kind, id, json, tick FROM rows ORDER BY kind, id`)
}

func scanStoredRow(scan func(...any) error) (r StoredRow, err error) {
	err = scan(&r.Kind, &r.ID, (*[]byte)(&r.JSON), &r.Tick)
	return r, err
}
