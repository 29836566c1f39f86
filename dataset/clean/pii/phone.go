package pii

import "strings"

// isPhone reports whether a number without + is a telephone's.
func (c *scan) isPhone(last int) bool {
	n := &c.number
	d := n.d[:n.groups[last].n]
	said := c.isNear(nearPhone, n.from)
	if last == 0 && c.isOrder(n.from) && !said {
		return false
	}
	switch len(d) {
	case 11:
		return n.trunk(last, said)
	case 10:
		return n.bare(last, said)
	case 7:
		return said && last > 0 && d[0] > '0' && n.seps(last)&^dash == 0 && strings.Contains(" 322 34 331 ", " "+n.lens(last)+" ")
	}
	return false
}

// trunk: 8 or 7, then an area code that there is.
func (n *number) trunk(last int, said bool) bool {
	if n.d[0] != '8' && n.d[0] != '7' {
		return false
	}
	if last > 0 {
		return n.grouped(last, 1) && (area(n.d[1]) || n.d[1] == '7')
	}
	return area(n.d[1]) && (n.d[0] == '8' || n.d[1] == '9') || said && (area(n.d[1]) || n.d[1] == '7')
}

// bare: without the trunk digit; only as people write numbers, or after a word.
func (n *number) bare(last int, said bool) bool {
	if !area(n.d[0]) {
		return false
	}
	if last == 0 {
		return said && n.d[0] == '9'
	}
	switch n.lens(last) {
	case "3322", "334", "37":
		return n.d[0] == '9' || said || n.seps(last)&paren != 0
	}
	return false
}

// area: first digit of the codes of Russian regions and mobile networks.
func area(d byte) bool { return d == '3' || d == '4' || d == '8' || d == '9' }

// grouped reports whether no group cuts the area code that begins after the
// digits of the prefix; thousands of a price do.
func (n *number) grouped(last, prefix int) bool {
	if last > 6 {
		return false
	}
	for i := range last {
		if cut := n.groups[i].n - prefix; cut == 1 || cut == 2 {
			return false
		}
	}
	dots := n.seps(last)&dot != 0
	return !dots || n.lens(last) == "13322"
}

// international: + and a country's code with as many digits as it has.
func (n *number) international(last int) bool {
	d := n.d[:n.groups[last].n]
	if len(d) < 9 || len(d) > 15 || last > 6 || n.seps(last)&dot != 0 && n.lens(last) != "13322" {
		return false
	}
	switch d[0] {
	case '1', '7':
		return len(d) == 11 && n.grouped(last, 1) && (area(d[1]) || d[1] == '6' || d[1] == '7' || d[0] == '1' && d[1] >= '2')
	}
	if want := national(string(d[:3])); want != 0 {
		return len(d) == 3+want
	}
	return countries(d)
}

// national is how many digits follow the codes of neighbouring countries, 0 for
// others.
func national(code string) int {
	switch code {
	case "373", "374", "993":
		return 8
	case "375", "380", "992", "994", "995", "996", "998", "972", "971":
		return 9
	}
	return 0
}

// countries reports whether digits begin with a code that is given to a country,
// and go on long enough.
func countries(d []byte) bool {
	const (
		two   = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
		three = " 21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 "
	)
	code := " " + string(d[:2]) + " "
	return strings.Contains(two, code) && len(d) >= 10 || strings.Contains(three, code)
}
