package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/llm-city/gorod/core/social/api"
)

type posted struct {
	ID         string
	Content    string
	Visibility string
	Poll       *struct {
		ID    string
		Voted bool
	}
	Reblog *struct{ ID string }
	Gorod  struct {
		Post    string
		Waiting bool
	}
}

func TestAPostIsPublishedAsTheRunTakesIt(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write follow")
	made := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", token, `{"status":"Здравствуйте, <i>все</i>\nя Алиса","visibility":"unlisted","spoiler_text":"знакомство","poll":{"options":["да","нет"],"expires_in":60}}`))
	if made.Visibility != "public" || !made.Gorod.Waiting || made.Poll == nil || made.Content != "<p>знакомство</p><p>Здравствуйте, &lt;i&gt;все&lt;/i&gt;<br>я Алиса</p>" {
		t.Errorf("%+v", made)
	}
	w.Step(t)
	w.Step(t)
	now := plain[posted](t, w.send(t, "GET", "/api/v1/statuses/"+made.ID, "", ""))
	if now.ID != made.ID || now.Gorod.Waiting || !strings.HasPrefix(now.Gorod.Post, "p") || now.Content != made.Content {
		t.Errorf("after a tick: %+v", now)
	}
	boost := w.send(t, "POST", "/api/v1/statuses/"+made.ID+"/reblog", token, "")
	own := w.send(t, "POST", "/api/v1/statuses/"+made.ID+"/favourite", token, "")
	if boost.status != 422 || own.status != 422 {
		t.Errorf("with one's own: %d, %d", boost.status, own.status)
	}
}

func TestWhatMakesNoSenseIsRefusedInWords(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write follow")
	made := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", token, "status=привет&visibility=private"))
	for _, c := range []struct {
		method, path, body string
		want               int
		say                string
	}{
		{"POST", "/api/v1/statuses", "status=", 422, "пуста"},
		{"POST", "/api/v1/statuses", "status=+%00", 422, "пуста"},
		{"POST", "/api/v1/statuses", "status=" + strings.Repeat("ы", 2001), 422, "2000"},
		{"POST", "/api/v1/statuses", "status=x&visibility=secret", 422, "видимости"},
		{"POST", "/api/v1/statuses", "status=x&visibility=direct", 422, "одному"},
		{"POST", "/api/v1/statuses", "status=@anna_petrova+@boris&visibility=direct", 422, "каждому отдельно"},
		{"POST", "/api/v1/statuses", "status=x&media_ids[]=1", 422, "текст"},
		{"POST", "/api/v1/statuses", "status=x&scheduled_at=2030-01-01", 422, "Отложить"},
		{"POST", "/api/v1/statuses", "status=x&poll[options][]=a", 422, "вариантов"},
		{"POST", "/api/v1/statuses", "status=x&poll[options][]=а&poll[options][]=А", 422, "вариантов"},
		{"POST", "/api/v1/statuses", "status=x&in_reply_to_id=77", 404, "не найдена"},
		{"POST", "/api/v1/statuses", "status=x&in_reply_to_id=abc", 404, "не найдена"},
		{"DELETE", "/api/v1/statuses/" + made.ID, "", 422, "не удаляется"},
		{"PUT", "/api/v1/statuses/" + made.ID, "status=y", 422, "не удаляется"},
		{"POST", "/api/v1/statuses/" + made.ID + "/reblog", "", 403, "открытыми"},
		{"POST", "/api/v1/polls/" + made.ID + "/votes", "choices[]=0", 404, "не найдена"},
		{"POST", "/api/v2/media", "", 422, "картинок"},
		{"GET", "/api/v1/statuses/999999999999999999999", "", 404, "не найдена"},
		{"GET", "/api/v1/accounts/0", "", 404, "не найдена"},
		{"GET", "/api/v1/accounts/lookup?acct=..%2F..%2Fetc", "", 404, "не найдена"},
		{"POST", "/api/v1/accounts/999/follow", "", 404, "не найдена"},
		{"GET", "/api/v9/nothing", "", 404, "метода"},
		{"POST", "/api/v1/statuses", `{"status":`, 400, "не разобрать"},
		{"POST", "/api/v1/statuses", `{"status":"x","a":{"b":{"c":{"d":{"e":1}}}}}`, 400, "не разобрать"},
		{"POST", "/api/v1/statuses", "status=" + strings.Repeat("x", 70<<10), 413, "64"},
	} {
		r := w.send(t, c.method, c.path, token, c.body, "Accept-Language", "ru")
		if r.status != c.want || !strings.Contains(plain[map[string]string](t, r)["error"], c.say) {
			t.Errorf("%s %s %.60s: %d %.200s, want %d …%s…", c.method, c.path, c.body, r.status, r.body, c.want, c.say)
		}
	}
	r := w.send(t, "DELETE", "/api/v1/statuses/"+made.ID, token, "", "Accept-Language", "de, en;q=0.5, ru;q=0.3")
	if !strings.Contains(r.body, "Nothing is deleted") {
		t.Errorf("in English: %s", r.body)
	}
}

func TestARunThatIsOverTakesNoVisits(t *testing.T) {
	t.Parallel()
	w := newTown(t, 3, nil)
	token := w.token(t, "alice", "read write")
	for w.Step(t) {
	}
	r := w.send(t, "POST", "/api/v1/statuses", token, "status=есть+кто?")
	if r.status != 422 || !strings.Contains(r.body, "окончен") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.send(t, "GET", "/api/v1/timelines/public", "", ""); r.status != 200 || len(plain[[]posted](t, r)) == 0 {
		t.Errorf("it cannot be read any more: %d", r.status)
	}
}

func TestResidentsPrivateMessagesAreNobodysBusiness(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice, mallory := w.token(t, "alice", "read write follow"), w.token(t, "mallory", "read write follow")
	secret := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, "status=@anna_petrova+тайна+№7&visibility=direct"))
	w.Step(t)
	w.Step(t)
	for _, token := range []string{"", mallory} {
		for _, path := range []string{"", "/context", "/favourited_by", "/reblogged_by"} {
			if r := w.send(t, "GET", "/api/v1/statuses/"+secret.ID+path, token, ""); r.status != 404 {
				t.Errorf("%s: %d %s", path, r.status, r.body)
			}
		}
		for _, path := range []string{"/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v2/search?q=тайна", "/api/v1/accounts/1/statuses", "/api/v1/conversations", "/api/v1/notifications", "/public", "/@anna_petrova", "/@alice", "/@alice/" + secret.ID} {
			if r := w.send(t, "GET", path, token, ""); strings.Contains(r.body, "тайна") {
				t.Errorf("%s tells the secret", path)
			}
		}
	}
	if r := w.send(t, "POST", "/api/v1/statuses", mallory, "status=и+что&in_reply_to_id="+secret.ID); r.status != 404 {
		t.Errorf("an answer to the secret: %d", r.status)
	}
}

func TestRateLimitsAreToldAndKept(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	w := newTown(t, 60, func(o *api.Options) { o.Requests, o.Now = 3, func() time.Time { return now } })
	for i := range 3 {
		r := w.send(t, "GET", "/api/v1/instance", "", "")
		if r.status != 200 || r.header.Get("X-RateLimit-Limit") != "3" || r.header.Get("X-RateLimit-Remaining") != fmt.Sprint(2-i) || r.header.Get("X-RateLimit-Reset") == "" {
			t.Errorf("request %d: %d %v", i, r.status, r.header)
		}
	}
	r := w.send(t, "GET", "/api/v1/instance", "", "")
	if r.status != http.StatusTooManyRequests || r.header.Get("Retry-After") != "300" || !strings.Contains(r.body, "error") {
		t.Errorf("the fourth: %d %v %s", r.status, r.header, r.body)
	}
	now = now.Add(5*time.Minute + time.Second)
	if r := w.send(t, "GET", "/api/v1/instance", "", ""); r.status != 200 {
		t.Errorf("in the next window: %d", r.status)
	}
	for i := range 31 {
		if r := w.send(t, "GET", "/groups", "", ""); (r.status == 200) != (i < 30) {
			t.Errorf("page %d: %d", i, r.status)
		}
	}
}

func TestPagesOfOthersMayCallTheAPIWithTheirToken(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	r := w.send(t, "OPTIONS", "/api/v1/statuses", "", "", "Origin", "https://client.example", "Access-Control-Request-Method", "POST")
	if r.status != 204 || r.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(r.header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r = w.send(t, "GET", "/oauth/authorize", "", "", "Origin", "https://client.example"); r.header.Get("Access-Control-Allow-Origin") != "" || r.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("the page for names is open to others: %v", r.header)
	}
}

func TestASlowClientIsCutOff(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, func(o *api.Options) { o.ReadTime = 50 * time.Millisecond })
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nclient_name=")
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusBadRequest || !answer.Close {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestServerSentEventsTellWhatArrives(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write")
	read := func(path, token string) (*bufio.Reader, func()) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		r, err := http.NewRequestWithContext(ctx, "GET", w.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("%s: %+v, %v", path, answer, err)
		}
		b := bufio.NewReader(answer.Body)
		if line, err := b.ReadString('\n'); err != nil || line != ":)\n" {
			t.Fatalf("%q, %v", line, err)
		}
		return b, func() { cancel(); answer.Body.Close() }
	}
	public, leave := read("/api/v1/streaming/public", token)
	defer leave()
	direct, leave := read("/api/v1/streaming/direct", token)
	defer leave()
	w.send(t, "POST", "/api/v1/statuses", token, "status=@boris+тихо&visibility=direct")
	w.send(t, "POST", "/api/v1/statuses", token, "status=громко")
	for b, want := range map[*bufio.Reader][2]string{public: {"event: update", "громко"}, direct: {"event: conversation", "тихо"}} {
		lines := ""
		for !strings.Contains(lines, "data: ") {
			line, err := b.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			lines += line
		}
		if !strings.Contains(lines, want[0]) || !strings.Contains(lines, want[1]) {
			t.Errorf("want %v, got %s", want, lines)
		}
	}
	for path, want := range map[string]int{"user": 401, "direct": 401, "hashtag": 404, "nothing": 404, "health": 200} {
		if r := w.send(t, "GET", "/api/v1/streaming/"+path, "", ""); r.status != want {
			t.Errorf("%s without a token: %d, want %d", path, r.status, want)
		}
	}
}

func TestASocketCarriesSeveralStreams(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, func(o *api.Options) { o.Streams = 1 })
	token := w.token(t, "alice", "read write")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dial := func(query string, protocols ...string) (*websocket.Conn, *http.Response, error) {
		return websocket.Dial(ctx, "ws"+strings.TrimPrefix(w.URL, "http")+"/api/v1/streaming"+query, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: http.Header{"Origin": {"https://client.example"}}})
	}
	for query, want := range map[string]int{"?stream=user": 401, "?stream=nothing": 400, "?access_token=forged": 401} {
		if _, answer, err := dial(query); err == nil || answer.StatusCode != want {
			t.Errorf("%s: %v", query, err)
		}
	}
	conn, _, err := dial("", token) // as browsers give it
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if conn.Subprotocol() != token {
		t.Error("the browser's protocol is not confirmed")
	}
	if _, answer, err := dial("?stream=public"); err == nil || answer.StatusCode != 503 {
		t.Errorf("one stream too many: %v", err)
	}
	say := func(text string) {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	hear := func() string {
		_, data, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	say(`not json`)
	say(`{"type":"subscribe","stream":"hashtag","tag":"сад"}`)
	say(`{"type":"subscribe","stream":"public:local"}`)
	say(`{"type":"subscribe","stream":"nonsense"}`)
	if got := hear(); !strings.Contains(got, "error") {
		t.Errorf("a stream that is not there: %s", got)
	}
	w.send(t, "POST", "/api/v1/statuses", token, "status="+url.QueryEscape("Наш #Сад"))
	got := hear() + hear()
	if !strings.Contains(got, `"stream":["hashtag","сад"]`) || !strings.Contains(got, `"stream":["public:local"]`) || !strings.Contains(got, `"event":"update"`) {
		t.Errorf("%s", got)
	}
	say(`{"type":"unsubscribe","stream":"hashtag","tag":"сад"}`)
	say(`{"type":"subscribe","stream":"nonsense"}`)
	hear() // what was said before is done
	w.send(t, "POST", "/api/v1/statuses", token, "status="+url.QueryEscape("Снова #сад"))
	if got := hear(); !strings.Contains(got, "public:local") {
		t.Errorf("after unsubscribing: %s", got)
	}
}

func TestClientsFindWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write follow")
	for path, want := range map[string]string{
		"/api/v1/instance":                        `"streaming_api":"ws://`,
		"/api/v2/instance":                        `"streaming":"ws://`,
		"/api/v1/custom_emojis":                   `[]`,
		"/api/v1/follow_requests":                 `[]`,
		"/api/v1/filters":                         `[]`,
		"/api/v2/filters":                         `[]`,
		"/api/v1/lists":                           `[]`,
		"/api/v1/announcements":                   `[]`,
		"/api/v1/preferences":                     `"posting:default:visibility":"public"`,
		"/api/v1/directory":                       `"acct":"anna_petrova"`,
		"/api/v1/accounts/1":                      `"note":"\u003cp\u003eЛюбит \u0026lt;b\u0026gt;чай`,
		"/api/v1/accounts/verify_credentials":     `"source":{`,
		"/api/v1/accounts/1/following":            `"acct":"boris"`,
		"/api/v1/accounts/1/followers?limit=1":    `"acct":"boris"`,
		"/api/v1/accounts/relationships?id[]=1":   `"following":false`,
		"/api/v1/timelines/tag/дачныйклуб":        `[`,
		"/api/v1/tags/Дачный клуб":                `"name":"дачныйклуб"`,
		"/api/v1/trends/tags":                     `[`,
		"/api/v1/markers?timeline[]=home":         `{}`,
		"/api/v2/search?q=anna_petrova&resolve=1": `"display_name":"Анна Петрова"`,
		"/api/v1/apps/verify_credentials":         `"name":"клиент`,
		"/api/v1/notifications/unread_count":      `"count":0`,
		"/api/v1/accounts/lookup?acct=@alice":     `"acct":"alice"`,
		"/api/v1/accounts/search?q=анна":          `"acct":"anna_petrova"`,
		"/api/v1/accounts/1/statuses?pinned=true": `[]`,
		"/.well-known/nodeinfo":                   `/nodeinfo/2.0"`,
		"/nodeinfo/2.0":                           `"openRegistrations":true`,
		"/.well-known/webfinger?resource=acct:anna_petrova@" + strings.TrimPrefix(w.URL, "http://"): `/@anna_petrova"`,
		"/api/v1/timelines/public?only_media=true":                                                  `[]`,
	} {
		r := w.send(t, "GET", (&url.URL{Path: strings.Split(path, "?")[0]}).EscapedPath()+query(path), token, "")
		if r.status != 200 || !strings.Contains(r.body, want) || r.header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %.300s, want %s", path, r.status, r.body, want)
		}
	}
	w.send(t, "POST", "/api/v1/markers", token, `{"home":{"last_read_id":"12"}}`)
	w.send(t, "POST", "/api/v1/markers", token, `home[last_read_id]=13`)
	if r := w.send(t, "GET", "/api/v1/markers?timeline[]=home", token, ""); !strings.Contains(r.body, `"last_read_id":"13","version":2`) {
		t.Errorf("%s", r.body)
	}
	r := w.send(t, "PATCH", "/api/v1/accounts/update_credentials", token, "display_name="+url.QueryEscape("Алиса <script>"))
	if r.status != 200 || !strings.Contains(r.body, "Алиса") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.send(t, "GET", "/api/v1/accounts/1/followers?limit=1", token, ""); !strings.Contains(r.header.Get("Link"), `rel="next"`) || !strings.Contains(r.header.Get("Link"), w.URL) {
		t.Errorf("Link: %s", r.header.Get("Link"))
	}
}

func query(path string) string {
	_, q, ok := strings.Cut(path, "?")
	if !ok {
		return ""
	}
	values, err := url.ParseQuery(q)
	if err != nil {
		panic(err)
	}
	return "?" + values.Encode()
}
