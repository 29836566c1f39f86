package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/chat"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

const (
	apiHash      = "0123456789abcdef0123456789abcdef"
	historyCalls = "messages.getHistory"
)

// account is somebody at a machine whose Telegram is a fake.
type account struct {
	*fakeserver.Server
	world fakeserver.World
	dir   string
}

func newAccount(t *testing.T, messages int) *account {
	t.Helper()
	a := &account{world: fakeserver.Friends(messages), dir: t.TempDir()}
	s, err := fakeserver.Start(a.world)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	a.Server = s
	network, err := json.Marshal(s.Network())
	if err != nil {
		t.Fatal(err)
	}
	put(t, a.dir, "network.json", string(network))
	return a
}

// telegram is gorod dataset telegram with the account's environment.
func (a *account) telegram(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := command(t, a.dir, append([]string{"dataset", "telegram"}, args...)...)
	cmd.Env = append(os.Environ(), "GOROD_TELEGRAM_API_ID=7", "GOROD_TELEGRAM_API_HASH="+apiHash, "GOROD_TELEGRAM_NETWORK=network.json", "XDG_CONFIG_HOME="+filepath.Join(a.dir, "settings"))
	return cmd
}

func (a *account) login(t *testing.T) answer {
	t.Helper()
	cmd := a.telegram(t, "login")
	cmd.Stdin = strings.NewReader(strings.Join([]string{a.world.Phone, "54321", a.world.Code, "кошка", a.world.Password}, "\n") + "\n")
	said := finish(t, cmd)
	if said.code != 0 {
		t.Fatal(said)
	}
	return said
}

// stored are the ids of the messages that an export holds.
func (a *account) stored(t *testing.T) []int64 {
	t.Helper()
	if said := gorod(t, a.dir, "dataset", "import", "live", "chats", "--out", "messages.jsonl"); said.code != 0 {
		t.Fatal(said)
	}
	text, err := os.ReadFile(filepath.Join(a.dir, "messages.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for line := range strings.Lines(string(text)) {
		var m chat.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	return ids
}

// exactly checks that every message is there once, in order.
func exactly(t *testing.T, ids []int64, n int) {
	t.Helper()
	if len(ids) != n {
		t.Errorf("%d messages, not %d", len(ids), n)
	}
	for i, id := range ids {
		if id != int64(i+1) {
			t.Fatalf("message %d has the id %d", i+1, id)
		}
	}
}

func TestChatsOfTelegramBecomeADataset(t *testing.T) {
	t.Parallel()
	a := newAccount(t, 240)
	said := a.login(t)
	session, err := os.Stat(filepath.Join(a.dir, "settings", "gorod", "telegram.session"))
	if err != nil || session.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", session, err)
	}
	for _, want := range []string{"phone number", "code that Telegram sent", "that was wrong (1 of", "two-step password (hint: животные)", "Telegram"} {
		if !strings.Contains(said.stderr, want) {
			t.Errorf("lacks %q: %v", want, said)
		}
	}
	chats := finish(t, a.telegram(t, "chats", "--counts"))
	if chats.code != 0 || !strings.Contains(chats.stdout, "user20") || !strings.Contains(chats.stdout, "Ада") || !strings.Contains(chats.stdout, "240") {
		t.Error(chats)
	}
	export := finish(t, a.telegram(t, "export", "@ada", "--out", "chats", "--language", "ru"))
	if export.code != 0 || !strings.Contains(export.stdout, "240 new messages of 1 chat") || !strings.Contains(export.stderr, "согласи") {
		t.Error(export)
	}
	exactly(t, a.stored(t), 240)
	a.Grow(a.world.Chats[0], 60)
	again := finish(t, a.telegram(t, "export", "user20", "--out", "chats", "--json"))
	if again.code != 0 || !strings.Contains(last(again.stdout, `"event":"done"`), `"new":60`) {
		t.Error(again)
	}
	exactly(t, a.stored(t), 300)
	for _, said := range []answer{said, chats, export, again} {
		for _, secret := range []string{apiHash, a.world.Password, a.world.Code, a.world.Phone} {
			if strings.Contains(said.String(), secret) {
				t.Errorf("a secret was told: %v", said)
			}
		}
	}
	put(t, a.dir, "recipe.yaml", "apiVersion: gorod/v1\nkind: Dataset\nname: live\nsources: [{live: chats}]\ndedup: {near: false}\n")
	if built := gorod(t, a.dir, "dataset", "build", "recipe.yaml", "--out", "out"); built.code != 0 {
		t.Fatal(built)
	}
	if v := gorod(t, a.dir, "dataset", "verify", "out"); v.code != 0 {
		t.Error(v)
	}
	if m := manifestOf(t, filepath.Join(a.dir, "out")); m.Messages != 300 || m.People.Targets != 1 || m.Splits[0].Examples < 100 {
		t.Errorf("%+v", m)
	}
	for _, takeout := range a.Takeouts() {
		if !takeout.Finished {
			t.Error("a takeout was left open")
		}
	}
}

// pages runs an export and calls at for each page that it tells of, with the
// process; it returns what was said last.
func (a *account) pages(t *testing.T, at func(page int, event string, p *os.Process)) (*exec.Cmd, string) {
	t.Helper()
	cmd := a.telegram(t, "export", "user20", "--out", "chats", "--json")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end, page := "", 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		var l struct{ Event string }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
		}
		end = lines.Text()
		if l.Event == "page" {
			page++
		}
		at(page, l.Event, cmd.Process)
	}
	_ = cmd.Wait()
	return cmd, end
}

func TestAnExportOfTelegramGoesOnAfterItWasKilled(t *testing.T) {
	t.Parallel()
	const messages = 1500
	a := newAccount(t, messages)
	a.login(t)
	kills := 0
	for attempt := 2; ; attempt++ {
		_, end := a.pages(t, func(page int, event string, p *os.Process) {
			if event == "page" && page == attempt {
				if p.Kill() == nil {
					kills++
				}
			}
		})
		if strings.Contains(end, `"event":"done"`) {
			break
		}
		if attempt > 20 {
			t.Fatal("no attempt comes to an end")
		}
	}
	exactly(t, a.stored(t), messages)
	if kills < 2 {
		t.Errorf("killed %d times", kills)
	}
	if said := finish(t, a.telegram(t, "export", "user20", "--out", "chats")); said.code != 0 || !strings.Contains(said.stdout, "0 new messages") {
		t.Error(said)
	}
}

func TestAnInterruptedExportOfTelegramKeepsWhatItHasAndEndsTheTakeout(t *testing.T) {
	t.Parallel()
	a := newAccount(t, 500)
	a.login(t)
	a.Fail(historyCalls, fakeserver.Fine(), fakeserver.Fine(), fakeserver.Flood(600))
	cmd, end := a.pages(t, func(_ int, event string, p *os.Process) {
		if event == "wait" {
			_ = p.Signal(os.Interrupt)
		}
	})
	if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(end, "what was fetched is kept; go on with: gorod dataset telegram export user20") {
		t.Errorf("exit %d: %s", cmd.ProcessState.ExitCode(), end)
	}
	open := a.Takeouts()
	if len(open) != 1 || !open[0].Finished {
		t.Errorf("%+v", open)
	}
	before := a.Calls(historyCalls)
	if said := finish(t, a.telegram(t, "export", "user20", "--out", "chats")); said.code != 0 {
		t.Error(said)
	}
	exactly(t, a.stored(t), 500)
	if after := a.Calls(historyCalls) - before; after > 5 {
		t.Errorf("%d pages are fetched again", after)
	}
}

func TestMistakesWithTelegramAreBadInput(t *testing.T) {
	t.Parallel()
	a := newAccount(t, 5)
	for name, c := range map[string]struct {
		args, env []string
		want      string
	}{
		"no credentials":    {[]string{"chats"}, []string{"GOROD_TELEGRAM_API_ID="}, "https://my.telegram.org"},
		"no number":         {[]string{"chats"}, []string{"GOROD_TELEGRAM_API_ID=x"}, "GOROD_TELEGRAM_API_ID"},
		"no hash":           {[]string{"login"}, []string{"GOROD_TELEGRAM_API_HASH="}, "GOROD_TELEGRAM_API_HASH"},
		"not logged in":     {[]string{"chats"}, nil, "not logged in"},
		"not logged in yet": {[]string{"export", "user20"}, nil, "not logged in"},
		"language":          {[]string{"chats", "--language", "fr"}, nil, "none of en, ru"},
		"no chat":           {[]string{"export"}, nil, "export --help"},
		"network":           {[]string{"chats"}, []string{"GOROD_TELEGRAM_NETWORK=none.json"}, "none.json"},
		"nobody there":      {[]string{"login"}, nil, "nobody to ask"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := a.telegram(t, append(c.args, "--session", fmt.Sprintf("%s.session", strings.ReplaceAll(name, " ", "-")))...)
			cmd.Env = append(cmd.Env, c.env...)
			if said := finish(t, cmd); said.code != 2 || !strings.Contains(said.stderr, c.want) {
				t.Error(said)
			}
		})
	}
}

func TestASessionThatOthersCanReadIsNotUsed(t *testing.T) {
	t.Parallel()
	a := newAccount(t, 5)
	a.login(t)
	if said := finish(t, a.telegram(t, "export", "@nobody", "--out", "chats")); said.code != 2 || !strings.Contains(said.stderr, "no such chat") {
		t.Error(said)
	}
	if err := os.Chmod(filepath.Join(a.dir, "settings", "gorod", "telegram.session"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := finish(t, a.telegram(t, "chats")); said.code != 2 || !strings.Contains(said.stderr, "chmod 600") {
		t.Error(said)
	}
}
