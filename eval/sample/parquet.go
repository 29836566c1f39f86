package sample

import "github.com/llm-city/gorod/core/parquet"

// Names of the files in an evaluation's folder.
const (
	SamplesFile = "samples.parquet"
	ScoresFile  = "scores.parquet"
)

// Create makes a file of rows. What stands at path is always whole: Close puts
// it there. Metadata is what its footer says; the same rows and metadata give the
// same bytes.
func Create[T Sample | Score](path string, metadata map[string]string) (*parquet.Writer[T], error) {
	w, err := parquet.Create[T](path, parquet.Quick())
	if err != nil {
		return nil, err
	}
	w.Describe(metadata)
	return w, nil
}

// Read hands over the rows of a file in order, a batch at a time. The slice is
// good only until the call returns; the rows may be kept.
func Read[T Sample | Score](path string, each func(rows []T) error) error {
	return parquet.Read(path, "rows of an evaluation", each)
}

// ReadAll is Read for files that fit into memory.
func ReadAll[T Sample | Score](path string) ([]T, error) {
	var out []T
	err := Read(path, func(rows []T) error {
		out = append(out, rows...)
		return nil
	})
	return out, err
}
