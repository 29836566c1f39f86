package cli

import (
	"github.com/llm-city/gorod/core/host"
	"github.com/llm-city/gorod/plugins/builtin"
)

// catalog knows the built-in plugins and those in the plugin folders.
func (s *State) catalog() *host.Catalog {
	return host.NewCatalog(s.Self, builtin.Plugins(), s.settings.Plugins, s.log)
}
