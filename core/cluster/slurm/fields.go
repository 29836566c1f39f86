package slurm

import (
	"strconv"
	"strings"

	"github.com/llm-city/gorod/core/cluster"
)

// maxTasks bounds what a range of tasks is expanded to, and stops the reading of
// an answer: nobody has so many.
const maxTasks = 100_000

// tasksOf takes an id as squeue and sacct print it apart: 12, 12_3 or
// 12_[0-3,7,8-12:2%4], tasks that were never split off.
func tasksOf(id string) (job string, tasks []int, ok bool) {
	job, rest, array := strings.Cut(id, "_")
	if !array {
		_, _, err := cluster.ParseID(id)
		return job, []int{cluster.NoTask}, err == nil
	}
	if _, _, err := cluster.ParseID(job); err != nil {
		return "", nil, false
	}
	inner, bracketed := strings.CutPrefix(rest, "[")
	if !bracketed {
		n, err := strconv.Atoi(rest)
		return job, []int{n}, err == nil && n >= 0
	}
	inner, _, _ = strings.Cut(strings.TrimSuffix(inner, "]"), "%")
	for part := range strings.SplitSeq(inner, ",") {
		from, to, step, good := span(part)
		if !good || (to-from)/step+len(tasks) > maxTasks {
			return job, nil, false
		}
		for n := from; n <= to; n += step {
			tasks = append(tasks, n)
		}
	}
	return job, tasks, true
}

// span is "3", "0-7" or "0-7:2".
func span(s string) (from, to, step int, ok bool) {
	s, by, stepped := strings.Cut(s, ":")
	a, b, ranged := strings.Cut(s, "-")
	from, err := strconv.Atoi(a)
	to, step = from, 1
	if ranged && err == nil {
		to, err = strconv.Atoi(b)
	}
	if stepped && err == nil {
		step, err = strconv.Atoi(by)
	}
	return from, to, step, err == nil && from >= 0 && to >= from && to < 1<<31 && step > 0
}

// exitOf reads "3:0", the exit code and the signal, or the status that wait(2)
// gives.
func exitOf(s string) (code, signal int) {
	if a, b, ok := strings.Cut(s, ":"); ok {
		code, _ = strconv.Atoi(a)
		signal, _ = strconv.Atoi(b)
		return code, signal
	}
	raw, _ := strconv.Atoi(s)
	if signal = raw & 0x7f; signal != 0 {
		return 0, signal
	}
	return raw >> 8 & 0xff, 0
}

// epoch reads Unix seconds; 0 for N/A, Unknown and the like.
func epoch(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// resource reads a count out of cpu=4,mem=8G,node=1,gres/gpu=2; typed ones
// (gres/gpu:a100=2) only count where there is no plain one.
func resource(tres, name string) int {
	typed := 0
	for part := range strings.SplitSeq(tres, ",") {
		k, v, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(v)
		if err != nil {
			continue
		}
		if k == name {
			return n
		}
		if strings.HasPrefix(k, name+":") {
			typed += n
		}
	}
	return typed
}

// bytesOf reads 1234K, 5.5M or 12.
func bytesOf(s string) int64 {
	if s == "" {
		return 0
	}
	unit := int64(1)
	if i := strings.IndexByte("KMGT", s[len(s)-1]); i >= 0 {
		unit, s = 1<<(10*(i+1)), s[:len(s)-1]
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n > 1e15 {
		return 0
	}
	return int64(n * float64(unit))
}

// cpuSeconds reads [days-][hours:]minutes:seconds[.fraction].
func cpuSeconds(s string) float64 {
	days, rest, ok := strings.Cut(s, "-")
	if !ok {
		days, rest = "0", s
	}
	total, err := strconv.ParseFloat(days, 64)
	if err != nil {
		return 0
	}
	total *= 24
	parts := strings.Split(rest, ":")
	if len(parts) > 3 {
		return 0
	}
	for len(parts) < 3 {
		parts = append([]string{"0"}, parts...)
	}
	for i, p := range parts {
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n < 0 || n > 1e9 {
			return 0
		}
		if i == 0 {
			total += n
		} else {
			total = total*60 + n
		}
	}
	return total
}
