package figure

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PDF is the figure for a paper: one page of its size (PDF 1.4, ISO 32000-1),
// with the letters that it uses inside, to be found and copied.
func (f *Figure) PDF() ([]byte, error) {
	used := map[uint16]rune{}
	content := f.content(used)
	font, err := deflated(f.face.subset(used))
	if err != nil {
		return nil, err
	}
	page, err := deflated([]byte(content))
	if err != nil {
		return nil, err
	}
	unicode, err := deflated([]byte(toUnicode(used)))
	if err != nil {
		return nil, err
	}
	const flate = "/Filter /FlateDecode"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s %s] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /ExtGState << /L << /ca 0.18 >> /N << /ca 1 >> >> >> >>",
			num(f.Width), num(f.Height)),
		stream(flate, page),
		"<< /Type /Font /Subtype /Type0 /BaseFont /GOGORO+GoRegular /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 9 0 R >>",
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GOGORO+GoRegular /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /CIDToGIDMap /Identity /W [" +
			f.widths(used) + "] >>",
		"<< /Type /FontDescriptor /FontName /GOGORO+GoRegular /Flags 4 /FontBBox [-440 -432 2160 1158] /ItalicAngle 0 /Ascent 943 /Descent -211 /CapHeight 723 /StemV 90 /FontFile2 8 0 R >>",
		stream(fmt.Sprintf("%s /Length1 %d", flate, len(f.face.file)), font),
		stream(flate, unicode),
	}
	return assembled(objects), nil
}

// assembled puts objects behind one another, and says where each is.
func assembled(objects []string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	places := make([]int, len(objects))
	for i, o := range objects {
		places[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range places {
		fmt.Fprintf(&out, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}

func stream(dict string, data []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

func deflated(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("compress a figure: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress a figure: %w", err)
	}
	return out.Bytes(), nil
}

// content draws the shapes; used gathers the glyphs.
func (f *Figure) content(used map[uint16]rune) string {
	var out strings.Builder
	fmt.Fprintf(&out, "1 0 0 -1 0 %s cm\n", num(f.Height))
	for _, s := range f.shapes {
		c := fmt.Sprintf("%.3f %.3f %.3f", float64(s.colour>>16)/255, float64(s.colour>>8&0xff)/255, float64(s.colour&0xff)/255)
		at := s.points[0]
		switch s.kind {
		case segments:
			dash := "[] 0 d"
			if s.dash {
				dash = "[3 2] 0 d"
			}
			fmt.Fprintf(&out, "%s RG %s w %s %sS\n", c, num(s.size), dash, path(s.points))
		case area:
			fmt.Fprintf(&out, "/L gs %s rg %sf /N gs\n", c, path(s.points))
		case dot:
			fmt.Fprintf(&out, "%s rg %sf\n", c, circle(at, s.size))
		case ring:
			fmt.Fprintf(&out, "1 1 1 rg %s RG 1 w [] 0 d %sB\n", c, circle(at, s.size))
		case letters:
			at.x -= float64(s.anchor) / 2 * f.face.width(s.text) * s.size
			fmt.Fprintf(&out, "BT %s rg /F %s Tf 1 0 0 -1 %s %s Tm <", c, num(s.size), num(at.x), num(at.y))
			for _, r := range s.text {
				g := f.face.glyph(r)
				if _, has := f.face.glyphs[r]; !has {
					r = '?'
				}
				used[g] = r
				fmt.Fprintf(&out, "%04x", g)
			}
			out.WriteString("> Tj ET\n")
		}
	}
	return out.String()
}

func path(points []point) string {
	var out strings.Builder
	for i, p := range points {
		fmt.Fprintf(&out, "%s %s %s ", num(p.x), num(p.y), [...]string{"m", "l"}[min(i, 1)])
	}
	return out.String()
}

// circle is four Bézier curves.
func circle(at point, r float64) string {
	const k = 0.5523
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s m ", num(at.x+r), num(at.y))
	for _, q := range [...][6]float64{{1, k, k, 1, 0, 1}, {-k, 1, -1, k, -1, 0}, {-1, -k, -k, -1, 0, -1}, {k, -1, 1, -k, 1, 0}} {
		for i, v := range q {
			out.WriteString(num([...]float64{at.x, at.y}[i%2]+r*v) + " ")
		}
		out.WriteString("c ")
	}
	return out.String()
}

func (f *Figure) widths(used map[uint16]rune) string {
	var out []string
	for _, g := range slices.Sorted(maps.Keys(used)) {
		out = append(out, fmt.Sprintf("%d [%s]", g, num(1000*float64(f.face.advances[g])/f.face.em)))
	}
	return strings.Join(out, " ")
}

// toUnicode says which characters glyphs are of.
func toUnicode(used map[uint16]rune) string {
	var out strings.Builder
	out.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n/CMapName /G def\n" +
		"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n")
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(used)), 100) {
		fmt.Fprintf(&out, "%d beginbfchar\n", len(chunk))
		for _, g := range chunk {
			fmt.Fprintf(&out, "<%04x> <%04x>\n", g, used[g])
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return out.String()
}
