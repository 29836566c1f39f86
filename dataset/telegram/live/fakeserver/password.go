package fakeserver

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"math/big"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto/srp"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// prime is the 2048-bit safe prime that Telegram hands out, with generator 3.
const prime = "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F" +
	"48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37" +
	"20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F64" +
	"2477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4" +
	"A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754" +
	"FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4" +
	"E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F" +
	"0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B"

const generator = 3

// verifier is the server's half of the password check, SRP as
// https://core.telegram.org/api/srp describes it.
type verifier struct {
	input      srp.Input
	p, g, v, b *big.Int
	public     []byte // g_b, padded
}

func newVerifier(password string) (*verifier, error) {
	p, _ := new(big.Int).SetString(prime, 16)
	k := &verifier{p: p, g: big.NewInt(generator)}
	k.input = srp.Input{Salt1: []byte("first salt"), Salt2: []byte("second salt"), G: generator, P: p.Bytes()}
	v, salt, err := srp.NewSRP(rand.Reader).NewHash([]byte(password), k.input)
	if err != nil {
		return nil, err
	}
	k.input.Salt1, k.v = salt, new(big.Int).SetBytes(v)
	if k.b, err = rand.Int(rand.Reader, p); err != nil {
		return nil, err
	}
	// g_b = (k*v + g^b) mod p
	mixed := new(big.Int).Mul(number(p.Bytes(), pad(k.g)), k.v)
	k.public = pad(mixed.Mod(mixed.Add(mixed, new(big.Int).Exp(k.g, k.b, p)), p))
	return k, nil
}

// accepts a client's proof that it knows the password.
func (k *verifier) accepts(proof *tg.InputCheckPasswordSRP) bool {
	a := new(big.Int).SetBytes(proof.A)
	if new(big.Int).Mod(a, k.p).Sign() == 0 {
		return false
	}
	// s_b = (g_a * v^u)^b mod p
	u := number(pad(a), k.public)
	s := new(big.Int).Exp(k.v, u, k.p)
	s.Exp(s.Mod(s.Mul(s, a), k.p), k.b, k.p)
	mask := sha256.Sum256(k.input.P)
	for i, b := range digest(pad(k.g)) {
		mask[i] ^= b
	}
	want := digest(mask[:], digest(k.input.Salt1), digest(k.input.Salt2), pad(a), k.public, digest(pad(s)))
	return bytes.Equal(want, proof.M1)
}

func pad(n *big.Int) []byte { return n.FillBytes(make([]byte, 256)) }

func digest(parts ...[]byte) []byte {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}

func number(parts ...[]byte) *big.Int { return new(big.Int).SetBytes(digest(parts...)) }

func (s *Server) getPassword(*call) (bin.Encoder, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := newVerifier(s.world.Password)
	if err != nil {
		return nil, err
	}
	s.srp = k
	algo := tg.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(k.input)
	answer := &tg.AccountPassword{
		HasPassword: true, Hint: s.world.Hint, CurrentAlgo: &algo, SRPB: k.public, SRPID: 1,
		NewAlgo: &tg.PasswordKdfAlgoUnknown{}, NewSecureAlgo: &tg.SecurePasswordKdfAlgoUnknown{}, SecureRandom: make([]byte, 256),
	}
	_, err = rand.Read(answer.SecureRandom)
	return answer, err
}

func (s *Server) checkPassword(c *call) (bin.Encoder, error) {
	var r tg.AuthCheckPasswordRequest
	if err := r.Decode(c.Buf); err != nil {
		return nil, err
	}
	proof, ok := r.Password.(*tg.InputCheckPasswordSRP)
	s.mu.Lock()
	known := s.srp
	s.mu.Unlock()
	if !ok || known == nil || !known.accepts(proof) {
		return nil, tgerr.New(400, "PASSWORD_HASH_INVALID")
	}
	return s.welcome(c), nil
}
