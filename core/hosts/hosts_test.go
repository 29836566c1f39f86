package hosts_test

import (
	"strings"
	"testing"

	"github.com/llm-city/gorod/core/hosts"
)

func TestAServerAnswersForItsOwnNamesAlone(t *testing.T) {
	t.Parallel()
	here, abroad := hosts.Hosts{Names: []string{"lab.example.org"}}, hosts.Hosts{AnyIP: true}
	for host, want := range map[string][2]bool{
		"localhost": {true, true}, "LOCALHOST:8117": {true, true}, "127.0.0.1:1": {true, true}, "127.9.9.9": {true, true}, "[::1]:80": {true, true}, "[::1]": {true, true},
		"lab.example.org": {true, false}, "Lab.Example.Org:443": {true, false}, "lab.example.org.evil.example": {false, false}, "evil.example": {false, false},
		"192.0.2.7:80": {false, true}, "[2001:db8::1]:80": {false, true}, "0.0.0.0:80": {false, true},
		"": {false, false}, ":80": {false, false}, "localhost:evil.example": {false, false}, "localhost:80:80": {false, false}, "localhost:123456": {false, false},
		"[::1": {false, false}, "::1]": {false, false}, "[::1]evil.example": {false, false}, "localhost@evil.example": {false, false}, "127.0.0.1.evil.example": {false, false},
		"localhost.evil.example": {false, false}, "2130706433": {false, false}, "0x7f.1": {false, false},
	} {
		if got := [2]bool{here.Answer(host), abroad.Answer(host)}; got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

func TestANameIsQuotedPlainAndShort(t *testing.T) {
	t.Parallel()
	if got := hosts.Quote("a\r\nb\u202e<" + strings.Repeat("x", 200)); strings.ContainsAny(got, "\r\n\u202e") || len(got) > 90 {
		t.Errorf("%q", got)
	}
}
