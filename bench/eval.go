package main

import "context"

// eval: what the statistics of an evaluation cost on one core.
func (b *bench) eval(ctx context.Context) error {
	found, err := goBench(ctx, "./eval/stats", "^Benchmark(BCa|Compare|Rank)$", "3x", "-cpu", "1")
	if err != nil {
		return err
	}
	for _, c := range []struct{ name, key string }{{"independent", "BenchmarkBCa/cluster=1"}, {"in clusters of 5", "BenchmarkBCa/cluster=5"}} {
		took := found[c.key] / 1e9
		b.add("BCa, 10,000 resamples of 10,000 pairs, "+c.name, took, "s", "≤ 1", atMost(took, 1))
	}
	b.add("all of a comparison of 10,000 items", found["BenchmarkCompare"]/1e9, "s", "", nil)
	b.add("strengths of 8 subjects by 5,600 verdicts, 10,000 refits", found["BenchmarkRank"]/1e9, "s", "", nil)
	return b.evalReport(ctx)
}

// evalReport: a million scored rows on disk to a whole report on disk.
func (b *bench) evalReport(ctx context.Context) error {
	found, err := goBench(ctx, "./eval/report/evaluation", "^BenchmarkReport$", "1x")
	if err != nil {
		return err
	}
	took, memory := found["BenchmarkReport"]/1e9, found["BenchmarkReport MB-memory"]
	b.add("report of 1,000,000 scored rows", took, "s", "≤ 20", atMost(took, 20))
	b.add("peak memory of it", memory, "MB", "≤ 1000", atMost(memory, 1000))
	return nil
}
