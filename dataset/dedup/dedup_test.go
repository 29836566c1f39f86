package dedup_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/llm-city/gorod/dataset/dedup"
)

func filled(t testing.TB, texts []string, opts dedup.Options) *dedup.Dedup {
	t.Helper()
	d, err := dedup.New(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for i, text := range texts {
		if err := d.Add(uint32(i), text); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func clusters(t testing.TB, texts []string, opts dedup.Options) (*dedup.Clusters, *reader) {
	t.Helper()
	d := filled(t, texts, opts)
	defer d.Close()
	r := &reader{texts: texts}
	c, err := d.Clusters(t.Context(), r.text)
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

// plain is a text as the rules compare it, made in the most obvious way.
func plain(text string) []rune {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return []rune(strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " "))
}

func gramsOf(runes []rune, k int) map[string]bool {
	out := map[string]bool{}
	for i := 0; i+k <= len(runes); i++ {
		out[string(runes[i:i+k])] = true
	}
	return out
}

func overlap(a, b map[string]bool) float64 {
	common := 0
	for g := range a {
		if b[g] {
			common++
		}
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// brute are the near-duplicates that comparing all with all gives.
func brute(texts []string) (pairs [][2]int) {
	type form struct {
		runes       []rune
		three, five map[string]bool
	}
	forms := make([]form, len(texts))
	for i, text := range texts {
		r := plain(text)
		forms[i] = form{r, gramsOf(r, 3), gramsOf(r, 5)}
	}
	for i, a := range forms {
		for j, b := range forms[:i] {
			short, long := min(len(a.runes), len(b.runes)), max(len(a.runes), len(b.runes))
			same := short == long && slices.Equal(a.runes, b.runes)
			if !same && short >= 20 && float64(short) >= 0.8*float64(long) {
				if short < 60 {
					same = float64(short) >= 0.9*float64(long) && overlap(a.three, b.three) >= 0.9
				} else {
					same = overlap(a.five, b.five) >= 0.8
				}
			}
			if same {
				pairs = append(pairs, [2]int{j, i})
			}
		}
	}
	return pairs
}

// components are the least items that pairs tie together.
func components(n int, pairs [][2]int) []uint32 {
	of := make([]uint32, n)
	for i := range of {
		of[i] = uint32(i)
	}
	var root func(i uint32) uint32
	root = func(i uint32) uint32 {
		if of[i] != i {
			of[i] = root(of[i])
		}
		return of[i]
	}
	for _, p := range pairs {
		a, b := root(uint32(p[0])), root(uint32(p[1]))
		of[max(a, b)] = min(a, b)
	}
	for i := range of {
		root(uint32(i))
	}
	return of
}

func TestClustersAgreeWithComparingAllWithAll(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		texts := corpus(seed, 2500)
		pairs := brute(texts)
		want := components(len(texts), pairs)
		c, _ := clusters(t, texts, dedup.Options{})
		found, near := 0, 0
		for _, p := range pairs {
			if c.Of(uint32(p[0])) == c.Of(uint32(p[1])) {
				found++
			}
		}
		for i := range texts {
			if want[i] != want[c.Of(uint32(i))] {
				t.Errorf("%q is with %q", texts[i], texts[c.Of(uint32(i))])
			}
			if c.Of(uint32(i)) != uint32(i) && !c.Exact(uint32(i)) {
				near++
			}
		}
		if recall := float64(found) / float64(len(pairs)); recall < 0.995 {
			t.Errorf("seed %d: found %d of %d pairs", seed, found, len(pairs))
		}
		if near < 50 || near != c.Stats().Near {
			t.Errorf("seed %d: %d near-duplicates, %d counted: the corpus shows nothing", seed, near, c.Stats().Near)
		}
	}
}

// TestLabelledNearDuplicatesAreTold measures macro-F1 over the two classes
// "has a duplicate" and "has none", as the CORE benchmark does.
func TestLabelledNearDuplicatesAreTold(t *testing.T) {
	t.Parallel()
	texts, labels := labelled(11, 4000)
	c, _ := clusters(t, texts, dedup.Options{})
	if f1 := macroF1(labels, c); f1 < 0.95 {
		t.Errorf("macro-F1 is %.4f", f1)
	} else {
		t.Logf("macro-F1 %.4f on %d texts, %d of them duplicates", f1, len(texts), countTrue(labels))
	}
}

func countTrue(labels []bool) (n int) {
	for _, l := range labels {
		if l {
			n++
		}
	}
	return n
}

func macroF1(labels []bool, c *dedup.Clusters) float64 {
	of := make([]int, c.Len())
	for i := range of {
		of[c.Of(uint32(i))]++
	}
	var f1 float64
	for _, class := range []bool{false, true} {
		var tp, fp, fn float64
		for i, label := range labels {
			said := of[c.Of(uint32(i))] > 1
			switch {
			case said == class && label == class:
				tp++
			case said == class:
				fp++
			case label == class:
				fn++
			}
		}
		f1 += 2 * tp / (2*tp + fp + fn) / 2
	}
	return f1
}

func TestResultDoesNotDependOnWorkersOrOrder(t *testing.T) {
	t.Parallel()
	texts := corpus(3, 20000)
	want, _ := clusters(t, texts, dedup.Options{Workers: 1})
	for _, workers := range []int{2, 5} {
		d, err := dedup.New(t.TempDir(), dedup.Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(texts)) {
			if err := d.Add(uint32(i), texts[i]); err != nil {
				t.Fatal(err)
			}
		}
		got, err := d.Clusters(t.Context(), (&reader{texts: texts}).text)
		if err != nil {
			t.Fatal(err)
		}
		if got.Stats() != want.Stats() {
			t.Errorf("%d workers: %+v, one: %+v", workers, got.Stats(), want.Stats())
		}
		for i := range texts {
			if u := uint32(i); got.Of(u) != want.Of(u) || got.Exact(u) != want.Exact(u) {
				t.Fatalf("%d workers: item %d is of %d, with one %d", workers, i, got.Of(u), want.Of(u))
			}
		}
	}
}

func TestRepresentativeIsTheEarliest(t *testing.T) {
	t.Parallel()
	long := "встречаемся завтра в восемь вечера у главного входа в парк, не опаздывай пожалуйста, я возьму билеты"
	texts := []string{"ок", long, "другое", "Ок!", long + "!!", long[:len(long)-2], "ОК", "другое"}
	c, _ := clusters(t, texts, dedup.Options{})
	got := make([]uint32, len(texts))
	for i := range got {
		got[i] = c.Of(uint32(i))
	}
	if want := []uint32{0, 1, 2, 0, 1, 1, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("representatives are %v, want %v", got, want)
	}
	if c.Exact(5) || !c.Exact(4) || c.Exact(1) || !c.Exact(6) {
		t.Error("equal and nearly equal texts are not told apart")
	}
	if want := (dedup.Stats{Clusters: 3, Exact: 4, Near: 1}); c.Stats() != want {
		t.Errorf("counts are %+v, want %+v", c.Stats(), want)
	}
	if c.Of(100) != 100 || c.Exact(100) {
		t.Error("an item that was never added is not alone")
	}
}

func TestOneTextAMillionTimesIsOneCluster(t *testing.T) {
	t.Parallel()
	d, err := dedup.New(t.TempDir(), dedup.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const text = "Ваш код подтверждения: никому его не говорите, даже сотрудникам банка"
	for i := range uint32(1_000_000) {
		if err := d.Add(i, text); err != nil {
			t.Fatal(err)
		}
	}
	c, err := d.Clusters(t.Context(), func(uint32) (string, error) { return "", errors.New("read") })
	if err != nil {
		t.Fatal(err)
	}
	if want := (dedup.Stats{Clusters: 1, Exact: 999_999}); c.Stats() != want || c.Of(999_999) != 0 {
		t.Errorf("%+v", c.Stats())
	}
}

func TestTextsOfATemplateAreReadInLinearTime(t *testing.T) {
	t.Parallel()
	const n = 20000
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("Уважаемый клиент, ваш заказ передан в службу доставки и прибудет завтра до восьми часов вечера, номер %05d", i)
	}
	c, r := clusters(t, texts, dedup.Options{})
	if c.Stats().Clusters != 1 || c.Stats().Near != n-1 {
		t.Errorf("%+v", c.Stats())
	}
	if r.reads > 4*n {
		t.Errorf("%d texts were read %d times", n, r.reads)
	}
}

func TestVeryLongAndEmptyTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	book := noise(r, 200_000)
	texts := []string{"", book, "?", edited(r, book, 20), " ", noise(r, 200_000), "...", "?", strings.Repeat("ха", 30), strings.Repeat("ха", 300)}
	c, _ := clusters(t, texts, dedup.Options{})
	for i, want := range []uint32{0, 1, 2, 1, 0, 5, 6, 2, 8, 9} {
		if c.Of(uint32(i)) != want {
			t.Errorf("text %d is of %d, want %d", i, c.Of(uint32(i)), want)
		}
	}
}

func TestTextsBelowAloneAreNobodysDuplicates(t *testing.T) {
	t.Parallel()
	long := "это повторяется слово в слово и потому одно и то же"
	c, _ := clusters(t, []string{"ок", "ок", long, long}, dedup.Options{Alone: 20})
	if c.Of(1) != 1 || c.Of(3) != 2 {
		t.Errorf("the short one is of %d, the long one of %d", c.Of(1), c.Of(3))
	}
}

func TestWithoutClassesOnlyEqualTextsAreDuplicates(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("слово за слово ", 10) + "и ещё"
	c, r := clusters(t, []string{long, long + " раз", strings.ToUpper(long)}, dedup.Options{Classes: []dedup.Class{}})
	if c.Of(1) != 1 || c.Of(2) != 0 || r.reads > 0 {
		t.Errorf("clusters %d %d after %d readings", c.Of(1), c.Of(2), r.reads)
	}
}

func TestSketchesDecideWithoutTexts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	var texts []string
	for range 500 {
		text := sentence(r, 60)
		texts = append(texts, text, edited(r, text, 1))
	}
	d := filled(t, texts, dedup.Options{})
	c, err := d.Clusters(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := c.Stats(); s.Near < 480 || s.Near > 505 {
		t.Errorf("%+v, want about 500 near-duplicates", s)
	}
}

func TestOptionsThatFindNothingAreRefused(t *testing.T) {
	t.Parallel()
	for name, classes := range map[string][]dedup.Class{
		"threshold":     {{From: 10, Shingle: 3, Threshold: 1}},
		"low threshold": {{From: 10, Shingle: 3, Threshold: 0.1}},
		"order":         {{From: 10, Shingle: 3, Threshold: 0.8}, {From: 10, Shingle: 3, Threshold: 0.8}},
		"shingle":       {{From: 10, Shingle: 0, Threshold: 0.8}},
		"short texts":   {{From: 2, Shingle: 3, Threshold: 0.8}},
	} {
		if _, err := dedup.New(t.TempDir(), dedup.Options{Classes: classes}); !errors.Is(err, dedup.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	texts := corpus(1, 500)
	lost := errors.New("lost")
	_, err := filled(t, texts, dedup.Options{}).Clusters(t.Context(), func(uint32) (string, error) { return "", lost })
	if !errors.Is(err, lost) {
		t.Errorf("a text that cannot be read: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := filled(t, texts, dedup.Options{})
	if _, err := d.Clusters(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := d.Add(1000, "поздно"); !errors.Is(err, dedup.ErrSealed) {
		t.Errorf("a text after the grouping: %v", err)
	}
	if _, err := d.Clusters(t.Context(), nil); !errors.Is(err, dedup.ErrSealed) {
		t.Errorf("grouped twice: %v", err)
	}
	if _, err := dedup.New(t.TempDir()+"/none", dedup.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, group := range []bool{false, true} {
		d, err := dedup.New(dir, dedup.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range corpus(1, 5000) {
			if err := d.Add(uint32(i), text); err != nil {
				t.Fatal(err)
			}
		}
		if group {
			if _, err := d.Clusters(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	}
}
