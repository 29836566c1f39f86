package live_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/llm-city/gorod/dataset/telegram/live"
	"github.com/llm-city/gorod/dataset/telegram/live/fakeserver"
)

func TestALoginIsKeptInAFileForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	w := world(dialog(1))
	w.Password, w.Hint = password, "животные"
	b := client(t, start(t, w))
	answers := honest()
	account, err := b.Login(t.Context(), answers)
	if err != nil || account != (live.Account{ID: 10, Name: "Я Сам", Username: "myself"}) {
		t.Fatal(account, err)
	}
	want := []live.Ask{{Attempt: 1, Of: 3}, {Attempt: 1, Of: 3, Via: "app", Length: 5}, {Attempt: 1, Of: 3, Hint: "животные"}}
	if fmt.Sprint(answers.asked) != fmt.Sprint(want) {
		t.Errorf("asked %+v", answers.asked)
	}
	if info, err := os.Stat(b.options.Session); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	b.restart(t)
	again := &person{}
	if _, err := b.Login(t.Context(), again); err != nil || len(again.asked) != 0 {
		t.Error("a login that is good is asked for again:", again.asked, err)
	}
}

func TestASessionThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(1))))
	if err := os.Chmod(b.options.Session, 0o640); err != nil {
		t.Fatal(err)
	}
	b.restart(t)
	if _, err := b.Chats(t.Context(), live.ChatsOptions{}); !errors.Is(err, live.ErrExposed) || !strings.Contains(err.Error(), "0640") {
		t.Error(err)
	}
}

func TestWrongAnswersAreAskedForAgainThreeTimes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers person
		asked   int
		good    bool
	}{
		"code, then right":     {person{phones: []string{phone}, codes: []string{"1", "", code}, passwords: []string{password}}, 5, true},
		"code":                 {person{phones: []string{phone}, codes: []string{"1"}}, 4, false},
		"phone":                {person{phones: []string{"+7"}}, 3, false},
		"password, then right": {person{phones: []string{phone}, codes: []string{code}, passwords: []string{"x", password}}, 4, true},
		"password":             {person{phones: []string{phone}, codes: []string{code}, passwords: []string{"x"}}, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world()
			w.Password = password
			b := client(t, start(t, w))
			_, err := b.Login(t.Context(), &c.answers)
			if c.good != (err == nil) || (!c.good && !errors.Is(err, live.ErrRefused)) || len(c.answers.asked) != c.asked {
				t.Errorf("asked %d times: %v", len(c.answers.asked), err)
			}
		})
	}
}

func TestACodeThatExpiredIsSentAnew(t *testing.T) {
	t.Parallel()
	s := start(t, world())
	s.Fail("auth.signIn", fakeserver.Refuse(400, "PHONE_CODE_EXPIRED"))
	b := loggedIn(t, s)
	if n := s.Calls("auth.sendCode"); n != 2 || b == nil {
		t.Errorf("a code was sent %d times", n)
	}
}

func TestALoginFollowsTheAccountToItsDataCentre(t *testing.T) {
	t.Parallel()
	s := start(t, world(dialog(3)))
	s.Live(fakeserver.SecondDC)
	b := loggedIn(t, s)
	b.restart(t)
	if chats, err := b.Chats(t.Context(), live.ChatsOptions{}); err != nil || len(chats) != 1 {
		t.Error(chats, err)
	}
}

func TestALongPauseBeforeTheNextCodeIsSaidAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := start(t, world())
	s.Fail("auth.sendCode", fakeserver.Flood(86_000))
	b := client(t, s)
	_, err := b.Login(t.Context(), honest())
	if long, ok := errors.AsType[*live.TooLongError](err); !ok || long.Wait.Seconds() != 86_001 || b.clock.slept != 0 {
		t.Error(err, b.clock.slept)
	}
}

func TestSecretsAreInNoError(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"auth.sendCode", "auth.signIn"} {
		s := start(t, world())
		s.Fail(method, fakeserver.Refuse(400, "NO_LUCK_FOR "+phone+" WITH "+apiHash))
		b := client(t, s)
		_, err := b.Login(t.Context(), honest())
		if err == nil || !strings.Contains(err.Error(), "NO_LUCK_FOR") {
			t.Fatal(err)
		}
		for _, form := range []string{fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			if strings.Contains(form, phone[1:]) || strings.Contains(form, apiHash) {
				t.Error(form)
			}
		}
	}
}

func TestSecretsAreInNoFile(t *testing.T) {
	t.Parallel()
	b := loggedIn(t, start(t, world(dialog(3))))
	if _, err := b.export(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{b.dir, filepath.Dir(b.options.Session)} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if strings.Contains(string(content), phone[1:]) || strings.Contains(string(content), apiHash) {
				t.Error(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := live.Credentials{ID: 1, Hash: live.NewSecret(apiHash)}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "secret", secret.Hash, "all", secret)
	marshalled, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %q %x", secret, secret, secret, secret.Hash, secret.Hash, secret.Hash) + logged.String() + string(marshalled)
	if strings.Contains(shown, apiHash) || strings.Contains(shown, fmt.Sprintf("%x", apiHash)) {
		t.Error(shown)
	}
}

func TestTermsNameWhatToCheck(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		for _, want := range []string{"Telegram API Terms of Service", "Content Licensing and AI Scraping", "core.telegram.org/api/terms"} {
			if !strings.Contains(live.Terms(language), want) {
				t.Errorf("%s: no %q", language, want)
			}
		}
	}
}
