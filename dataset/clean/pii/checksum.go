package pii

import "bytes"

// val is the number that digits write.
func val(d []byte) (n int) {
	for _, c := range d {
		n = n*10 + int(c-'0')
	}
	return n
}

// weigh sums digits by weights, given as digits too: ':' is ten.
func weigh(d []byte, weights string) (sum int) {
	for i := range len(weights) {
		sum += int(d[i]-'0') * int(weights[i]-'0')
	}
	return sum
}

// validINN reports whether a taxpayer's number of 10 (firm) or 12 (person)
// digits has its check digits and a region.
func validINN(d []byte) bool {
	if bytes.HasPrefix(d, []byte("00")) {
		return false
	}
	check := func(weights string) bool {
		return weigh(d, weights)%11%10 == int(d[len(weights)]-'0')
	}
	if len(d) == 10 {
		return check("24:359468")
	}
	return check("724:359468") && check("3724:359468")
}

// validSNILS checks the last two of 11 digits. Numbers up to 001-001-998 have
// none.
func validSNILS(d []byte) bool {
	sum := weigh(d, "987654321")
	return val(d[:9]) > 1001998 && sum%101%100 == val(d[9:])
}

// validOGRN checks a registration of a firm (13 digits) or of an entrepreneur
// (15): kind, year since 2002, region, check digit.
func validOGRN(d []byte) bool {
	year, region := val(d[1:3]), val(d[3:5])
	if year < 2 || year > 49 || region == 0 {
		return false
	}
	switch last := int(d[len(d)-1] - '0'); len(d) {
	case 13:
		return (d[0] == '1' || d[0] == '5') && val(d[:12])%11%10 == last
	case 15:
		return (d[0] == '3' || d[0] == '4') && val(d[:14])%13%10 == last
	}
	return false
}

// validLuhn checks the last digit of a card.
func validLuhn(d []byte) bool {
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// validCard reports whether digits are a card's of a payment system that issues
// cards of that length.
func validCard(d []byte) bool { return issued(d) && validLuhn(d) }

func issued(d []byte) bool {
	n, two, four := len(d), val(d[:2]), val(d[:4])
	switch {
	case four >= 2200 && four <= 2204: // Mir
		return n >= 16
	case d[0] == '4': // Visa
		return n == 13 || n == 16 || n == 19
	case two >= 51 && two <= 55, four >= 2221 && four <= 2720: // Mastercard
		return n == 16
	case two == 34, two == 37: // American Express
		return n == 15
	case two == 30, two == 36, two == 38: // Diners
		return n == 14
	case two == 35: // JCB
		return n >= 16
	case two == 50, two >= 56 && two <= 69: // Maestro, UnionPay, Discover
		return n >= 16
	}
	return false
}

// validAccount checks an account of 20 digits by the three last digits of its
// bank's BIK, or of the settlement centre's where the bank is one.
func validAccount(account, bik []byte) bool {
	const weights = "71371371371371371371371"
	head := append(make([]byte, 0, 23), bik[6:9]...)
	if val(bik[6:9]) < 50 {
		head = append(append(head[:0], '0'), bik[4:6]...)
	}
	full := append(head, account...)
	sum := 0
	for i := range full {
		sum += int(full[i]-'0') * int(weights[i]-'0') % 10
	}
	return sum%10 == 0
}
