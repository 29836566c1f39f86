package generate

import (
	"fmt"
	"strings"
)

// kinds are the personal data that are planted, by the list of phrases that
// carries them.
func kinds() []string {
	return []string{"phone", "email", "card", "inn", "snils", "ogrn", "ogrnip", "passport", "account", "username", "telegram", "url", "address", "name"}
}

// personal makes a value of a kind, valid where the kind has a checksum.
// Nobody's: mail at example.com, telephones of an exchange that is not given
// out.
func (g *generator) personal(kind string) string {
	switch kind {
	case "phone":
		return fmt.Sprintf(g.pick([]string{"+7 9%s 000-%s-%s", "89%s000%s%s", "+79%s000%s%s", "8 (9%s) 000-%s-%s"}), g.digits(2), g.digits(2), g.digits(2))
	case "email":
		return fmt.Sprintf("user%s@%s", g.digits(4), g.pick([]string{"example.com", "example.org", "example.net"}))
	case "card":
		return spaced(luhn(g.pick([]string{"220000", "400000", "510000"})+g.digits(9)), 4)
	case "inn":
		if g.random.IntN(2) == 0 {
			return inn(g.digits(9))
		}
		return inn(g.digits(10))
	case "snils":
		return snils(g.digits(9))
	case "ogrn":
		return remainder("1"+g.digits(11), 11)
	case "ogrnip":
		return remainder("3"+g.digits(13), 13)
	case "passport":
		return fmt.Sprintf("%s %s %s", g.digits(2), g.digits(2), g.digits(6))
	case "account":
		return account("044525225", "408178100"+g.digits(11))
	case "username":
		return "@gen_user_" + g.digits(4)
	case "telegram":
		return "https://t.me/gen_chat_" + g.digits(4)
	case "url":
		return fmt.Sprintf("https://user%s:pass%s@example.com/", g.digits(3), g.digits(5))
	case "address":
		return fmt.Sprintf("ул. %s, д. %d, кв. %d", g.pick([]string{"Ленина", "Садовая", "Мира", "Гагарина", "Лесная"}), 1+g.random.IntN(120), 1+g.random.IntN(300))
	}
	return g.pick(g.lists["имя"])
}

func (g *generator) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.random.IntN(10))
	}
	if b[0] == '0' {
		b[0] = '7'
	}
	return string(b)
}

func spaced(s string, every int) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 && i%every == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// luhn appends the check digit of a bank card.
func luhn(s string) string {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + digit((10-sum%10)%10)
}

// inn appends the check digit of a company's number, nine digits, or the two of
// a person's, ten digits.
func inn(s string) string {
	weights := []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	if len(s) == 9 {
		return s + digit(weighted(s, weights[2:])%11%10)
	}
	s += digit(weighted(s, weights[1:]) % 11 % 10)
	return s + digit(weighted(s, weights)%11%10)
}

// snils writes 123-456-789 64.
func snils(s string) string {
	sum := weighted(s, []int{9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101
	return fmt.Sprintf("%s-%s-%s %02d", s[:3], s[3:6], s[6:9], sum%100)
}

// remainder appends the check digit of OGRN, by 11, and OGRNIP, by 13.
func remainder(s string, by int) string {
	n := 0
	for i := range len(s) {
		n = (n*10 + int(s[i]-'0')) % by
	}
	return s + digit(n%10)
}

// account sets the ninth digit, the key, of an account with a bank.
func account(bank, s string) string {
	sum := 0
	for i, c := range []byte(bank[6:] + s) {
		sum += int(c-'0') * []int{7, 1, 3}[i%3] % 10
	}
	return s[:8] + digit(sum%10*3%10) + s[9:]
}

func weighted(s string, weights []int) int {
	sum := 0
	for i, w := range weights[:len(s)] {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func digit(n int) string { return string(rune('0' + n)) }
