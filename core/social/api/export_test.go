package api

// Patterns are those of all methods.
func Patterns() []string { return patterns(func(route) bool { return true }) }

// Private are the patterns of methods for visitors alone, Scoped of those that a
// token needs a scope for.
func Private() []string { return patterns(func(r route) bool { return r.need == visitor }) }
func Scoped() []string  { return patterns(func(r route) bool { return r.scope != "" }) }

func patterns(of func(route) bool) (all []string) {
	for _, r := range routes() {
		if of(r) {
			all = append(all, r.pattern)
		}
	}
	return all
}
