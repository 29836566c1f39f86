package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/tg"
)

// Ask says what a Prompter asks for.
type Ask struct {
	Attempt int    // from 1; what came before was wrong
	Of      int    // attempts in all
	Via     string // of a code: app, sms, call, email, fragment, …
	Length  int    // of a code, 0: not known
	Hint    string // of a password, as its owner set it
}

// Prompter asks a person. What it gives back is not kept.
type Prompter interface {
	Phone(ctx context.Context, a Ask) (string, error) // international, such as +79991234567
	Code(ctx context.Context, a Ask) (string, error)
	Password(ctx context.Context, a Ask) (Secret, error)
}

// Account is who is logged in.
type Account struct {
	ID       int64
	Name     string
	Username string
}

// Errors of a login.
var (
	// ErrRefused says that the answers were wrong too often.
	ErrRefused = errors.New("Telegram refused it too often") //nolint:staticcheck // a name
	// ErrNoAccount says that no account has the phone number. gorod makes none.
	ErrNoAccount = errors.New("there is no Telegram account with this number")
)

const (
	attempts      = 3
	loginPatience = time.Minute
	longestAnswer = 256 // bytes that a person is taken to type
	wrongPhone    = "PHONE_NUMBER_INVALID"
	wrongCode     = "PHONE_CODE_INVALID"
	emptyCode     = "PHONE_CODE_EMPTY"
	expiredCode   = "PHONE_CODE_EXPIRED"
)

// Login logs in, unless the session file holds a login that is still good.
func (c *Client) Login(ctx context.Context, p Prompter) (Account, error) {
	var account Account
	l := login{ask: p}
	err := c.run(ctx, patience{flood: loginPatience}, func(ctx context.Context, link link) error {
		user, err := self(ctx, link)
		if errors.Is(err, ErrNotLoggedIn) {
			l.auth, l.api = link.client.Auth(), link.client.API()
			if err := l.run(ctx); err != nil {
				return err
			}
			user, err = self(ctx, link)
		}
		if err != nil {
			return err
		}
		account = Account{ID: user.ID, Name: nameOf(user), Username: user.Username}
		return nil
	})
	if err != nil {
		return Account{}, fmt.Errorf("log in to Telegram: %w", clean(err, c.options.Credentials.Hash.word, l.phone))
	}
	return account, nil
}

type login struct {
	ask   Prompter
	auth  *auth.Client
	api   *tg.Client
	phone string
	sent  *tg.AuthSentCode
}

func (l *login) run(ctx context.Context) error {
	done, err := l.number(ctx)
	if err != nil || done {
		return err
	}
	for n := 1; n <= attempts; n++ {
		code, err := l.ask.Code(ctx, codeAsk(l.sent, n))
		if err != nil {
			return err
		}
		_, err = l.auth.SignIn(ctx, l.phone, trim(code), l.sent.PhoneCodeHash)
		var unknown *auth.SignUpRequired
		switch {
		case errors.Is(err, auth.ErrPasswordAuthNeeded):
			return l.password(ctx)
		case errors.As(err, &unknown):
			return ErrNoAccount
		case refused(err, expiredCode) && n < attempts:
			if done, err := l.send(ctx); err != nil || done {
				return err
			}
		case !refused(err, wrongCode, emptyCode, expiredCode):
			return err
		}
	}
	return fmt.Errorf("the code: %w", ErrRefused)
}

// number asks for the phone number until a code is sent to it. Telegram may
// also let a known device in at once.
func (l *login) number(ctx context.Context) (done bool, err error) {
	for n := 1; n <= attempts; n++ {
		phone, err := l.ask.Phone(ctx, Ask{Attempt: n, Of: attempts})
		if err != nil {
			return false, err
		}
		l.phone = trim(phone)
		done, err = l.send(ctx)
		if !refused(err, wrongPhone) {
			return done, err
		}
	}
	return false, fmt.Errorf("the phone number: %w", ErrRefused)
}

func (l *login) send(ctx context.Context) (done bool, err error) {
	answer, err := l.auth.SendCode(ctx, l.phone, auth.SendCodeOptions{})
	if err != nil {
		return false, err
	}
	switch a := answer.(type) {
	case *tg.AuthSentCode:
		l.sent = a
		return false, nil
	case *tg.AuthSentCodeSuccess:
		if _, in := a.Authorization.(*tg.AuthAuthorization); in {
			return true, nil
		}
		return false, ErrNoAccount
	}
	return false, fmt.Errorf("telegram wants a login by %s, which gorod cannot do", answer.TypeName())
}

func (l *login) password(ctx context.Context) error {
	asked, err := l.api.AccountGetPassword(ctx)
	if err != nil {
		return err
	}
	for n := 1; n <= attempts; n++ {
		secret, err := l.ask.Password(ctx, Ask{Attempt: n, Of: attempts, Hint: asked.Hint})
		if err != nil {
			return err
		}
		if _, err = l.auth.Password(ctx, secret.word); !errors.Is(err, auth.ErrPasswordInvalid) {
			return err
		}
	}
	return fmt.Errorf("the password: %w", ErrRefused)
}

func codeAsk(sent *tg.AuthSentCode, n int) Ask {
	a := Ask{Attempt: n, Of: attempts}
	if sized, ok := sent.Type.(interface{ GetLength() int }); ok {
		a.Length = sized.GetLength()
	}
	a.Via = strings.ToLower(strings.TrimPrefix(sent.Type.TypeName(), "auth.sentCodeType"))
	return a
}

func trim(s string) string {
	s = strings.TrimSpace(s)
	return s[:min(len(s), longestAnswer)]
}

// cleaned is an error whose text is safe to show. It does not unwrap to what
// was not.
type cleaned string

func (e cleaned) Error() string { return string(e) }

// clean takes secrets out of an error's text, should a server repeat them.
func clean(err error, secrets ...string) error {
	text, whole := err.Error(), true
	for _, s := range secrets {
		for _, form := range []string{s, strings.TrimPrefix(s, "+")} {
			if form != "" && strings.Contains(text, form) {
				text, whole = strings.ReplaceAll(text, form, hidden), false
			}
		}
	}
	if whole {
		return err
	}
	return cleaned(text)
}
