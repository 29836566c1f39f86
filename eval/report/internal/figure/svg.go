package figure

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// SVG is the figure for the web and for editors of drawings.
func (f *Figure) SVG() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%spt" height="%spt" viewBox="0 0 %[1]s %[2]s" font-family="Go, 'Noto Sans', 'Liberation Sans', Arial, sans-serif">`+"\n",
		num(f.Width), num(f.Height))
	fmt.Fprintf(&out, `<rect width="%s" height="%s" fill="#fff"/>`+"\n", num(f.Width), num(f.Height))
	for _, s := range f.shapes {
		at := s.points[0]
		colour := fmt.Sprintf("#%06x", uint32(s.colour))
		switch s.kind {
		case segments:
			dash := ""
			if s.dash {
				dash = ` stroke-dasharray="3 2"`
			}
			fmt.Fprintf(&out, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"%s/>`+"\n", list(s.points), colour, num(s.size), dash)
		case area:
			fmt.Fprintf(&out, `<polygon points="%s" fill="%s" fill-opacity="0.18"/>`+"\n", list(s.points), colour)
		case dot:
			fmt.Fprintf(&out, `<circle cx="%s" cy="%s" r="%s" fill="%s"/>`+"\n", num(at.x), num(at.y), num(s.size), colour)
		case ring:
			fmt.Fprintf(&out, `<circle cx="%s" cy="%s" r="%s" fill="#fff" stroke="%s" stroke-width="1"/>`+"\n", num(at.x), num(at.y), num(s.size), colour)
		case letters:
			fmt.Fprintf(&out, `<text x="%s" y="%s" font-size="%s" fill="%s" text-anchor="%s">%s</text>`+"\n",
				num(at.x), num(at.y), num(s.size), colour, [...]string{"start", "middle", "end"}[s.anchor], html.EscapeString(s.text))
		}
	}
	out.WriteString("</svg>\n")
	return []byte(out.String())
}

func list(points []point) string {
	out := make([]string, len(points))
	for i, p := range points {
		out[i] = num(p.x) + "," + num(p.y)
	}
	return strings.Join(out, " ")
}

// num is a coordinate: hundredths of a point are finer than any print.
func num(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
