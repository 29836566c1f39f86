// Package persona makes residents: templates to write them by hand, a factory
// that has a model write a population with given marginals, and a validator
// that interviews a persona and scores how well it answers as itself. Reading
// persona files and merging their fragments is core/spec's.
package persona
