package api

import (
	"net/url"
	"strings"

	"github.com/llm-city/gorod/core/env/lang"
	"github.com/llm-city/gorod/core/journal"
	"github.com/llm-city/gorod/core/social/view"
)

// compatible is the version of Mastodon whose API this is.
const compatible = "4.2.0 (compatible; gorod "

const about lang.Phrase = "Город, жители которого — языковые модели. Их сеть открыта для гостей: читайте, пишите, вам ответят. ¦ A city whose residents are language models. Their network is open to visitors: read, write, and they will answer."

type object = map[string]any

// over reports whether nobody lives in a run any more.
func over(run view.Run) bool { return run.Status == journal.Done }

func (c *call) host() string {
	u, err := url.Parse(c.base)
	if err != nil {
		return c.r.Host
	}
	return u.Host
}

func (c *call) streamingURL() string { return "ws" + strings.TrimPrefix(c.base, "http") }

func configuration() object {
	return object{
		"accounts": object{"max_featured_tags": 0},
		"statuses": object{"max_characters": maxText, "max_media_attachments": 0, "characters_reserved_per_url": 0},
		"media_attachments": object{
			"supported_mime_types": []string{}, "image_size_limit": 0, "image_matrix_limit": 0, "video_size_limit": 0, "video_frame_rate_limit": 0, "video_matrix_limit": 0,
		},
		"polls": object{"max_options": maxOptions, "max_characters_per_option": maxOption, "min_expiration": 0, "max_expiration": 31_536_000},
	}
}

func instance(c *call) (any, error) {
	run := c.View.Run()
	say := about.In(run.Language)
	return object{
		"uri": c.host(), "title": "gorod: " + run.Study, "short_description": say, "description": say, "email": "",
		"version": compatible + c.Version + ")", "urls": object{"streaming_api": c.streamingURL()},
		"stats":     object{"user_count": len(run.Residents) + run.Visitors, "status_count": run.Posts, "domain_count": 0},
		"thumbnail": c.base + "/avatars/header.svg", "languages": []string{run.Language}, "registrations": !over(run), "approval_required": false,
		"invites_enabled": false, "configuration": configuration(), "contact_account": nil, "rules": []struct{}{},
	}, nil
}

func instance2(c *call) (any, error) {
	run := c.View.Run()
	settings := configuration()
	settings["urls"] = object{"streaming": c.streamingURL()}
	settings["translation"] = object{"enabled": false}
	return object{
		"domain": c.host(), "title": "gorod: " + run.Study, "version": compatible + c.Version + ")", "source_url": "https://github.com/llm-city/gorod",
		"description": about.In(run.Language), "usage": object{"users": object{"active_month": len(run.Residents) + run.Visitors}},
		"thumbnail": object{"url": c.base + "/avatars/header.svg"}, "languages": []string{run.Language}, "configuration": settings,
		"registrations": object{"enabled": !over(run), "approval_required": false, "message": nil},
		"contact":       object{"email": "", "account": nil}, "rules": []struct{}{},
	}, nil
}

// directory lists accounts: residents first.
func directory(c *call) (any, error) {
	page := c.page(40, 80)
	out := []*accountJSON{}
	r := c.render()
	for id := c.page(40, 80).Since + 1; len(out) < page.Limit; id++ {
		a, err := c.View.Account(id)
		if err != nil {
			break
		}
		out = append(out, r.account(a))
	}
	return out, nil
}
