package live

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
)

// Network names servers other than Telegram's own: those of a test.
type Network struct {
	DC      int       `json:"dc"` // where to connect first
	Servers []Address `json:"servers"`
	Keys    []string  `json:"keys"` // public RSA keys, PKCS#1 in base64
}

// Address is where a data centre listens.
type Address struct {
	DC   int    `json:"dc"`
	Host string `json:"host"`
	Port int    `json:"port"`
}

func (n *Network) apply(to *telegram.Options) error {
	to.DC = n.DC
	for _, encoded := range n.Keys {
		der, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return fmt.Errorf("key of a server: %w", err)
		}
		key, err := x509.ParsePKCS1PublicKey(der)
		if err != nil {
			return fmt.Errorf("key of a server: %w", err)
		}
		to.PublicKeys = append(to.PublicKeys, telegram.PublicKey{RSA: key})
	}
	list := dcs.List{}
	for _, s := range n.Servers {
		list.Options = append(list.Options, tg.DCOption{ID: s.DC, IPAddress: s.Host, Port: s.Port, Static: true})
	}
	to.DCList = list
	return nil
}
