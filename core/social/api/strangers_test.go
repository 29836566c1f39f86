package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/llm-city/gorod/core/control"
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/core/social/api"
	"github.com/llm-city/gorod/core/social/view"
)

// Every method is called with a token that is for something else.
func TestNoMethodIsCalledWithATokenForSomethingElse(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	tokens := map[string]string{"read": w.token(t, "reader", "read"), "write": w.token(t, "writer", "write"), "push": w.token(t, "pusher", "push")}
	writes, reads := 0, 0
	for _, pattern := range api.Scoped() {
		method, path, _ := strings.Cut(pattern, " ")
		wrong := []string{"push", "read"}
		if method == "GET" {
			wrong = []string{"push", "write"}
			reads++
		} else {
			writes++
		}
		for _, scope := range wrong {
			if strings.HasSuffix(path, "push/subscription") && scope == "push" {
				continue
			}
			if r := w.send(t, method, filled(path), tokens[scope], "status=x"); r.status != http.StatusForbidden {
				t.Errorf("%s with %s: %d %s", pattern, scope, r.status, r.body)
			}
		}
	}
	for _, pattern := range api.Private() {
		method, path, _ := strings.Cut(pattern, " ")
		if r := w.send(t, method, filled(path), "", "status=x"); r.status != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", pattern, r.status)
		}
		if !slices.Contains(api.Scoped(), pattern) {
			t.Errorf("%s needs no scope", pattern)
		}
	}
	if writes < 30 || reads < 30 {
		t.Errorf("%d writes and %d reads were tried", writes, reads)
	}
	for _, stream := range []string{"user", "user/notification", "direct"} {
		if r := w.send(t, "GET", "/api/v1/streaming/"+stream, tokens["write"], ""); r.status != http.StatusForbidden {
			t.Errorf("the stream %s with write: %d", stream, r.status)
		}
	}
}

// What is one's own nobody reads or changes with another token.
func TestATokenActsForItsVisitorAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice, bob, mallory := w.token(t, "alice", "read write follow"), w.token(t, "bob", "read write follow"), w.token(t, "mallory", "read write follow")
	for ask, body := range map[string]string{"/api/v1/statuses": "status=@bob+тайна&visibility=direct", "/api/v1/accounts/" + w.idOf(t, "bob") + "/follow": ""} {
		if r := w.send(t, "POST", ask, alice, body); r.status != 422 {
			t.Errorf("%s, to somebody whom the town does not know: %d %s", ask, r.status, r.body)
		}
	}
	w.send(t, "POST", "/api/v1/statuses", bob, "status=я+здесь")
	secret := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, "status=@bob+тайна&visibility=direct"))
	closed := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, "status=тайна+для+своих&visibility=private&poll[options][]=тайна+да&poll[options][]=нет"))
	open := plain[posted](t, w.send(t, "POST", "/api/v1/statuses", alice, "status=всем"))
	w.send(t, "POST", "/api/v1/statuses", bob, "status=тайна+в+ответ&in_reply_to_id="+secret.ID)
	w.send(t, "POST", "/api/v1/statuses/"+open.ID+"/favourite", bob, "")
	w.send(t, "POST", "/api/v1/markers", alice, "home[last_read_id]=7")
	w.Step(t)
	w.Step(t)
	told := plain[[]struct{ ID string }](t, w.send(t, "GET", "/api/v1/notifications", alice, ""))
	if len(told) < 2 {
		t.Fatalf("alice is told %v", told)
	}
	for _, ask := range []string{
		"DELETE /api/v1/statuses/" + open.ID, "PUT /api/v1/statuses/" + open.ID, "DELETE /api/v1/statuses/" + secret.ID, "POST /api/v1/statuses/" + secret.ID + "/favourite", "POST /api/v1/statuses/" + secret.ID + "/unfavourite",
		"POST /api/v1/statuses/" + secret.ID + "/reblog", "POST /api/v1/statuses/" + secret.ID + "/unreblog", "POST /api/v1/statuses/" + secret.ID + "/bookmark", "POST /api/v1/statuses/" + secret.ID + "/unmute",
		"POST /api/v1/statuses/" + closed.ID + "/favourite", "POST /api/v1/polls/" + closed.ID + "/votes", "GET /api/v1/polls/" + closed.ID, "GET /api/v1/statuses/" + closed.ID, "GET /api/v1/statuses/" + secret.ID + "/context",
		"GET /api/v1/notifications/" + told[0].ID, "POST /api/v1/notifications/" + told[0].ID + "/dismiss", "POST /api/v1/conversations/" + w.idOf(t, "bob") + "/read", "DELETE /api/v1/conversations/" + w.idOf(t, "alice"),
	} {
		method, path, _ := strings.Cut(ask, " ")
		if r := w.send(t, method, path, mallory, "choices[]=0"); r.status != 404 || strings.Contains(r.body, "тайна") {
			t.Errorf("%s: %d %.200s", ask, r.status, r.body)
		}
	}
	if r := w.send(t, "POST", "/api/v1/statuses", mallory, "status=и+я&in_reply_to_id="+closed.ID); r.status != 404 {
		t.Errorf("an answer to what is for others: %d", r.status)
	}
	w.send(t, "POST", "/api/v1/notifications/clear", mallory, "")
	w.send(t, "POST", "/api/v1/markers", mallory, "home[last_read_id]=99")
	for path, empty := range map[string]string{
		"/api/v2/search?q=тайна": `"statuses":[]`, "/api/v1/notifications": "[]", "/api/v1/conversations": "[]", "/api/v1/timelines/home": "[]", "/api/v1/favourites": "[]",
		"/api/v1/accounts/" + w.idOf(t, "alice") + "/statuses": "всем", "/api/v1/timelines/public?limit=40": "всем", "/api/v1/markers?timeline[]=home": `"99"`,
	} {
		if r := w.send(t, "GET", path+"", mallory, ""); r.status != 200 || strings.Contains(r.body, "тайна") || !strings.Contains(r.body, empty) {
			t.Errorf("%s: %d %.300s", path, r.status, r.body)
		}
	}
	if r := w.send(t, "GET", "/api/v1/markers?timeline[]=home", alice, ""); !strings.Contains(r.body, `"7"`) {
		t.Errorf("alice's marker: %s", r.body)
	}
	if r := w.send(t, "GET", "/api/v1/notifications", alice, ""); len(plain[[]struct{}](t, r)) < 2 {
		t.Errorf("alice's notifications: %s", r.body)
	}
}

// idOf is the id of an account.
func (w *town) idOf(t *testing.T, handle string) string {
	t.Helper()
	return plain[struct{ ID string }](t, w.send(t, "GET", "/api/v1/accounts/lookup?acct="+handle, "", "")).ID
}

// Streams tell a visitor what is for it, whoever else is written to meanwhile.
func TestStreamsTellNobodyElsesSecrets(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	alice, mallory := w.token(t, "alice", "read write"), w.token(t, "mallory", "read write")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(w.URL, "http")+"/api/v1/streaming?stream=user&access_token="+mallory, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for _, stream := range []string{"direct", "public", "user:notification"} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"subscribe","stream":"`+stream+`"}`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"subscribe","stream":"done"}`)); err != nil { // refused, after the others were taken
		t.Fatal(err)
	}
	hear := func() string {
		_, data, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := hear(); !strings.Contains(got, "error") {
		t.Fatal(got)
	}
	w.send(t, "POST", "/api/v1/statuses", alice, "status=@boris+тайна&visibility=direct")
	w.send(t, "POST", "/api/v1/statuses", alice, "status=тайна+для+своих&visibility=private")
	w.Step(t)
	w.send(t, "POST", "/api/v1/statuses", mallory, "status=@boris+конец&visibility=direct")
	for {
		got := hear()
		if strings.Contains(got, "тайна") {
			t.Errorf("mallory hears %s", got)
		}
		if strings.Contains(got, "конец") {
			return
		}
	}
}

func TestACodeIsSpentOnceHoweverManyCome(t *testing.T) {
	t.Parallel()
	w := newTown(t, 50, nil)
	a := w.register(t, outOfBand, "read write")
	c := code(t, newBrowser().allow(t, w.wish(a, nil), url.Values{"name": {"alice"}}))
	var group sync.WaitGroup
	got := make([]int, 12)
	for i := range got {
		group.Go(func() { got[i] = w.exchange(t, a, c, nil).status })
	}
	group.Wait()
	if slices.Sort(got); got[0] != 200 || got[1] != 400 {
		t.Errorf("%v", got)
	}
}

// Who floods the queue is told to wait; everybody else is let in.
func TestWhoFloodsBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	flood, alice := w.token(t, "flood", "read write"), w.token(t, "alice", "read write")
	var last reply
	n := 0
	for last.status = 200; last.status == 200 && n < 2000; n++ {
		last = w.send(t, "POST", "/api/v1/statuses", flood, "status=x")
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" || !strings.Contains(last.body, "error") || n < 100 || n > 1000 {
		t.Errorf("after %d posts: %d %v %s", n, last.status, last.header, last.body)
	}
	if r := w.send(t, "POST", "/api/v1/statuses", alice, "status=и+я"); r.status != 200 {
		t.Errorf("another visitor: %d %s", r.status, r.body)
	}
	w.Step(t)
	w.Step(t)
	if r := w.send(t, "POST", "/api/v1/statuses", flood, "status=x"); r.status != 200 {
		t.Errorf("after a tick: %d %s", r.status, r.body)
	}
}

// stream opens a stream of events.
func (w *town) stream(t *testing.T, server *httptest.Server, path, token string) (*http.Response, func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return answer, func() { cancel(); answer.Body.Close() }
}

func TestOneClientHasNotAllStreams(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, func(o *api.Options) { o.Streams = 8 })
	alice, bob := w.token(t, "alice", "read"), w.token(t, "bob", "read")
	for _, c := range []struct {
		token string
		want  int
	}{{alice, 200}, {alice, 200}, {alice, 503}, {"", 200}, {"", 200}, {"", 503}, {bob, 200}} {
		answer, leave := w.stream(t, w.Server, "/api/v1/streaming/public", c.token)
		defer leave()
		if answer.StatusCode != c.want || (c.want == 503) != (answer.Header.Get("Retry-After") != "") {
			t.Errorf("%.5s: %d, want %d", c.token, answer.StatusCode, c.want)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "HEAD", w.URL+"/api/v1/streaming/public", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, http.DefaultClient, r); got.status != 404 {
		t.Errorf("a stream nobody reads: %d", got.status)
	}
}

// small makes the buffers of connections small, so that who does not read is
// noticed soon.
func small(ctx context.Context, c net.Conn) context.Context {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(4 << 10)
	}
	return ctx
}

// Who opens a stream and never reads it is cut off, and its place is free again.
func TestAReaderWhoNeverReadsIsCutOff(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	token := w.token(t, "alice", "read write")
	server := httptest.NewUnstartedServer(api.New(api.Options{
		View: w.View, Queue: w.Queue, Door: w.Door, Version: "test", Now: time.Now, Log: discard(), Requests: 1_000_000, Streams: 1, StreamTime: 20 * time.Millisecond,
	}))
	server.Config.ConnContext = small
	server.Start()
	defer server.Close()
	defer server.CloseClientConnections()
	for _, ask := range []string{"GET /api/v1/streaming/public HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/v1/streaming?stream=public HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, ask)
		if line, err := bufio.NewReaderSize(conn, 16).ReadString(' '); err != nil || line != "HTTP/1.1 " {
			t.Fatalf("%q, %v", line, err)
		}
		free := func() bool {
			answer, leave := w.stream(t, server, "/api/v1/streaming/public", "")
			defer leave()
			return answer.StatusCode == 200
		}
		for end := time.Now().Add(patience); !free(); {
			if time.Now().After(end) {
				t.Fatal("the reader keeps its place")
			}
			w.send(t, "POST", "/api/v1/statuses", token, "status="+strings.Repeat("слово ", 300))
		}
	}
}

// A tick brings more than is told at once: who keeps up hears all of it, in
// order.
func TestAStreamTellsAllThatATickBrings(t *testing.T) {
	t.Parallel()
	w := newTown(t, 60, nil)
	answer, leave := w.stream(t, w.Server, "/api/v1/streaming/public", "")
	defer leave()
	const many = 350
	for i := range many {
		visit := social.Visit{
			ID: fmt.Sprint(view.VisitID(0, int64(i))), Visitor: social.Visitor{ID: "@v" + fmt.Sprint(i)}, Kind: "post", Text: fmt.Sprintf("номер-%d-", i), At: time.Now(),
		}
		if _, err := w.Queue.Add(t.Context(), visit.Visitor.ID, "", visit.At, control.Order{Visit: &visit}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.View.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(answer.Body)
	for i := 0; i < many; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("post %d: %v", i, err)
		}
		if strings.HasPrefix(line, "data: ") {
			if !strings.Contains(line, fmt.Sprintf("номер-%d-", i)) {
				t.Fatalf("want post %d, got %.300s", i, line)
			}
			i++
		}
	}
}
