package mastodon

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-mastodon"

	"github.com/llm-city/gorod/core/spec"
	"github.com/llm-city/gorod/plugins/sdk"
)

func TestStatusesAreReadAsText(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`<p>Привет,<br>мир &amp; &lt;b&gt;</p><p>Два</p>`:                                                    "Привет,\nмир & <b>\n\nДва",
		`<p><span class="h-card"><a href="https://x/@anna" title="a>b">@<span>anna</span></a></span> да</p>`: "@anna да",
		`<script>alert(1)</script>тихо<style>p{}</STYLE>!`:                                                   "тихо!",
		`a <!-- <b> --> b < c`:       "a  b < c",
		`<ul><li>раз<li>два</ul>`:    "• раз\n• два",
		`<a href="x`:                 "",
		"&#x202e;&lt;script&gt;":     "\u202e<script>",
		strings.Repeat("<p></p>", 9): "",
	} {
		if got := plain(given); got != want {
			t.Errorf("%q is read as %q, want %q", given, got, want)
		}
	}
}

func FuzzTextOfAnyStatusIsBounded(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "<", "<script>", "</", "<!--", "<a b='", "&lt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := plain(s); len(got) > 4*len(s)+8 {
			t.Errorf("%d bytes of %d", len(got), len(s))
		}
	})
}

func residents() []spec.Resident {
	var all []spec.Resident
	for i, name := range []string{"Анна Петрова", "Борис", "Вера"} {
		all = append(all, spec.Resident{ID: []string{"a0001", "a0002", "a0003"}[i], Persona: &sdk.Persona{Name: name}})
	}
	return all
}

func TestTokensAreReadAndNeverShown(t *testing.T) {
	t.Parallel()
	const good = "# accounts\n\nАнна Петрова: token-number-1\n\"Борис\" \"token-number-2\"\na0003\ttoken=number=3=\n"
	for _, c := range []struct {
		name, text, want string
		mode             os.FileMode
	}{
		{"good", good, "", 0o600},
		{"open", good, "chmod 600", 0o640},
		{"stranger", good + "Глеб: token-number-4\n", ":6: no resident", 0o600},
		{"twice", good + "Анна Петрова: token-number-9\n", "a token already", 0o600},
		{"shared", "Анна Петрова: token-number-1\nБорис: token-number-1\n", "same token", 0o600},
		{"missing", "Борис: token-number-2\n", "no token for Анна Петрова, Вера", 0o600},
		{"no token", "Анна Петрова: secret\n", "no token:", 0o600},
		{"no name", "token-number-1\n", "NAME: TOKEN", 0o600},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tokens")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			tokens, err := ReadTokens(path, residents())
			if c.want == "" {
				if err != nil || string(tokens["a0001"]) != "token-number-1" || string(tokens["a0002"]) != "token-number-2" || string(tokens["a0003"]) != "token=number=3=" {
					t.Errorf("%d tokens, %v", len(tokens), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "token-number") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	if s := Token("secret").String() + Token("secret").GoString() + Token("secret").LogValue().String(); strings.Contains(s, "secret") {
		t.Error(s)
	}
}

// bridge is one that knows people and asks nobody.
func bridge(t *testing.T) *Bridge {
	t.Helper()
	s, err := openStore(t.Context(), filepath.Join(t.TempDir(), File))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	b := &Bridge{Options: Options{Residents: residents(), Network: spec.Network{Server: "https://town.example", Reach: &spec.Reach{Public: "public", Groups: "private", Visitors: true}}},
		clock: clock{now: time.Now}, store: s, names: newNames(residents()), accounts: map[string]*account{}, byID: map[string]*account{}, host: "town.example"}
	for i, r := range residents() {
		acct := []string{"anna", "boris", "vera"}[i]
		a := &account{Bridge: b, agent: r.ID, name: r.Persona.Name, face: face{acct + "1", acct}, met: true}
		b.accounts[r.ID], b.byID[a.face.Account] = a, a
		b.order = append(b.order, a)
	}
	if err := s.greet(t.Context(), "@alice@far.example", face{"77", "alice@far.example"}); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestResidentsCallOnlyWhomTheyMean(t *testing.T) {
	t.Parallel()
	a := bridge(t).accounts["a0001"]
	for _, c := range []struct {
		speech
		want string
	}{
		{speech{text: "Привет, @Борис и @vera!"}, "Привет, @boris и @vera!"},
		{speech{text: "@Анна Петрова, это я"}, "@anna, это я"},
		{speech{text: "@a0002 да", to: "boris", whom: "a0002"}, "@boris да"},
		{speech{text: "да", to: "boris", whom: "a0002"}, "@boris да"},
		{speech{text: "Скажи @Вера, что @Борис тут", to: "boris", whom: "a0002", private: true}, "Скажи Вера, что @boris тут"},
		{speech{text: "@president и ivan@mail.ru"}, "@" + mute + "president и ivan@mail.ru"},
		{speech{text: "@alice@far.example привет"}, "@alice@far.example привет"},
		{speech{text: "@bob@far.example привет"}, "@" + mute + "bob@far.example привет"},
		{speech{text: "Урожай", end: hashtag("Дачный клуб — 2")}, "Урожай\n\n#ДачныйКлуб2"},
	} {
		got, _, err := a.speak(t.Context(), c.speech)
		if err != nil || got != c.want {
			t.Errorf("%q: %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	long, _, err := a.speak(t.Context(), speech{text: strings.Repeat("слово ", 200), to: "boris", end: "https://a.b/1"})
	if err != nil || utf8.RuneCountInString(long) > least || !strings.Contains(long, "…") || !strings.HasSuffix(long, "https://a.b/1") {
		t.Errorf("%d: %s %v", utf8.RuneCountInString(long), long, err)
	}
}

func TestWhatIsSaidOnTheServerBecomesAVisit(t *testing.T) {
	t.Parallel()
	a, ctx := bridge(t).accounts["a0001"], context.Background()
	if err := a.store.take(ctx, "https://town.example", 1, []job{{Key: "1/1", Agent: "a0001", Post: "p1", deed: deed{Audience: "public"}}, {Key: "1/2", Agent: "a0001", Post: "p2", deed: deed{Audience: "group"}}}); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"500", "501"} {
		if err := a.store.settle(ctx, &job{ID: int64(i + 1), Agent: "a0001"}, sent, place{Status: id}, ""); err != nil {
			t.Fatal(err)
		}
	}
	named := []mastodon.Mention{{ID: "anna1", Username: "anna", Acct: "anna"}, {ID: "boris1", Username: "boris", Acct: "boris"}}
	alice := mastodon.Account{ID: "9", Acct: "Alice", DisplayName: "Алиса"}
	for name, c := range map[string]struct {
		status                      mastodon.Status
		kind, text, to, target, key string
	}{
		"in public":                            {mastodon.Status{Visibility: "public", Content: "<p>@anna и @boris, <b>как</b> дела?</p>", Mentions: named}, "post", "@Анна Петрова и @Борис, как дела?", "", "", "mastodon:s1"},
		"an answer":                            {mastodon.Status{Visibility: "unlisted", InReplyToID: "500", Content: "<p>@anna нет</p>", Mentions: named[:1]}, "reply", "нет", "", "p1", "mastodon:s1"},
		"privately":                            {mastodon.Status{Visibility: "direct", Content: "<p>@anna тсс</p>", Mentions: named[:1]}, "direct", "тсс", "a0001", "", "mastodon:s1"},
		"to several":                           {mastodon.Status{Visibility: "direct", Content: "<p>@anna @boris тсс</p>", Mentions: named}, "direct", "тсс", "a0001", "", "mastodon:s1:a0001"},
		"an answer in private to what is open": {mastodon.Status{Visibility: "direct", InReplyToID: "500", Content: "тсс", Mentions: named[:1]}, "direct", "тсс", "a0001", "", "mastodon:s1"},
		"an answer in a group":                 {mastodon.Status{Visibility: "public", InReplyToID: "501", Content: "да", Mentions: named[:1]}, "direct", "да", "a0001", "", "mastodon:s1"},
	} {
		c.status.ID, c.status.Account = "s1", alice
		n := &mastodon.Notification{ID: "1", Type: "mention", Account: alice, Status: &c.status}
		got := &queue{}
		a.Queue = got
		if err := a.receive(ctx, n); err != nil {
			t.Fatal(err)
		}
		v := got.order.Visit
		if v == nil || v.Kind != c.kind || v.Text != c.text || v.To != c.to || v.Target != c.target || got.key != c.key || v.Visitor.ID != "@alice@town.example" || v.Visitor.Name != "Алиса" {
			t.Errorf("%s: %q %+v", name, got.key, v)
		}
	}
	a.Queue = nil
	own := &mastodon.Notification{ID: "2", Type: "mention", Account: mastodon.Account{ID: "boris1", Acct: "boris"}, Status: &mastodon.Status{ID: "s2", Visibility: "public", Content: "x"}}
	if err := a.receive(ctx, own); err != nil { // it would need the queue
		t.Error(err)
	}
}

func TestLimitsAreReadFromHeaders(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"seconds":   {map[string]string{"Retry-After": "7"}, 7 * time.Second},
		"a date":    {map[string]string{"Retry-After": now.Add(time.Minute).Format(http.TimeFormat)}, time.Minute},
		"a reset":   {map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-02T08:05:00.000000Z"}, 5 * time.Minute},
		"unix time": {map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1772438460"}, time.Minute},
		"nothing":   {nil, time.Minute},
		"nonsense":  {map[string]string{"Retry-After": "soon", "X-RateLimit-Reset": "x"}, time.Minute},
		"for ever":  {map[string]string{"Retry-After": "999999999"}, patience},
		"passed":    {map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-02T07:59:59Z"}, -time.Second},
	} {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		if got := until(h, allowed(h, now), now).Sub(now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	for fails, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 50: maxPause} {
		if low, high := pause(time.Second, fails, 0), pause(time.Second, fails, 1); high != want || low != want/2 {
			t.Errorf("%d: %v to %v", fails, low, high)
		}
	}
	now := time.Unix(0, 0)
	p := newPacer(clock{now: func() time.Time { return now }, jitter: func() float64 { return 1 }}, 1, time.Second)
	p.failed()
	p.failed() // was under way with the first
	if d := p.delay("x"); d != time.Second {
		t.Error(d)
	}
	now = now.Add(time.Second)
	p.failed()
	if d := p.delay("x"); d != 2*time.Second {
		t.Error(d)
	}
}
