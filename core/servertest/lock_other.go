//go:build !unix

package servertest

// Lock does nothing here.
func Lock(string) (unlock func(), err error) { return func() {}, nil }
