package entry

// Places is how many addresses are remembered for wrong attempts.
func (d *Door) Places() int { return len(d.tries.by) }
