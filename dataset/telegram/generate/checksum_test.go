package generate

import "testing"

// The numbers are those of firms and of the authorities' own examples, that of the
// account by the rule of the central bank: the weighted digits end in 0.
func TestCheckDigitsAreThoseOfRealNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{inn("770708389"), "7707083893"},
		{inn("5001007322"), "500100732259"},
		{snils("112233445"), "112-233-445 95"},
		{remainder("102770013219", 11), "1027700132195"},
		{remainder("30450011600015", 13), "304500116000157"},
		{luhn("411111111111111"), "4111111111111111"},
		{account("044525225", "40702810000000005555"), "40702810900000005555"},
		{spaced("4111111111111111", 4), "4111 1111 1111 1111"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
