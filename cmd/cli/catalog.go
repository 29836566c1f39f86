package cli

import (
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/builtin"
)

// catalog knows the built-in plugins and those in the plugin folders. It is
// made once: it remembers the checksums of what it has looked at.
func (s *State) catalog() *host.Catalog {
	if s.plugins == nil {
		s.plugins = host.NewCatalog(s.Self, builtin.Plugins(), s.settings.Plugins, s.log)
	}
	return s.plugins
}
