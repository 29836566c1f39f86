package analysis

// Picked are the ids of the samples to be looked at.
func (r *Result) Picked() map[string]bool {
	out := map[string]bool{}
	for _, t := range r.Tasks {
		for _, m := range t.Measures {
			for _, s := range m.Subjects {
				for _, p := range s.Picks {
					out[p.Sample] = true
				}
			}
		}
	}
	return out
}
