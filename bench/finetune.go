package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/llm-city/gorod/finetune/export/ollama"
)

// finetune: what it takes to bring a model home, and to queue a job.
func (b *bench) finetune(ctx context.Context) error {
	if err := b.convert(ctx); err != nil {
		return err
	}
	if err := b.upload(ctx); err != nil {
		return err
	}
	if _, err := exec.LookPath("slurmctld"); err != nil {
		fmt.Println("submit to queued: left out, Slurm is not installed (make test-all installs it)")
		return nil
	}
	found, err := goBench(ctx, "./finetune/launch", "^BenchmarkSubmit$", "5x", "-tags", "components")
	if err != nil {
		return err
	}
	beyond := found["BenchmarkSubmit ms-beyond"]
	b.add("submit to queued, beyond sbatch itself, 2 stages, 5 MB", beyond, "ms", "≤ 2000", atMost(beyond, 2000))
	return nil
}

// convert: safetensors to GGUF beside cp of the same bytes, both down to the same
// disk, in turns.
func (b *bench) convert(ctx context.Context) error {
	found, err := goBench(ctx, "./finetune/export/gguf", "^BenchmarkConvert$", "3x")
	if err != nil {
		return err
	}
	for _, kind := range []string{"BF16", "F16", "BF16_with_its_digest"} {
		name := "BenchmarkConvert/" + kind
		b.add("GGUF of 1 GB "+kind+" ÷ cp and sync", found[name+" of-cp"], "of cp's speed", "≥ 0.8", atLeast(found[name+" of-cp"], 0.8))
		b.add("peak memory of it", found[name+" MB-memory"], "MB", "≤ 1000", atMost(found[name+" MB-memory"], 1000))
	}
	return nil
}

// Shape of the model that is uploaded.
const (
	uploadFiles = 8
	uploadSize  = 128 << 20 // bytes of each
	uploadPace  = 500 << 20 // bytes a second that the server takes
)

// paced reads at uploadPace. What the server would compute is left out: it has
// cores of its own.
func paced(r io.Reader) error {
	began, block := time.Now(), make([]byte, 1<<20)
	for read := 0; ; {
		n, err := io.ReadFull(r, block)
		read += n
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(float64(read)/uploadPace*1e9) - time.Since(began))
	}
}

// upload: files to a server that takes them at the pace of a disk, hashed
// beforehand, and hashed while they are sent.
func (b *bench) upload(ctx context.Context) error {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if err := paced(r.Body); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	}))
	defer server.Close()
	client, err := ollama.New(server.URL)
	if err != nil {
		return err
	}
	files, err := b.shards()
	if err != nil {
		return err
	}
	var hash, send, both time.Duration
	for range 3 {
		known, h, err := digests(files)
		if err != nil {
			return err
		}
		s, err := sent(ctx, client, known)
		if err != nil {
			return err
		}
		o, err := sent(ctx, client, files)
		if err != nil {
			return err
		}
		hash, send, both = hash+h, send+s, both+o
	}
	saved := (hash + send - both).Seconds() / min(hash, send).Seconds()
	b.add("upload of 1 GB in 8 files, 500 MB/s, hashed beforehand", send.Seconds()/3, "s", "", nil)
	b.add("hashing alone", hash.Seconds()/3, "s", "", nil)
	b.add("upload with hashing", both.Seconds()/3, "s", "", nil)
	b.add("share of the shorter of the two that overlaps", saved, "of 1", "≥ 0.5", atLeast(saved, 0.5))
	return nil
}

// shards writes files of noise.
func (b *bench) shards() ([]ollama.File, error) {
	random := rand.NewChaCha8([32]byte{1})
	files := make([]ollama.File, uploadFiles)
	block := make([]byte, 1<<20)
	for i := range files {
		files[i].Path = filepath.Join(b.dir, fmt.Sprintf("shard-%d.gguf", i))
		f, err := os.Create(files[i].Path)
		if err != nil {
			return nil, err
		}
		for range uploadSize / len(block) {
			_, _ = random.Read(block) // it never fails
			if _, err := f.Write(block); err != nil {
				f.Close()
				return nil, err
			}
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// digests hashes files, and tells how long it took.
func digests(files []ollama.File) ([]ollama.File, time.Duration, error) {
	began := time.Now()
	out := make([]ollama.File, len(files))
	for i, file := range files {
		f, err := os.Open(file.Path)
		if err != nil {
			return nil, 0, err
		}
		sum := sha256.New()
		_, err = io.CopyBuffer(sum, f, make([]byte, 1<<20))
		f.Close()
		if err != nil {
			return nil, 0, err
		}
		out[i] = ollama.File{Path: file.Path, Digest: fmt.Sprintf("sha256:%x", sum.Sum(nil))}
	}
	return out, time.Since(began), nil
}

func sent(ctx context.Context, client *ollama.Client, files []ollama.File) (time.Duration, error) {
	began := time.Now()
	_, err := client.Upload(ctx, files, nil)
	return time.Since(began), err
}
