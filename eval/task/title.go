package task

// Title is that of a measure in the languages of reports.
func Title(ru, en string) map[string]string { return map[string]string{"ru": ru, "en": en} }

// YesNo is a measure of what an item is or is not: the mean is a share.
func YesNo(name string, better int, ru, en string) Measure {
	return Measure{Name: name, Title: Title(ru, en), High: 1, Better: better, Binary: true, Per: PerItem}
}
