package control

import "context"

// Recent are the last commands of operators, the newest first: all but visits.
// Of those that wait for a run that does not go on, Why says so.
func (q *Queue) Recent(ctx context.Context, limit int) ([]Command, error) {
	all, err := q.query(ctx, "kind <> 'visit' ORDER BY id DESC LIMIT ?", limit)
	if err != nil {
		return nil, err
	}
	q.explain(ctx, all)
	return all, nil
}
