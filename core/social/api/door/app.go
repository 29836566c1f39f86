package door

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"slices"
	"strings"
)

// OutOfBand is the redirect URI of apps that let the visitor copy the code.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

// App is a client that registered.
type App struct {
	ID        int64
	Client    string
	Secret    string // known when it registers, and never again
	Name      string
	Website   string
	Redirects []string
	Scopes    Scopes
}

// Scopes are what a token may be used for.
type Scopes []string

// ParseScopes reads scopes divided by spaces; none are read.
func ParseScopes(s string) Scopes {
	all := Scopes(strings.Fields(strings.ReplaceAll(s, "+", " ")))
	if len(all) == 0 {
		return Scopes{"read"}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// String writes them as ParseScopes reads them.
func (s Scopes) String() string { return strings.Join(s, " ") }

// Valid reports whether scopes are such as Mastodon has.
func (s Scopes) Valid() bool {
	return len(s) <= 50 && !slices.ContainsFunc(s, func(scope string) bool {
		top, _, _ := strings.Cut(scope, ":")
		return !slices.Contains([]string{"read", "write", "follow", "push", "profile", "crypto"}, top)
	})
}

// Allow reports whether scopes hold one: read holds read:statuses.
func (s Scopes) Allow(scope string) bool {
	top, part, _ := strings.Cut(scope, ":")
	followed := slices.Contains([]string{"follows", "blocks", "mutes"}, part)
	return slices.Contains(s, scope) || slices.Contains(s, top) || followed && slices.Contains(s, "follow") ||
		scope == "read:accounts" && slices.Contains(s, "profile")
}

// Hold reports whether scopes hold all others.
func (s Scopes) Hold(others Scopes) bool {
	return !slices.ContainsFunc(others, func(scope string) bool { return !s.Allow(scope) })
}

// Register makes an app known and gives it its secret.
func (s *Store) Register(ctx context.Context, app App) (App, error) {
	client, _, err := s.secret()
	if err != nil {
		return app, err
	}
	secret, kept, err := s.secret()
	if err != nil {
		return app, err
	}
	app.Client, app.Secret = client, secret
	err = s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO apps (client, secret, name, website, redirects, scopes, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
			app.Client, kept, app.Name, app.Website, strings.Join(app.Redirects, "\n"), app.Scopes.String(), s.now().Unix())
		if err != nil {
			return err
		}
		if app.ID, err = result.LastInsertId(); err != nil {
			return err
		}
		// Apps that nobody uses make room for new ones.
		_, err = tx.ExecContext(ctx, "DELETE FROM apps WHERE id <= ? AND id NOT IN (SELECT app FROM tokens)", app.ID-maxApps)
		return err
	})
	return app, err
}

const appColumns = "id, client, name, website, redirects, scopes"

func scanApp(row *sql.Row, more ...any) (app App, err error) {
	var redirects, scopes string
	err = row.Scan(append([]any{&app.ID, &app.Client, &app.Name, &app.Website, &redirects, &scopes}, more...)...)
	app.Redirects, app.Scopes = strings.Split(redirects, "\n"), ParseScopes(scopes)
	return app, err
}

// App is the app with a client_id, or ErrUnknown.
func (s *Store) App(ctx context.Context, client string) (App, error) {
	app, err := scanApp(s.reader.QueryRowContext(ctx, "SELECT "+appColumns+" FROM apps WHERE client = ?", client))
	return app, s.explain(err)
}

// AppOf is the app that proves itself by its secret; ErrUnknown where it does
// not.
func (s *Store) AppOf(ctx context.Context, client, secret string) (App, error) {
	var kept []byte
	app, err := scanApp(s.reader.QueryRowContext(ctx, "SELECT "+appColumns+", secret FROM apps WHERE client = ?", client), &kept)
	if err == nil && subtle.ConstantTimeCompare(kept, hash(secret)) != 1 {
		err = ErrUnknown
	}
	return app, s.explain(err)
}

// Redirects reports whether an app registered a redirect URI.
func (a App) redirects(uri string) bool { return slices.Contains(a.Redirects, uri) }

// Redirect is the URI to go to: the one that is asked for, if the app registered
// it; the only one, where none is asked for.
func (a App) Redirect(asked string) (string, bool) {
	if asked == "" && len(a.Redirects) == 1 {
		return a.Redirects[0], true
	}
	return asked, a.redirects(asked)
}
