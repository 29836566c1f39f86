package api

// routes are the methods of the API, but for streams.
func routes() []route {
	var all []route
	for _, part := range [][]route{instanceRoutes(), appRoutes(), accountRoutes(), statusRoutes(), reactionRoutes(), timelineRoutes(), inboxRoutes(), emptyRoutes(), lackingRoutes(), wellKnownRoutes()} {
		all = append(all, part...)
	}
	missing := func(*call) (any, error) { return nil, errNoMethod }
	return append(all, route{pattern: "/api/", do: missing}, route{pattern: "/oauth/", do: missing})
}

func instanceRoutes() []route {
	return []route{
		{"GET /api/v1/instance", anyone, "", instance},
		{"GET /api/v2/instance", anyone, "", instance2},
		{"GET /api/v1/instance/peers", anyone, "", none},
		{"GET /api/v1/instance/activity", anyone, "", none},
		{"GET /api/v1/instance/rules", anyone, "", none},
		{"GET /api/v1/custom_emojis", anyone, "", none},
		{"GET /api/v1/announcements", anyone, "", none},
		{"GET /api/v1/trends", anyone, "", trendingTags},
		{"GET /api/v1/trends/tags", anyone, "", trendingTags},
		{"GET /api/v1/trends/statuses", anyone, "", none},
		{"GET /api/v1/trends/links", anyone, "", none},
		{"GET /api/v1/directory", anyone, "read:accounts", directory},
		{"GET /api/v1/streaming/health", anyone, "", func(*call) (any, error) { return "OK", nil }},
	}
}

func appRoutes() []route {
	return []route{
		{"POST /api/v1/apps", anyone, "", registerApp},
		{"GET /api/v1/apps/verify_credentials", anApp, "", verifyApp},
		{"POST /oauth/token", anyone, "", giveToken},
		{"POST /oauth/revoke", anyone, "", revoke},
	}
}

func accountRoutes() []route {
	return []route{
		{"GET /api/v1/accounts/verify_credentials", visitor, "read:accounts", verifyAccount},
		{"PATCH /api/v1/accounts/update_credentials", visitor, "write:accounts", updateAccount},
		{"GET /api/v1/accounts/lookup", anyone, "read:accounts", lookup},
		{"GET /api/v1/accounts/search", visitor, "read:accounts", searchAccounts},
		{"GET /api/v1/accounts/relationships", visitor, "read:follows", relationships},
		{"GET /api/v1/accounts/{id}", anyone, "read:accounts", account},
		{"GET /api/v1/accounts/{id}/statuses", anyone, "read:statuses", accountStatuses},
		{"GET /api/v1/accounts/{id}/followers", anyone, "read:accounts", followers},
		{"GET /api/v1/accounts/{id}/following", anyone, "read:accounts", following},
		{"GET /api/v1/accounts/{id}/featured_tags", anyone, "", none},
		{"GET /api/v1/accounts/{id}/lists", visitor, "read:lists", none},
		{"POST /api/v1/accounts/{id}/follow", visitor, "write:follows", follow},
		{"POST /api/v1/accounts/{id}/unfollow", visitor, "write:follows", unfollow},
		{"GET /api/v1/preferences", visitor, "read:accounts", preferences},
	}
}

func statusRoutes() []route {
	return []route{
		{"POST /api/v1/statuses", visitor, "write:statuses", post},
		{"GET /api/v1/statuses/{id}", anyone, "read:statuses", status},
		{"DELETE /api/v1/statuses/{id}", visitor, "write:statuses", keepStatus},
		{"PUT /api/v1/statuses/{id}", visitor, "write:statuses", keepStatus},
		{"GET /api/v1/statuses/{id}/context", anyone, "read:statuses", thread},
		{"GET /api/v1/statuses/{id}/favourited_by", anyone, "read:accounts", favouritedBy},
		{"GET /api/v1/statuses/{id}/reblogged_by", anyone, "read:accounts", rebloggedBy},
		{"POST /api/v1/media", visitor, "write:media", noMedia},
		{"POST /api/v2/media", visitor, "write:media", noMedia},
	}
}

func reactionRoutes() []route {
	return []route{
		{"POST /api/v1/statuses/{id}/favourite", visitor, "write:favourites", favourite},
		{"POST /api/v1/statuses/{id}/unfavourite", visitor, "write:favourites", unfavourite},
		{"POST /api/v1/statuses/{id}/reblog", visitor, "write:statuses", reblog},
		{"POST /api/v1/statuses/{id}/unreblog", visitor, "write:statuses", unreblog},
		{"GET /api/v1/polls/{id}", anyone, "read:statuses", poll},
		{"POST /api/v1/polls/{id}/votes", visitor, "write:statuses", vote},
	}
}

func timelineRoutes() []route {
	return []route{
		{"GET /api/v1/timelines/home", visitor, "read:statuses", home},
		{"GET /api/v1/timelines/public", anyone, "read:statuses", public},
		{"GET /api/v1/timelines/tag/{tag}", anyone, "read:statuses", tagged},
		{"GET /api/v1/tags/{tag}", anyone, "", tag},
		{"GET /api/v1/favourites", visitor, "read:favourites", favourites},
		{"GET /api/v2/search", anyone, "read:search", search},
	}
}

func inboxRoutes() []route {
	return []route{
		{"GET /api/v1/notifications", visitor, "read:notifications", notifications},
		{"GET /api/v1/notifications/unread_count", visitor, "read:notifications", unreadCount},
		{"GET /api/v1/notifications/{id}", visitor, "read:notifications", notification},
		{"POST /api/v1/notifications/clear", visitor, "write:notifications", clearNotifications},
		{"POST /api/v1/notifications/{id}/dismiss", visitor, "write:notifications", dismissNotification},
		{"GET /api/v1/conversations", visitor, "read:statuses", conversations},
		{"POST /api/v1/conversations/{id}/read", visitor, "write:conversations", readConversation},
		{"DELETE /api/v1/conversations/{id}", visitor, "write:conversations", keepConversation},
		{"GET /api/v1/markers", visitor, "read:statuses", markers},
		{"POST /api/v1/markers", visitor, "write:statuses", mark},
	}
}

// emptyRoutes are lists that this server has nothing for, which clients ask for
// nevertheless.
func emptyRoutes() []route {
	var all []route
	for _, path := range []string{
		"v1/follow_requests", "v1/filters", "v2/filters", "v1/lists", "v1/bookmarks", "v1/mutes", "v1/blocks", "v1/domain_blocks",
		"v1/followed_tags", "v1/featured_tags", "v1/endorsements", "v1/scheduled_statuses", "v2/suggestions", "v1/accounts/familiar_followers",
	} {
		all = append(all, route{"GET /api/" + path, visitor, "read", none})
	}
	return all
}

// lackingRoutes are what clients offer and a town has not: they are refused in
// words, and taking back what nobody can do changes nothing.
func lackingRoutes() []route {
	var all []route
	for _, part := range []struct {
		path, scope string
		do          func(*call) (any, error)
	}{
		{"accounts/{id}/mute", "write:mutes", lackAccount}, {"accounts/{id}/unmute", "write:mutes", sameAccount},
		{"accounts/{id}/block", "write:blocks", lackAccount}, {"accounts/{id}/unblock", "write:blocks", sameAccount},
		{"accounts/{id}/pin", "write:accounts", lackAccount}, {"accounts/{id}/unpin", "write:accounts", sameAccount},
		{"accounts/{id}/note", "write:accounts", lackAccount}, {"accounts/{id}/remove_from_followers", "write:follows", lackAccount},
		{"statuses/{id}/mute", "write:mutes", lackStatus}, {"statuses/{id}/unmute", "write:mutes", status},
		{"statuses/{id}/bookmark", "write:bookmarks", lackStatus}, {"statuses/{id}/unbookmark", "write:bookmarks", status},
		{"statuses/{id}/pin", "write:accounts", lackStatus}, {"statuses/{id}/unpin", "write:accounts", status},
		{"reports", "write:reports", lack}, {"lists", "write:lists", lack}, {"filters", "write:filters", lack}, {"domain_blocks", "write:blocks", lack},
		{"push/subscription", "push", lack}, {"tags/{tag}/follow", "write:follows", lack},
	} {
		all = append(all, route{"POST /api/v1/" + part.path, visitor, part.scope, part.do})
	}
	return append(all, route{"POST /api/v2/filters", visitor, "write:filters", lack})
}

func none(*call) (any, error) { return []struct{}{}, nil }
