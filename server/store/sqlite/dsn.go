package sqlite

import (
	"database/sql"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// connect opens a pool of n connections. Every setting stands in the data
// source name, since a PRAGMA that is sent later reaches one connection only.
func connect(path string, n int, options url.Values) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// writerOptions make a commit durable before it returns: in WAL mode,
// synchronous FULL syncs the log at every commit. The size of a page is fixed
// once there is a log, so it is a _pragma, which the driver applies before
// _journal_mode.
func writerOptions() url.Values {
	return url.Values{
		"_busy_timeout": {"5000"},
		"_pragma":       {"page_size(8192)"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"1"},
		"_txlock":       {"immediate"},
		"_dqs":          {"0"},
	}
}

func readerOptions() url.Values {
	return url.Values{
		"_busy_timeout": {"5000"},
		"_foreign_keys": {"1"},
		"_query_only":   {"1"},
		"_dqs":          {"0"},
	}
}
