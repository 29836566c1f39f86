package template

import "regexp"

// Plain is a Jinja template without the marks that trainers learn by, which
// servers do not know: what it renders stays the same.
func Plain(jinja string) string {
	end := regexp.MustCompile(`\{%(-?)\s*endgeneration\s*(-?)%\}`)
	begin := regexp.MustCompile(`\{%(-?)\s*generation\s*(-?)%\}`)
	return begin.ReplaceAllString(end.ReplaceAllString(jinja, "{%$1 endif $2%}"), "{%$1 if true $2%}")
}
