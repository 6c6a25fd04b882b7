//go:build !darwin

package chaos

import (
	"bytes"
	"regexp"
	"runtime"
)

// leaked tells of the goroutines of this world that are still there, besides the one
// that asks and the two that the bubble itself consists of. The runtime names the
// bubble of each.
func leaked() (broken []string) {
	bubble := regexp.MustCompile(`synctest bubble \d+`)
	mine := bubble.Find(stacks(false))
	for i, stack := range bytes.Split(stacks(true), []byte("\n\n")) {
		head, _, _ := bytes.Cut(stack, []byte("\n"))
		ours := mine != nil && string(bubble.Find(head)) == string(mine)
		if i > 0 && ours && !bytes.Contains(head, []byte("[synctest.Run")) && !bytes.Contains(stack, []byte("testingSynctestTest")) {
			broken = append(broken, "a goroutine is left: "+string(stack))
		}
	}
	return broken
}

// stacks are those of all goroutines or of this one, which is always the first.
func stacks(all bool) []byte {
	for size := 64 << 10; ; size *= 2 {
		buffer := make([]byte, size)
		if n := runtime.Stack(buffer, all); n < size {
			return buffer[:n]
		}
	}
}
