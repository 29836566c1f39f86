// Package mayor holds the mayors that are part of gorod, one package each, and
// the test that all of them keep the contract.
package mayor
