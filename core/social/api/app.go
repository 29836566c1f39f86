package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/social/api/door"
	"github.com/llm-city/gorod/plugins/text"
)

// Bounds of an app.
const (
	maxAppName   = 60
	maxRedirects = 10
	maxAddress   = 2000
)

const (
	errAppName  = lang.Phrase("У приложения должно быть название ¦ Validation failed: Application name can't be blank")
	errRedirect = lang.Phrase("Неверный адрес возврата ¦ Validation failed: Redirect URI must be an absolute URI")
	errScopes   = lang.Phrase("Таких прав нет ¦ Validation failed: Scopes doesn't match configured on the server")
)

func invalid(say lang.Phrase) error { return &refusal{http.StatusUnprocessableEntity, say} }

func registerApp(c *call) (any, error) {
	app := door.App{Name: text.Plain(lang.Line(c.form.Get("client_name")), maxAppName), Scopes: door.ParseScopes(c.form.Get("scopes"))}
	for _, given := range c.list("redirect_uris") {
		app.Redirects = append(app.Redirects, strings.Fields(given)...)
	}
	if site, err := url.Parse(c.form.Get("website")); err == nil && (site.Scheme == "http" || site.Scheme == "https") && len(c.form.Get("website")) < maxAddress {
		app.Website = site.String()
	}
	switch {
	case app.Name == "":
		return nil, invalid(errAppName)
	case len(app.Redirects) == 0 || len(app.Redirects) > maxRedirects || !valid(app.Redirects):
		return nil, invalid(errRedirect)
	case !app.Scopes.Valid():
		return nil, invalid(errScopes)
	}
	app, err := c.Door.Register(c.r.Context(), app)
	if err != nil {
		return nil, err
	}
	out := described(app)
	out["id"], out["client_id"], out["client_secret"], out["client_secret_expires_at"] = decimal(app.ID), app.Client, app.Secret, 0
	return out, nil
}

// valid reports whether redirect URIs are such that a browser may be sent there
// without running anything here.
func valid(redirects []string) bool {
	bad := func(uri string) bool {
		u, err := url.Parse(uri)
		return uri != door.OutOfBand && (err != nil || !u.IsAbs() || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' }) || u.Fragment != "" || len(uri) > maxAddress ||
			slices.Contains([]string{"javascript", "data", "vbscript", "file", "blob", "about"}, strings.ToLower(u.Scheme)) ||
			(u.Scheme == "http" || u.Scheme == "https") && u.Host == "")
	}
	return !slices.ContainsFunc(redirects, bad)
}

func described(app door.App) object {
	return object{
		"name": app.Name, "website": app.Website, "scopes": app.Scopes, "redirect_uri": strings.Join(app.Redirects, "\n"), "redirect_uris": app.Redirects, "vapid_key": "",
	}
}

func verifyApp(c *call) (any, error) { return described(c.grant.App), nil }

// oauthError is an answer of RFC 6749.
func (c *call) oauthError(status int, kind, say string) (any, error) {
	c.refuse(status, map[string]string{"error": kind, "error_description": say})
	return nil, errAnswered
}

// errAnswered says that the answer is written already.
var errAnswered = errors.New("answered")

// app is the one that proves itself by its secret, in the form or in the header.
func (c *call) app() (door.App, error) {
	client, secret, ok := c.r.BasicAuth()
	if !ok {
		client, secret = c.form.Get("client_id"), c.form.Get("client_secret")
	}
	return c.Door.AppOf(c.r.Context(), client, secret)
}

func giveToken(c *call) (any, error) {
	app, err := c.app()
	if errors.Is(err, door.ErrUnknown) {
		return c.oauthError(http.StatusUnauthorized, "invalid_client", "Client authentication failed: unknown client, or a wrong secret.")
	}
	if err != nil {
		return nil, err
	}
	var token string
	var grant door.Grant
	switch c.form.Get("grant_type") {
	case "authorization_code":
		redirect, _ := app.Redirect(c.form.Get("redirect_uri"))
		token, grant, err = c.Door.Exchange(c.r.Context(), app, c.form.Get("code"), redirect, c.form.Get("code_verifier"))
		if errors.Is(err, door.ErrUnknown) {
			return c.oauthError(http.StatusBadRequest, "invalid_grant", "The code is unknown, spent, expired, or was given for another redirect URI or verifier.")
		}
	case "client_credentials":
		scopes := door.ParseScopes(c.form.Get("scope"))
		if !app.Scopes.Hold(scopes) {
			return c.oauthError(http.StatusBadRequest, "invalid_scope", "The requested scope is not one of the app's.")
		}
		token, grant, err = c.Door.AppToken(c.r.Context(), app, scopes)
	default:
		return c.oauthError(http.StatusBadRequest, "unsupported_grant_type", "The grants are authorization_code and client_credentials.")
	}
	if err != nil {
		return nil, err
	}
	return object{"access_token": token, "token_type": "Bearer", "scope": grant.Scopes.String(), "created_at": grant.Created.Truncate(time.Second).Unix()}, nil
}

func revoke(c *call) (any, error) {
	app, err := c.app()
	if errors.Is(err, door.ErrUnknown) {
		return c.oauthError(http.StatusForbidden, "unauthorized_client", "You are not authorized to revoke this token")
	}
	if err != nil {
		return nil, err
	}
	return object{}, c.Door.Revoke(c.r.Context(), app, c.form.Get("token"))
}
