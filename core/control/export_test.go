package control

import "testing"

// Fill lets n commands wait.
func (q *Queue) Fill(t *testing.T, n int) {
	t.Helper()
	_, err := q.writer.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO commands (at, who, kind, "order", state) SELECT '2026-01-01T00:00:00Z', 'a', 'pause', '{"pause":true}', 'waiting' FROM n`, n)
	if err != nil {
		t.Fatal(err)
	}
}
