//go:build faults

package sqlite

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tokenward/tokenward/internal/fault"
)

// This file exists under a crash test only. It lets every write, sync, truncate
// and delete of SQLite itself pass a point at which the test may kill the
// process. SQLite reaches its files through tables of functions, one for the
// database and one for the log beside it; the hooks go into each of them when
// the first file with that table is opened.

type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	writeFunc    = func(tls *libc.TLS, file, buf uintptr, n int32, offset int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

// original holds what SQLite would have called, which is the same in both
// tables. SQLite is one per process, and so is this.
var original struct {
	once  sync.Once
	files sync.Mutex

	open     openFunc
	remove   deleteFunc
	write    writeFunc
	truncate truncateFunc
	sync     syncFunc
}

// hookSystemCalls must run before the first database is opened.
func hookSystemCalls() {
	original.once.Do(func() {
		tls := libc.NewTLS()
		defer tls.Close()
		vfs := (*sqlite3.Tsqlite3_vfs)(address(sqlite3.Xsqlite3_vfs_find(tls, 0)))
		original.open, vfs.FxOpen = function[openFunc](vfs.FxOpen), pointer(openHooked)
		original.remove, vfs.FxDelete = function[deleteFunc](vfs.FxDelete), pointer(deleteHooked)
	})
}

func openHooked(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	rc := original.open(tls, vfs, name, file, flags, outFlags)
	methods := (*sqlite3.Tsqlite3_file)(address(file)).FpMethods
	if rc == sqlite3.SQLITE_OK && methods != 0 {
		hookFiles((*sqlite3.Tsqlite3_io_methods)(address(methods)))
	}
	return rc
}

// hookFiles changes a table, unless that is done.
func hookFiles(m *sqlite3.Tsqlite3_io_methods) {
	original.files.Lock()
	defer original.files.Unlock()
	if m.FxWrite == pointer(writeHooked) {
		return
	}
	original.write, m.FxWrite = function[writeFunc](m.FxWrite), pointer(writeHooked)
	original.truncate, m.FxTruncate = function[truncateFunc](m.FxTruncate), pointer(truncateHooked)
	original.sync, m.FxSync = function[syncFunc](m.FxSync), pointer(syncHooked)
}

// writeHooked writes a page in two steps, so that the test can also stop with
// half of it in the file.
func writeHooked(tls *libc.TLS, file, buf uintptr, n int32, offset int64) int32 {
	fault.Point(fault.Write)
	if half := n / 2; half >= 512 {
		if rc := original.write(tls, file, buf, half, offset); rc != sqlite3.SQLITE_OK {
			return rc
		}
		fault.Point(fault.Write)
	}
	return original.write(tls, file, buf, n, offset)
}

func truncateHooked(tls *libc.TLS, file uintptr, size int64) int32 {
	fault.Point(fault.Write)
	return original.truncate(tls, file, size)
}

func syncHooked(tls *libc.TLS, file uintptr, flags int32) int32 {
	fault.Point(fault.Sync)
	return original.sync(tls, file, flags)
}

func deleteHooked(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	fault.Point(fault.Remove)
	return original.remove(tls, vfs, name, syncDir)
}

// function and pointer turn the one word by which the translated SQLite knows a
// function into a Go function, and back. Only functions of a package go in, so
// nothing is collected.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&p)) }

func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// address turns what SQLite calls a pointer, which the garbage collector does
// not move, into one.
func address(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
