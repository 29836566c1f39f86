package view

import (
	"github.com/llm-city/gorod/core/social"
	"github.com/llm-city/gorod/plugins/sdk"
)

// sees reports whether a viewer may see a post. Everything that is read passes
// here.
func (s *state) sees(viewer int32, p *post) bool {
	if p == nil || p.gone {
		return false
	}
	if viewer != p.author && !s.belongs(viewer, p) {
		return false
	}
	return p.Kind != sdk.ItemBoost || s.sees(viewer, p.parent)
}

// belongs reports whether a viewer is in a post's audience.
func (s *state) belongs(viewer int32, p *post) bool {
	if p.Audience == social.Public {
		return true
	}
	if viewer == nobody {
		return false
	}
	switch p.Audience {
	case social.Followers:
		return viewer == p.wall || p.wall != nobody && has(s.people.all[viewer].follows, p.wall)
	case social.Members:
		group := s.groups.find(p.Group)
		return group != nobody && has(s.people.all[viewer].groups, group)
	case social.Direct:
		return viewer == p.to
	default:
		return false
	}
}

// allowed is the post of an id, if the viewer may see it.
func (s *state) allowed(viewer int32, id int64) (*post, error) {
	p := s.find(id)
	if !s.sees(viewer, p) {
		return nil, social.ErrNoPost
	}
	return p, nil
}
