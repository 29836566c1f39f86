package api

import (
	"strings"
)

// wellKnownRoutes tell clients what software this is, and where an account is.
func wellKnownRoutes() []route {
	return []route{
		{"GET /.well-known/nodeinfo", anyone, "", nodeLinks},
		{"GET /nodeinfo/2.0", anyone, "", nodeInfo},
		{"GET /.well-known/webfinger", anyone, "", webfinger},
	}
}

func nodeLinks(c *call) (any, error) {
	return object{"links": []object{{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": c.base + "/nodeinfo/2.0"}}}, nil
}

func nodeInfo(c *call) (any, error) {
	run := c.View.Run()
	return object{
		"version": "2.0", "software": object{"name": "mastodon", "version": compatible + c.Version + ")"}, "protocols": []string{"activitypub"},
		"services": object{"inbound": []string{}, "outbound": []string{}}, "openRegistrations": !over(run),
		"usage":    object{"users": object{"total": len(run.Residents) + run.Visitors}, "localPosts": run.Posts},
		"metadata": object{"nodeName": "gorod: " + run.Study},
	}, nil
}

// webfinger finds the page of acct:anna_petrova@host.
func webfinger(c *call) (any, error) {
	resource := c.form.Get("resource")
	acct := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(resource, "acct:"), "@"), "@"+c.host())
	a, err := c.find(acct)
	if err != nil {
		return nil, err
	}
	page := links(c.base).Account(a)
	return object{
		"subject": "acct:" + a.Username() + "@" + c.host(), "aliases": []string{page},
		"links": []object{{"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page}},
	}, nil
}
