// Package sqlite keeps the fleet in one SQLite file, for a server that needs no
// database beside it.
//
// There is one writer, which commits what has gathered while the last commit
// was being made durable, and several readers, which never wait for it. It must
// not decide what a report means: the package store says what is promised, and
// storetest tests it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/tokenward/tokenward/internal/rootfile"
	"github.com/tokenward/tokenward/server/store"
)

// FileName is the name of the database in its folder. SQLite puts two more
// files beside it, of the same name with "-wal" and "-shm" added.
const FileName = "tokenward.db"

const readers = 4

var _ store.Store = (*Store)(nil)

// Store is a store.Store in a file. Close it when it is no longer needed.
type Store struct {
	write *sql.DB // one connection
	read  *sql.DB
	room  store.Room

	st      *statements
	packer  *zstd.Encoder
	unpack  *zstd.Decoder
	jobs    chan *job
	closing chan struct{}
	done    chan struct{}
}

// Open opens the database in a folder, and makes either where it is missing. It
// refuses what others may enter or could have put there, and a database of a
// later version. What waits for a person has store.DefaultRoom.
func Open(ctx context.Context, dir string) (*Store, error) {
	return OpenWith(ctx, dir, store.DefaultRoom())
}

// OpenWith is Open with other bounds of what waits for a person.
func OpenWith(ctx context.Context, dir string, room store.Room) (*Store, error) {
	hookSystemCalls()
	path, err := prepare(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{room: room, jobs: make(chan *job), closing: make(chan struct{}), done: make(chan struct{})}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.closeDatabases())
	}
	go s.writeUntilClosed()
	return s, nil
}

// Close stops the writer after what it has begun, and closes the file. A call
// of Ingest that comes too late returns store.ErrClosed. It is called once.
func (s *Store) Close() error {
	close(s.closing)
	<-s.done
	return s.closeDatabases()
}

// Ping reads from the database.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT 1 FROM verdict_tally LIMIT 1").Scan(&one); err != nil {
		return fmt.Errorf("ping store: %w", err)
	}
	return nil
}

func (s *Store) open(ctx context.Context, path string) error {
	var err error
	if s.packer, s.unpack, err = codecs(); err != nil {
		return err
	}
	if s.write, err = connect(path, 1, writerOptions()); err != nil {
		return err
	}
	if err = migrate(ctx, s.write); err != nil {
		return err
	}
	if s.st, err = prepareStatements(ctx, s.write); err != nil {
		return err
	}
	s.read, err = connect(path, readers, readerOptions())
	return err
}

// closeDatabases closes the readers first, so that the last connection, the
// writer's, folds the log back into the file.
func (s *Store) closeDatabases() error {
	var all []error
	if s.read != nil {
		all = append(all, s.read.Close())
	}
	if s.st != nil {
		all = append(all, s.st.close())
	}
	if s.write != nil {
		all = append(all, s.write.Close())
	}
	if s.unpack != nil {
		s.unpack.Close()
	}
	return errors.Join(all...)
}

// prepare makes the folder and the empty file, closed to others, before SQLite
// would make it with the permissions of the umask. The log and the index beside
// it take theirs from the file.
func prepare(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("folder %s is open to others (mode %04o); it must be 0700", dir, mode)
	}
	if !rootfile.Trusted(info) {
		return "", fmt.Errorf("folder %s: %w: it belongs to another user", dir, rootfile.ErrUntrusted)
	}
	path, err := filepath.Abs(filepath.Join(dir, FileName))
	if err != nil {
		return "", err
	}
	f, err := openOwn(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(f.Chmod(0o600), f.Close())
}

// openOwn opens the database or makes it. What is there is looked at first: to
// open a pipe would hang, and a link leads elsewhere. Nobody else can change it
// in between, for nobody else may enter the folder.
func openOwn(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || !rootfile.Trusted(info):
		return nil, fmt.Errorf("%s: %w: it belongs to another user or is no file", path, rootfile.ErrUntrusted)
	}
	return os.OpenFile(path, os.O_RDWR, 0)
}
