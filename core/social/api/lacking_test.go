package api_test

import (
	"strings"
	"testing"
)

// What a town has not is refused in words; it never looks done.
func TestWhatATownHasNotIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice, bob := w.token(t, "alice", "read write follow push"), w.token(t, "bob", "read write")
	theirs := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", bob, "status=привет"))
	mine := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, "status=и+вам"))
	secret := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", bob, "status=@alice+тихо&visibility=direct"))
	for _, c := range []struct {
		ask, body string
		want      int
		say       string
	}{
		{"POST /api/v1/accounts/1/mute", "", 422, "такого нет"},
		{"POST /api/v1/accounts/1/unmute", "", 200, `"muting":false`},
		{"POST /api/v1/accounts/1/block", "", 422, "такого нет"},
		{"POST /api/v1/accounts/77/mute", "", 404, "не найдена"},
		{"POST /api/v1/accounts/77/unmute", "", 404, "не найдена"},
		{"POST /api/v1/statuses/" + theirs.ID + "/bookmark", "", 422, "такого нет"},
		{"POST /api/v1/statuses/" + theirs.ID + "/unbookmark", "", 200, `"bookmarked":false`},
		{"POST /api/v1/statuses/77/mute", "", 404, "не найдена"},
		{"POST /api/v1/push/subscription", "subscription[endpoint]=https://x", 422, "такого нет"},
		{"POST /api/v1/lists", "title=x", 422, "такого нет"},
		{"DELETE /api/v1/statuses/" + mine.ID, "", 422, "не удаляется"},
		{"DELETE /api/v1/statuses/" + theirs.ID, "", 404, "не найдена"},
		{"DELETE /api/v1/statuses/77", "", 404, "не найдена"},
		{"PUT /api/v1/statuses/" + mine.ID, "status=x", 422, "не удаляется"},
		{"POST /api/v1/statuses/" + theirs.ID + "/unreblog", "", 200, `"reblogged":false`},
		{"POST /api/v1/statuses/" + theirs.ID + "/reblog", "", 200, `"reblogged":true`},
		{"POST /api/v1/statuses/" + theirs.ID + "/unreblog", "", 422, "поделились"},
		{"GET /api/v1/statuses/" + theirs.ID, "", 200, `"reblogged":true`},
		{"POST /api/v1/statuses/77/unreblog", "", 404, "не найдена"},
		{"POST /api/v1/statuses", "status=@anna_petrova+@boris+тихо&visibility=direct", 422, "каждому отдельно"},
		{"POST /api/v1/statuses", "status=@anna_petrova+тихо&visibility=direct&in_reply_to_id=" + theirs.ID, 422, "каждому отдельно"},
		{"POST /api/v1/statuses", "status=@anna_petrova+тихо&visibility=direct&in_reply_to_id=" + secret.ID, 422, "каждому отдельно"},
		{"POST /api/v1/statuses", "status=@bob+тихо&visibility=direct&in_reply_to_id=" + secret.ID, 200, `"visibility":"direct"`},
		{"POST /api/v1/statuses", "status=тихо&visibility=direct", 422, "одному"},
		{"POST /api/v1/statuses", "status=своим&visibility=private&in_reply_to_id=" + theirs.ID, 422, "ответьте открыто или лично"},
		{"POST /api/v1/statuses", "status=x&poll[options][]=а&poll[options][]=б&poll[multiple]=true", 422, "один вариант"},
	} {
		method, path, _ := strings.Cut(c.ask, " ")
		if r := w.send(t, method, path, alice, c.body, "Accept-Language", "ru"); r.status != c.want || !strings.Contains(r.body, c.say) {
			t.Errorf("%s %s: %d %.200s, want %d …%s…", c.ask, c.body, r.status, r.body, c.want, c.say)
		}
	}
	if got := w.send(t, "GET", "/api/v1/conversations", alice, ""); strings.Count(got.body, `"last_status"`) != 1 {
		t.Errorf("who was written to: %s", got.body)
	}
}
