package card

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/llm-city/gorod/dataset/manifest"
)

// Size of a figure, in its own units.
const (
	width, height           = 640, 260
	left, right, top, below = 56, 12, 34, 46
)

// Figure is a histogram as SVG, readable on a light and a dark page.
func Figure(h manifest.Histogram) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label=%q font-family="sans-serif" font-size="11">`, width, height, escaped(h.Title))
	b.WriteString("\n<style>text{fill:#444}rect{fill:#3b78b5}line{stroke:#bbb}@media(prefers-color-scheme:dark){text{fill:#ccc}rect{fill:#6ea8e0}line{stroke:#555}}</style>\n")
	fmt.Fprintf(&b, `<text x="%d" y="18" font-size="14">%s</text>`+"\n", left, escaped(h.Title))
	most := int64(1)
	for _, c := range h.Counts {
		most = max(most, c)
	}
	fmt.Fprintf(&b, `<text transform="translate(14,%d) rotate(-90)" text-anchor="middle">examples</text>`+"\n", (top+height-below)/2)
	axis(&b, most)
	step := float64(width-left-right) / float64(len(h.Counts))
	for i, c := range h.Counts {
		x := left + float64(i)*step
		tall := float64(c) / float64(most) * (height - top - below)
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s %s: %s</title></rect>`+"\n",
			x+1, height-below-tall, step-2, tall, h.Label(i), escaped(h.Unit), grouped(c))
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x+step/2, height-below+15, h.Label(i))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n</svg>\n", (left+width-right)/2, height-10, escaped(h.Unit))
	return b.Bytes()
}

// axis draws lines at a few round counts.
func axis(b *bytes.Buffer, most int64) {
	step := int64(1)
	for i := 0; most/step > 4; i++ { // 1, 2, 5, 10, 20, …
		if i%3 == 1 {
			step = step / 2 * 5
		} else {
			step *= 2
		}
	}
	for at := int64(0); at <= most; at += step {
		y := height - below - float64(at)/float64(most)*(height-top-below)
		fmt.Fprintf(b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			left, width-right, y, y, left-6, y+4, grouped(at))
	}
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}
