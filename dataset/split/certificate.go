package split

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/llm-city/gorod/dataset/dedup"
)

// CertificateFormat is the version of the certificate.
const CertificateFormat = 1

// Certificate says what the splits of a dataset have in common. It is made of
// the examples alone, so that anybody who has them can make it again.
type Certificate struct {
	Format int    `json:"format"`
	Splits []Part `json:"splits"`
	Shared Shared `json:"shared"`
	// RetrievedLater counts exchanges that stand beside an example of one split
	// and are of a later one.
	RetrievedLater int `json:"retrieved_later"`
	// Ordered says that everything in a split is from before everything in the
	// later ones.
	Ordered bool          `json:"ordered"`
	Texts   Likeness      `json:"texts"` // of the texts that near-duplicates are found by
	Rule    []dedup.Class `json:"rule"`  // by which texts are near-duplicates
}

// Part is one split.
type Part struct {
	Split    string `json:"split"`
	Examples int    `json:"examples"`
	From     int64  `json:"from"` // time of the earliest example, 0 where there is none
	To       int64  `json:"to"`   // and of the latest
}

// Shared counts what is found in more than one split.
type Shared struct {
	Examples int `json:"examples"` // ids that occur twice, also in one split
	Threads  int `json:"threads"`
	Origins  int `json:"origins"` // of forwards
	Clusters int `json:"clusters"`
}

// Likeness is how alike texts of different splits are, by the Jaccard similarity
// of their character shingles.
type Likeness struct {
	Compared int `json:"compared"` // texts
	Short    int `json:"short"`    // texts that are stock phrases, too short to be compared
	// Largest is the largest similarity found, and Between whose it is.
	Largest float64  `json:"largest"`
	Between []string `json:"between,omitempty"`
	// NearDuplicates is how many clusters of near-duplicates lie in more than one
	// split.
	NearDuplicates int `json:"near_duplicates"`
	// Floor is the similarity below which nothing was looked for; 0 where every
	// pair was compared.
	Floor float64 `json:"floor"`
	// Bounded counts sets of candidates of which not every pair was looked at.
	Bounded int `json:"bounded"`
	// Pairs are the near-duplicates of different splits, by the order in which the
	// examples were added.
	Pairs [][2]uint32 `json:"-"`
}

// Leaks says what of one split is found in another, in words; none where the
// splits are clean.
func (c *Certificate) Leaks() []string {
	var out []string
	for _, l := range []struct {
		count int
		what  string
	}{
		{c.Shared.Examples, "examples occur twice"},
		{c.Shared.Threads, "sessions are in more than one split"},
		{c.Shared.Origins, "origins of forwards are in more than one split"},
		{c.Shared.Clusters, "clusters of near-duplicates are in more than one split"},
		{c.Texts.NearDuplicates, "clusters of nearly equal texts are in more than one split"},
		{c.RetrievedLater, "exchanges of a later split stand beside examples"},
	} {
		if l.count > 0 {
			out = append(out, fmt.Sprintf("%d %s", l.count, l.what))
		}
	}
	return out
}

// Differences names what two certificates say otherwise, by the paths of their
// JSON; none where they agree.
func (c *Certificate) Differences(other *Certificate) ([]string, error) {
	a, err := flat(c)
	if err != nil {
		return nil, err
	}
	b, err := flat(other)
	if err != nil {
		return nil, err
	}
	var out []string
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if a[key] != b[key] {
			out = append(out, fmt.Sprintf("%s: %v, not %v", key, said(b, key), said(a, key)))
		}
	}
	return out, nil
}

func said(values map[string]any, key string) any {
	if v, ok := values[key]; ok {
		return v
	}
	return "nothing"
}

// flat is a certificate's JSON with a path for each value.
func flat(c *Certificate) (map[string]any, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("split: certificate: %w", err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, fmt.Errorf("split: certificate: %w", err)
	}
	out := map[string]any{}
	flatten("", value, out)
	return out, nil
}

func flatten(path string, value any, into map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(join(path, key), inner, into)
		}
	case []any:
		for i, inner := range v {
			flatten(join(path, fmt.Sprint(i)), inner, into)
		}
	default:
		into[path] = v
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
