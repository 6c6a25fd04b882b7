package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/tokenward/tokenward/internal/secret"
)

// Plain is a value as a document holds it: texts, whole numbers, lists and tables.
// Durations and days are texts. A secret is its placeholder.
func Plain(v any) any { return plainValue(reflect.ValueOf(v), keyNames, secretHidden) }

// Encoded is Plain for a property list: the names in sections are capital, and a
// secret stands in the clear. It is for what a profile is made of, and for nothing
// that is shown.
func Encoded(v any) any {
	return plainValue(reflect.ValueOf(v), capitalNames, func(t secret.Text) string { return t.Open() })
}

func keyNames(f reflect.StructField) string     { return keyName(f) }
func capitalNames(f reflect.StructField) string { return capital(keyName(f)) }
func secretHidden(t secret.Text) string {
	if t.Empty() {
		return ""
	}
	return t.String()
}

func plainValue(v reflect.Value, name func(reflect.StructField) string, open func(secret.Text) string) any {
	switch x := v.Interface().(type) {
	case time.Duration:
		return Short(x)
	case time.Time:
		return x.Format(time.DateOnly)
	case secret.Text:
		return open(x)
	}
	switch v.Kind() {
	case reflect.Slice:
		items := make([]any, 0, v.Len())
		for i := range v.Len() {
			items = append(items, plainValue(v.Index(i), name, open))
		}
		return items
	case reflect.Map:
		table := map[string]any{}
		for k, e := range v.Seq2() {
			table[fmt.Sprint(k)] = fmt.Sprint(e)
		}
		return table
	case reflect.Struct:
		record := map[string]any{}
		for i := range v.NumField() {
			if v.Field(i).Kind() != reflect.String || v.Field(i).Len() > 0 {
				record[name(v.Type().Field(i))] = plainValue(v.Field(i), name, open)
			}
		}
		return record
	case reflect.Int:
		return int(v.Int())
	default:
		return fmt.Sprint(v)
	}
}

// Short writes a duration as a person does: 15m, and not 15m0s.
func Short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
