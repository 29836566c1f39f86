package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/llm-city/gorod/dataset/format"
	"github.com/llm-city/gorod/dataset/manifest"
	"github.com/llm-city/gorod/dataset/split"
)

// certificateFloor is the similarity down to which alike exchanges of different
// splits are looked for, where there are too many to compare each with each.
const certificateFloor = 0.7

// Verification is what Verify found.
type Verification struct {
	Certificate *split.Certificate `json:"certificate,omitempty"` // computed from the files; nil: they cannot be read
	Examples    int64              `json:"examples"`
	Faults      []string           `json:"faults"` // none: everything is as the dataset says
}

// Verify computes the digests and the certificate of a dataset again from its
// files. What is not as the dataset says of itself are faults.
func Verify(ctx context.Context, dir string, progress func(Progress)) (*Verification, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	v := &Verification{Faults: []string{}}
	if err := v.files(dir, m); err != nil {
		return nil, err
	}
	said, err := readCertificate(dir)
	if err == nil {
		v.Certificate, err = certificate(ctx, dir, m, said, progress)
	}
	if err != nil && len(v.Faults) > 0 && ctx.Err() == nil { // what is said of the files explains it
		v.Faults = append(v.Faults, err.Error())
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	v.counts(m)
	v.Faults = append(v.Faults, v.Certificate.Leaks()...)
	differences, err := v.Certificate.Differences(said)
	if err != nil {
		return nil, err
	}
	for _, d := range differences {
		v.Faults = append(v.Faults, manifest.Certificate+" says "+d)
	}
	return v, nil
}

// files compares the files with their digests.
func (v *Verification) files(dir string, m *manifest.Manifest) error {
	found, err := digests(dir)
	if err != nil {
		return err
	}
	there := map[string]manifest.Digest{}
	for _, d := range found {
		there[d.Path] = d
	}
	for _, want := range m.Files {
		got, ok := there[want.Path]
		delete(there, want.Path)
		switch {
		case !ok:
			v.Faults = append(v.Faults, fmt.Sprintf("%s is missing", want.Path))
		case got != want:
			v.Faults = append(v.Faults, fmt.Sprintf("%s was changed: it has %d bytes and SHA-256 %.12s…, not %d and %.12s…", want.Path, got.Bytes, got.SHA256, want.Bytes, want.SHA256))
		}
	}
	for _, d := range found {
		if _, more := there[d.Path]; more {
			v.Faults = append(v.Faults, fmt.Sprintf("%s is not in the manifest", d.Path))
		}
	}
	return nil
}

// counts compares how many examples there are with what the manifest says.
func (v *Verification) counts(m *manifest.Manifest) {
	said := map[string]int64{}
	for _, s := range m.Splits {
		said[s.Name] = s.Examples
	}
	for _, p := range v.Certificate.Splits {
		v.Examples += int64(p.Examples)
		if said[p.Split] != int64(p.Examples) {
			v.Faults = append(v.Faults, fmt.Sprintf("%s says that %s has %d examples, not %d", manifest.File, p.Split, said[p.Split], p.Examples))
		}
	}
}

func readCertificate(dir string) (*split.Certificate, error) {
	path := filepath.Join(dir, manifest.Certificate)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	var c split.Certificate
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &c, nil
}

// certificate makes the certificate again, by the rule of the one that is there.
func certificate(ctx context.Context, dir string, m *manifest.Manifest, said *split.Certificate, progress func(Progress)) (*split.Certificate, error) {
	temp, err := os.MkdirTemp("", "gorod-verify-*")
	if err != nil {
		return nil, fmt.Errorf("make room to verify: %w", err)
	}
	defer os.RemoveAll(temp)
	c, err := split.NewCertifier(temp, split.CertifyOptions{Rule: said.Rule, Floor: certificateFloor})
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }() // temporary files
	var done, total int64
	for _, s := range m.Splits {
		total += s.Examples
	}
	for _, s := range m.Splits {
		path := filepath.Join(dir, manifest.DataDir, s.Name+".parquet")
		if _, err := os.Stat(path); s.Examples == 0 && err != nil {
			continue
		}
		err := format.ReadParquet(path, func(r *format.Row) error {
			if done++; done%4096 == 0 && progress != nil {
				progress(Progress{"verify", "examples", done, total})
			}
			r.Split = s.Name // the file decides, whatever the row says
			if err := c.Add(written(r)); err != nil {
				return err
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return c.Certificate(ctx)
}

// written is an example as certificates see it.
func written(r *format.Row) (split.Split, *split.Written) {
	to := split.Train
	switch r.Split {
	case split.Validation.String():
		to = split.Validation
	case split.Test.String():
		to = split.Test
	}
	w := &split.Written{
		ID: r.ID, Text: r.Exchange(),
		Example: split.Example{Time: r.Time, Threads: r.Threads, Origins: r.Origins, Clusters: []int64{r.Cluster}},
	}
	for i := range r.Retrieved {
		w.Retrieved = append(w.Retrieved, r.Retrieved[i].ID)
	}
	return to, w
}
