//go:build !race

package stats_test

const fewer, slack = 1, 0
