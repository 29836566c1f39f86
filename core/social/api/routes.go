package api

// routes are the methods of the API, but for streams.
func routes() []route {
	var all []route
	for _, part := range [][]route{instanceRoutes(), appRoutes(), accountRoutes(), statusRoutes(), reactionRoutes(), timelineRoutes(), inboxRoutes(), emptyRoutes(), wellKnownRoutes()} {
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
		{"GET /api/v1/directory", anyone, "", directory},
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
		{"GET /api/v1/accounts/lookup", anyone, "", lookup},
		{"GET /api/v1/accounts/search", visitor, "read:accounts", searchAccounts},
		{"GET /api/v1/accounts/relationships", visitor, "read:follows", relationships},
		{"GET /api/v1/accounts/{id}", anyone, "", account},
		{"GET /api/v1/accounts/{id}/statuses", anyone, "", accountStatuses},
		{"GET /api/v1/accounts/{id}/followers", anyone, "", followers},
		{"GET /api/v1/accounts/{id}/following", anyone, "", following},
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
		{"GET /api/v1/statuses/{id}", anyone, "", status},
		{"DELETE /api/v1/statuses/{id}", visitor, "write:statuses", keep},
		{"PUT /api/v1/statuses/{id}", visitor, "write:statuses", keep},
		{"GET /api/v1/statuses/{id}/context", anyone, "", thread},
		{"GET /api/v1/statuses/{id}/favourited_by", anyone, "", favouritedBy},
		{"GET /api/v1/statuses/{id}/reblogged_by", anyone, "", rebloggedBy},
		{"POST /api/v1/media", visitor, "write:media", noMedia},
		{"POST /api/v2/media", visitor, "write:media", noMedia},
	}
}

func reactionRoutes() []route {
	return []route{
		{"POST /api/v1/statuses/{id}/favourite", visitor, "write:favourites", favourite},
		{"POST /api/v1/statuses/{id}/unfavourite", visitor, "write:favourites", unfavourite},
		{"POST /api/v1/statuses/{id}/reblog", visitor, "write:statuses", reblog},
		{"POST /api/v1/statuses/{id}/unreblog", visitor, "write:statuses", func(*call) (any, error) { return nil, errUnboost }},
		{"GET /api/v1/polls/{id}", anyone, "", poll},
		{"POST /api/v1/polls/{id}/votes", visitor, "write:statuses", vote},
	}
}

func timelineRoutes() []route {
	return []route{
		{"GET /api/v1/timelines/home", visitor, "read:statuses", home},
		{"GET /api/v1/timelines/public", anyone, "", public},
		{"GET /api/v1/timelines/tag/{tag}", anyone, "", tagged},
		{"GET /api/v1/tags/{tag}", anyone, "", tag},
		{"GET /api/v1/favourites", visitor, "read:favourites", favourites},
		{"GET /api/v2/search", anyone, "", search},
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
		{"DELETE /api/v1/conversations/{id}", visitor, "write:conversations", keep},
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

func none(*call) (any, error) { return []struct{}{}, nil }
