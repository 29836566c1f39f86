package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/llm-city/gorod/dataset/telegram/generate"
)

// spent is what a process took.
type spent struct {
	wall, cpu time.Duration
	peak      float64 // MB
}

// dataset: reading and building of generated exports, memory by their size, and
// what Python takes to read the same file.
func (b *bench) dataset(ctx context.Context) error {
	for _, c := range []struct {
		name     string
		messages int
	}{{"200 MB", 450_000}, {"800 MB", 2_000_000}, {"3 GB", 6_800_000}} {
		if err := b.export(ctx, c.name, c.messages, c.messages == 2_000_000); err != nil {
			return err
		}
	}
	found, err := goBench(ctx, "./dataset/dedup", "^BenchmarkMinHash$/^workers=1$", "3x", "-cpu", "1")
	if err != nil {
		return err
	}
	rate := found["BenchmarkMinHash/workers=1 messages/s"]
	b.add("MinHash deduplication, one core", rate, "messages/s", "≥ 200,000", atLeast(rate, 200_000))
	return nil
}

// export measures one generated export; in full what has a figure to reach.
func (b *bench) export(ctx context.Context, name string, messages int, full bool) error {
	path := filepath.Join(b.dir, "result.json")
	defer os.Remove(path)
	size, err := generated(ctx, path, messages)
	if err != nil {
		return err
	}
	recipe := filepath.Join(b.dir, "recipe.yaml")
	text := "apiVersion: gorod/v1\nkind: Dataset\nname: bench\nsources: [{telegram: result.json}]\n"
	if err := os.WriteFile(recipe, []byte(text), 0o644); err != nil {
		return err
	}
	read, err := process(ctx, b.gorod, "dataset", "import", "telegram", path)
	if err != nil {
		return err
	}
	b.add("peak memory of reading an export of "+name, read.peak, "MB", "", nil)
	out := filepath.Join(b.dir, "dataset")
	defer os.RemoveAll(out)
	build, err := process(ctx, b.gorod, "dataset", "build", recipe, "--out", out)
	if err != nil {
		return err
	}
	b.add("peak memory of building from "+name, build.peak, "MB", "≤ 512", atMost(build.peak, 512))
	rate := float64(messages) / build.wall.Seconds()
	if !full {
		b.add("dataset build, "+name, rate, "messages/s", "", nil)
		return nil
	}
	speed := size / read.cpu.Seconds()
	b.add(fmt.Sprintf("export read, %.0f MB, a second of one core", size), speed, "MB/s", "≥ 300", atLeast(speed, 300))
	b.add("dataset build, "+name, rate, "messages/s", "≥ 150,000", atLeast(rate, 150_000))
	return b.besidePython(ctx, path, size, read)
}

// besidePython reads the same file with Python's json.
func (b *bench) besidePython(ctx context.Context, path string, size float64, read spent) error {
	python, err := process(ctx, "python3", "-c", "import json,sys; json.load(open(sys.argv[1], encoding='utf-8'))", path)
	if err != nil {
		return err
	}
	b.add("the same in Python (json.load)", size/python.cpu.Seconds(), "MB/s", "", nil)
	b.add("peak memory of Python", python.peak, "MB", "", nil)
	b.add("export read, gorod ÷ Python", python.cpu.Seconds()/read.cpu.Seconds(), "×", "", nil)
	return nil
}

// generated writes an export and returns its size in MB.
func generated(ctx context.Context, path string, messages int) (float64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := generate.Write(ctx, out, generate.Options{Messages: messages, Seed: 1}); err != nil {
		return 0, err
	}
	if err := out.Flush(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / 1e6, nil
}

// process runs a program and tells what it took.
func process(ctx context.Context, name string, args ...string) (spent, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(began)
	if err != nil {
		return spent{}, fmt.Errorf("%s: %w: %s", name, err, out)
	}
	s := spent{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = float64(usage.Maxrss) / 1024
	}
	return s, nil
}
