package deploy

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
)

// values are what templates are filled with.
type values struct {
	Options
	Password string
	Vapid    keys
}

// keys sign what Mastodon pushes to browsers, as it writes them.
type keys struct{ Private, Public string }

func newValues(o Options) (*values, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	v := &values{Options: o, Password: rand.Text(), Vapid: keys{
		base64.URLEncoding.EncodeToString(private.Bytes()), base64.URLEncoding.EncodeToString(private.PublicKey().Bytes()),
	}}
	switch {
	case len(o.Only) == 0:
		v.Only = Parts()
	case slices.Contains(o.Only, Compose):
		v.Only = append(slices.Clone(o.Only), Docker, Experiment)
	}
	return v, nil
}

// Has reports whether a part is written.
func (v *values) Has(part string) bool { return slices.Contains(v.Only, part) }

// Secret is as many random bytes in hexadecimal.
func (*values) Secret(bytes int) string {
	secret := make([]byte, bytes)
	_, _ = rand.Read(secret) // it never fails
	return hex.EncodeToString(secret)
}
