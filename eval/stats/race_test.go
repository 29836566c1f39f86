//go:build race

package stats_test

// The race detector slows simulations down more than tenfold: there are fewer
// cases, and what they find may be further off.
const fewer, slack = 20, 0.05
