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

// FillVisits lets n visits wait.
func (q *Queue) FillVisits(t *testing.T, n int) {
	t.Helper()
	_, err := q.writer.ExecContext(t.Context(), `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO commands (at, who, kind, "order", state)
		SELECT '2026-01-01T00:00:00Z', '@a', 'visit', '{"visit":{"id":"' || i || '","visitor":{"id":"@a"},"kind":"post","text":"x","at":"2026-01-01T00:00:00Z"}}', 'waiting' FROM n`, n)
	if err != nil {
		t.Fatal(err)
	}
}

// Held is how many commands the director keeps in memory.
func (d *Director) Held() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.seen) - len(d.noted) + len(d.found) + len(d.answered) + len(d.flights)
}

// Deny lets nothing be noted in the queue any more, as a full disk does.
func (d *Director) Deny(t *testing.T) {
	t.Helper()
	if _, err := d.queue.writer.ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
}
