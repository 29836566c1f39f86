package live_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/tg"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

const (
	phone    = "+79990001122"
	code     = "12345"
	password = "две собаки"
	apiHash  = "0123456789abcdef0123456789abcdef"
)

var (
	me  = &tg.User{ID: 10, AccessHash: 100, Self: true, FirstName: "Я", LastName: "Сам", Username: "myself"}
	ada = &tg.User{ID: 20, AccessHash: 200, FirstName: "Ада", Username: "Ada"}
)

// text is a message of the chat with Ada.
func text(id int) tg.MessageClass {
	m := &tg.Message{ID: id, PeerID: &tg.PeerUser{UserID: ada.ID}, Message: fmt.Sprintf("сообщение %d", id), Date: 1_700_000_000 + id, Out: id%2 == 0}
	return m
}

// dialog is a personal chat of n messages.
func dialog(n int) *fakeserver.Chat {
	return &fakeserver.Chat{User: ada, Top: n, Message: text}
}

func world(chats ...*fakeserver.Chat) fakeserver.World {
	return fakeserver.World{Phone: phone, Code: code, Self: me, Chats: chats}
}

func start(t testing.TB, w fakeserver.World) *fakeserver.Server {
	t.Helper()
	s, err := fakeserver.Start(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// clock moves on when somebody sleeps, and only then.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
	hook  func() // called at each sleep
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if c.hook != nil {
		c.hook()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), c.slept+d
	return ctx.Err()
}

// person answers a login's questions.
type person struct {
	phones, codes, passwords []string
	asked                    []live.Ask
}

func next(from *[]string) string {
	if len(*from) == 0 {
		return ""
	}
	answer := (*from)[0]
	if len(*from) > 1 {
		*from = (*from)[1:]
	}
	return answer
}

func (p *person) Phone(_ context.Context, a live.Ask) (string, error) {
	p.asked = append(p.asked, a)
	return next(&p.phones), nil
}

func (p *person) Code(_ context.Context, a live.Ask) (string, error) {
	p.asked = append(p.asked, a)
	return next(&p.codes), nil
}

func (p *person) Password(_ context.Context, a live.Ask) (live.Secret, error) {
	p.asked = append(p.asked, a)
	return live.NewSecret(next(&p.passwords)), nil
}

func honest() *person {
	return &person{phones: []string{phone}, codes: []string{code}, passwords: []string{password}}
}

// bench is a client with its surroundings.
type stand struct {
	*live.Client
	server  *fakeserver.Server
	options live.Options
	clock   *clock
	dir     string // of exports
	mu      sync.Mutex
	waits   []live.Wait
}

func client(t testing.TB, s *fakeserver.Server) *stand {
	t.Helper()
	b := &stand{server: s, clock: newClock(), dir: filepath.Join(t.TempDir(), "export")}
	b.options = live.Options{
		Credentials: live.Credentials{ID: 7, Hash: live.NewSecret(apiHash)},
		Session:     filepath.Join(t.TempDir(), "telegram", "session.json"),
		Network:     s.Network(), Clock: b.clock,
		Waiting: func(w live.Wait) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.waits = append(b.waits, w)
		},
	}
	b.restart(t)
	return b
}

// restart makes a client as a new process would.
func (b *stand) restart(t testing.TB) {
	t.Helper()
	c, err := live.New(b.options)
	if err != nil {
		t.Fatal(err)
	}
	b.Client = c
}

// loggedIn is a client that has logged in.
func loggedIn(t testing.TB, s *fakeserver.Server) *stand {
	t.Helper()
	b := client(t, s)
	if _, err := b.Login(t.Context(), honest()); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *stand) reasons() map[live.Reason]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	count := map[live.Reason]int{}
	for _, w := range b.waits {
		count[w.Reason]++
	}
	return count
}

// export fetches the chat with Ada.
func (b *stand) export(ctx context.Context) (live.Exported, error) {
	return b.Export(ctx, b.dir, live.ExportOptions{Chats: []string{"@ada"}})
}

// collected is what a source handed over.
type collected struct {
	chats    []chat.Chat
	messages map[string][]chat.Message
	report   chat.Report
	at       string
}

func (c *collected) Chat(of chat.Chat) error {
	c.chats, c.at = append(c.chats, of), of.ID
	return nil
}

func (c *collected) Message(m *chat.Message) error {
	c.messages[c.at] = append(c.messages[c.at], *m)
	return nil
}

func read(t testing.TB, dir string) collected {
	t.Helper()
	c := collected{messages: map[string][]chat.Message{}}
	archive, err := live.Open(dir)
	if err == nil {
		c.report, err = archive.Read(t.Context(), &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// exactly says that a chat has the messages low to high, each once, ascending.
func exactly(t testing.TB, got []chat.Message, low, high int64) {
	t.Helper()
	if int64(len(got)) != high-low+1 {
		t.Fatalf("%d messages, want %d", len(got), high-low+1)
	}
	for i, m := range got {
		if want := low + int64(i); m.ID != want || m.Text != fmt.Sprintf("сообщение %d", want) {
			t.Fatalf("message %d is %d %q", want, m.ID, m.Text)
		}
	}
}
