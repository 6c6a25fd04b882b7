package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tokenward/tokenward/health"
	"github.com/tokenward/tokenward/server/store"
)

// Summary reads the counts that the triggers keep, in one transaction so that
// they agree.
func (s *Store) Summary(ctx context.Context) (store.Summary, error) {
	sum := store.Summary{Verdicts: map[health.Verdict]int{}, Findings: []store.Count{}, Forecasts: map[string]map[health.Tri]int{}}
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return sum, fmt.Errorf("summary: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := countVerdicts(ctx, tx, &sum); err != nil {
		return sum, fmt.Errorf("summary: %w", err)
	}
	if err := countFindings(ctx, tx, &sum); err != nil {
		return sum, fmt.Errorf("summary: %w", err)
	}
	if err := countForecasts(ctx, tx, &sum); err != nil {
		return sum, fmt.Errorf("summary: %w", err)
	}
	return sum, nil
}

func countVerdicts(ctx context.Context, tx *sql.Tx, sum *store.Summary) error {
	rows, err := tx.QueryContext(ctx, `SELECT verdict, devices FROM verdict_tally`)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var place, n int
		if err := rows.Scan(&place, &n); err != nil {
			return err
		}
		sum.Verdicts[verdictAt(place)] = n
		sum.Devices += n
		return nil
	})
}

func countFindings(ctx context.Context, tx *sql.Tx, sum *store.Summary) error {
	rows, err := tx.QueryContext(ctx, `SELECT code, devices FROM finding_tally WHERE devices > 0 ORDER BY devices DESC, code`)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var c store.Count
		if err := rows.Scan(&c.Code, &c.Devices); err != nil {
			return err
		}
		sum.Findings = append(sum.Findings, c)
		return nil
	})
}

func countForecasts(ctx context.Context, tx *sql.Tx, sum *store.Summary) error {
	rows, err := tx.QueryContext(ctx, `SELECT name, answer, devices FROM forecast_tally WHERE devices > 0`)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var (
			name   string
			answer []byte
			n      int
			is     health.Tri
		)
		if err := rows.Scan(&name, &answer, &n); err != nil {
			return err
		}
		if sum.Forecasts[name] == nil {
			sum.Forecasts[name] = map[health.Tri]int{}
		}
		err := is.UnmarshalText(answer)
		sum.Forecasts[name][is] = n
		return err
	})
}

// holdRestart is what the index on it is made of, word by word.
const holdRestart = `coalesce(forecasts ->> '$.hold_restart', 'unknown')`

const deviceColumns = `id, serial, name, model, os_version, os_build, agent_version,
	verdict, findings, first_seen, last_seen, observed_at, ` + holdRestart

// List reads one device more than the page holds, to know whether there is a
// next page.
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	where, args, err := conditions(q)
	if err != nil {
		return store.Page{}, err
	}
	order := "id"
	if q.Sort == store.WorstFirst {
		order = "verdict, name, id"
	}
	//nolint:gosec // where and order are made of constants; values are arguments
	text := "SELECT " + deviceColumns + " FROM device WHERE " + where + " ORDER BY " + order + " LIMIT ?"
	rows, err := s.read.QueryContext(ctx, text, append(args, q.Limit+1)...)
	if err != nil {
		return store.Page{}, fmt.Errorf("list devices: %w", err)
	}
	devices := []store.Device{}
	err = each(rows, func() error {
		d, err := scanDevice(rows)
		devices = append(devices, d)
		return err
	})
	if err != nil {
		return store.Page{}, fmt.Errorf("list devices: %w", err)
	}
	return pageOf(devices, q), nil
}

func pageOf(devices []store.Device, q store.Query) store.Page {
	if len(devices) <= q.Limit {
		return store.Page{Devices: devices}
	}
	devices = devices[:q.Limit]
	last := devices[q.Limit-1]
	place := listPlace{Sort: q.Sort, ID: last.ID}
	if q.Sort == store.WorstFirst {
		place.Verdict, place.Name = worstFirst(last.Verdict), last.Name
	}
	return store.Page{Devices: devices, Next: encodeCursor(place)}
}

// conditions turns a query into a WHERE clause and its arguments.
func conditions(q store.Query) (string, []any, error) {
	all, args := []string{"true"}, []any{}
	add := func(condition string, values ...any) {
		all, args = append(all, condition), append(args, values...)
	}
	if q.Verdict != nil {
		add("verdict = ?", worstFirst(*q.Verdict))
	}
	if q.Finding != "" {
		add("key IN (SELECT device FROM finding WHERE code = ?)", q.Finding)
	}
	if q.Hold != nil {
		add(holdRestart+" = ?", q.Hold.String())
	}
	if q.Text != "" {
		condition, values := search(q.Text)
		add(condition, values...)
	}
	if q.Cursor != "" {
		place, err := listPlaceOf(q)
		if err != nil {
			return "", nil, err
		}
		if q.Sort == store.WorstFirst {
			add("(verdict, name, id) > (?, ?, ?)", place.Verdict, place.Name, place.ID)
		} else {
			add("id > ?", place.ID)
		}
	}
	return strings.Join(all, " AND "), args, nil
}

// search uses the index of trigrams, which cannot find fewer than three
// characters; those few are looked for in every row.
func search(text string) (string, []any) {
	if utf8.RuneCountInString(text) >= 3 {
		phrase := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		return "key IN (SELECT rowid FROM device_text WHERE device_text MATCH ?)", []any{phrase}
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	return `(name LIKE ? ESCAPE '\' OR serial LIKE ? ESCAPE '\' OR id LIKE ? ESCAPE '\')`, []any{like, like, like}
}

type scanner interface{ Scan(dest ...any) error }

// scanDevice reads deviceColumns, and more columns of a longer row into more.
func scanDevice(row scanner, more ...any) (store.Device, error) {
	var (
		d           store.Device
		verdict     int
		findings    []byte
		first, last int64
		observed    sql.NullInt64
		hold        []byte
	)
	err := row.Scan(append([]any{
		&d.ID, &d.Serial, &d.Name, &d.Model, &d.OSVersion, &d.OSBuild, &d.AgentVersion,
		&verdict, &findings, &first, &last, &observed, &hold,
	}, more...)...)
	if err != nil {
		return d, err
	}
	d.Verdict, d.FirstSeen, d.LastSeen = verdictAt(verdict), timeAt(first), timeAt(last)
	if observed.Valid {
		d.ObservedAt = timeAt(observed.Int64)
	}
	if err := d.HoldRestart.UnmarshalText(hold); err != nil {
		return d, err
	}
	return d, json.Unmarshal(findings, &d.Findings)
}

// each calls visit for every row and closes them.
func each(rows *sql.Rows, visit func() error) error {
	defer func() { _ = rows.Close() }() // what went wrong, rows.Err says
	for rows.Next() {
		if err := visit(); err != nil {
			return err
		}
	}
	return rows.Err()
}
