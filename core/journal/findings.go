package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/llm-city/gorod/core/event"
	"github.com/llm-city/gorod/core/sqlite"
	"github.com/llm-city/gorod/plugins/sdk"
)

// putFindings stores what was asked out of band after the tick.
func putFindings(ctx context.Context, tx *sql.Tx, c event.Commit) error {
	for _, a := range c.Findings.Answers {
		options, err := json.Marshal(a.Options)
		if err != nil {
			return fmt.Errorf("answer of %s: %w", a.Agent, err)
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO answers (tick, survey, question, type, agent, options, number, text, missing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			a.Tick, a.Survey, a.Question, a.Type, a.Agent, string(options), a.Number, a.Text, a.Missing)
		if err != nil {
			return fmt.Errorf("answer of %s: %w", a.Agent, err)
		}
	}
	if err := putScales(ctx, tx, c.Findings.Answers); err != nil {
		return err
	}
	for _, e := range c.Findings.Extracts {
		_, err := tx.ExecContext(ctx, "INSERT INTO extracts (tick, name, agent, json) VALUES (?, ?, ?, ?)", e.Tick, e.Name, e.Agent, string(e.JSON))
		if err != nil {
			return fmt.Errorf("extract %s: %w", e.Name, err)
		}
	}
	return putScores(ctx, tx, c.Findings.Scores)
}

// putScales stores the scale of each question once.
func putScales(ctx context.Context, tx *sql.Tx, answers []event.Answer) error {
	type question struct{ survey, id string }
	stored := map[question]bool{}
	for _, a := range answers {
		q := question{a.Survey, a.Question}
		if a.Low == nil || a.High == nil || stored[q] {
			continue
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO scales (survey, question, low, high) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", q.survey, q.id, *a.Low, *a.High)
		if err != nil {
			return fmt.Errorf("scale of %s/%s: %w", q.survey, q.id, err)
		}
		stored[q] = true
	}
	return nil
}

func putScores(ctx context.Context, tx *sql.Tx, scores []event.Score) error {
	for _, s := range scores {
		_, err := tx.ExecContext(ctx, `INSERT INTO scores (source, metric, agent, "group", item, tick, value, n, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.Source, s.Metric, s.Agent, s.Group, s.Item, s.Tick, s.Value, s.N, s.Detail)
		if err != nil {
			return fmt.Errorf("score %s: %w", s.Metric, err)
		}
	}
	return nil
}

// SetScores replaces the scores of a source: those of a metric, which is
// measured again when a run has gone on.
func (j *Journal) SetScores(ctx context.Context, source string, scores []event.Score) error {
	err := j.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM scores WHERE source = ?", source); err != nil {
			return err
		}
		return putScores(ctx, tx, scores)
	})
	return sqlite.Explain("write scores to", j.path, err)
}

// Answers are those to surveys and interviews, by tick, survey, question and
// agent. Those of a run made before scales were kept have neither Low nor High.
func (j *Journal) Answers(ctx context.Context) iter.Seq2[event.Answer, error] {
	const order = " ORDER BY tick, survey, question, agent"
	const answers = "SELECT tick, survey, question, type, agent, options, number, text, missing, "
	return func(yield func(event.Answer, error) bool) {
		all := answers + "low, high FROM answers LEFT JOIN scales USING (survey, question)" + order
		if scales, err := j.has(ctx, "scales"); err != nil {
			yield(event.Answer{}, err)
			return
		} else if !scales {
			all = answers + "NULL, NULL FROM answers" + order
		}
		readFrom(ctx, j, "answers", scanAnswer, all)(yield)
	}
}

// has reports whether the file has a table: one of a format before it has none.
func (j *Journal) has(ctx context.Context, table string) (bool, error) {
	for n, err := range read(ctx, j, scanCount, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", table) {
		return n > 0, err
	}
	return false, nil
}

// readFrom is read for a table that the file may not have.
func readFrom[T any](ctx context.Context, j *Journal, table string, scan func(func(...any) error) (T, error), query string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		there, err := j.has(ctx, table)
		if err != nil {
			var none T
			yield(none, err)
		} else if there {
			read(ctx, j, scan, query)(yield)
		}
	}
}

func scanCount(scan func(...any) error) (n int, err error) {
	err = scan(&n)
	return n, err
}

func scanAnswer(scan func(...any) error) (a event.Answer, err error) {
	var options []byte
	if err := scan(&a.Tick, &a.Survey, &a.Question, &a.Type, &a.Agent, &options, &a.Number, &a.Text, &a.Missing, &a.Low, &a.High); err != nil {
		return a, err
	}
	if err := json.Unmarshal(options, &a.Options); err != nil {
		return a, fmt.Errorf("answer of %s: %w", a.Agent, err)
	}
	return a, nil
}

// Scores are those of metrics and propositions, by source, in the order in
// which they came.
func (j *Journal) Scores(ctx context.Context) iter.Seq2[event.Score, error] {
	return readFrom(ctx, j, "scores", scanScore, `SELECT source, metric, agent, "group", item, tick, value, n, detail FROM scores ORDER BY source, id`)
}

func scanScore(scan func(...any) error) (event.Score, error) {
	s := event.Score{Score: sdk.Score{}}
	err := scan(&s.Source, &s.Metric, &s.Agent, &s.Group, &s.Item, &s.Tick, &s.Value, &s.N, &s.Detail)
	return s, err
}

// Extracts are what a model read out of the run, by tick, name and agent.
func (j *Journal) Extracts(ctx context.Context) iter.Seq2[event.Extract, error] {
	return readFrom(ctx, j, "extracts", scanExtract, "SELECT tick, name, agent, json FROM extracts ORDER BY tick, name, agent")
}

func scanExtract(scan func(...any) error) (e event.Extract, err error) {
	err = scan(&e.Tick, &e.Name, &e.Agent, (*[]byte)(&e.JSON))
	return e, err
}
