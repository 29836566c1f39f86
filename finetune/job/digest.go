package job

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// Portable is the job without what belongs to one machine or person: folders of
// paths, where and how the cluster is reached, and who is told.
func (j *Job) Portable() Job {
	p := *j
	p.source, p.tasks, p.warnings = nil, nil, nil
	if p.Base.Local() {
		p.Base.Model = filepath.Base(p.Base.Model)
	}
	if p.Base.Template != "" {
		p.Base.Template = filepath.Base(p.Base.Template)
	}
	p.Dataset.Path = filepath.Base(p.Dataset.Path)
	p.Cluster = Cluster{Kind: p.Cluster.Kind, Via: p.Cluster.Via}
	p.Resources.Partition, p.Resources.Account = "", ""
	p.Training.MLflow = ""
	p.Notify = Notify{}
	p.Method.Modules, p.Export.Quantize = slices.Clone(p.Method.Modules), slices.Clone(p.Export.Quantize)
	p.Sweep = maps.Clone(p.Sweep)
	return p
}

// Digest is the SHA-256 of the portable job, hexadecimal: two jobs with one
// digest ask for the same.
func (j *Job) Digest() (string, error) {
	text, err := json.Marshal(j.Portable())
	if err != nil {
		return "", fmt.Errorf("digest of job %s: %w", j.Name, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
