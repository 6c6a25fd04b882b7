package sqlite

import (
	"encoding/base64"
	"encoding/json"

	"github.com/tokenward/tokenward/server/store"
)

// A cursor is the place of the last row of a page, so that the next page starts
// there in the index, however deep, and a row that comes in between moves none.

// listPlace is a place in a list of devices.
type listPlace struct {
	Sort    store.Sort `json:"s"`
	Verdict int        `json:"v,omitempty"`
	Name    string     `json:"n,omitempty"`
	ID      string     `json:"i"`
}

// pastPlace is a place in the history of a device.
type pastPlace struct {
	Epoch int64 `json:"e"`
	Seq   int64 `json:"q"`
	Key   int64 `json:"k"`
}

func encodeCursor(place any) string {
	text, err := json.Marshal(place)
	if err != nil {
		panic(err) // both kinds of place are made of numbers and strings
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func decodeCursor(cursor string, place any) error {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(text, place) != nil {
		return store.ErrCursor
	}
	return nil
}

func listPlaceOf(q store.Query) (listPlace, error) {
	var place listPlace
	if err := decodeCursor(q.Cursor, &place); err != nil {
		return listPlace{}, err
	}
	if place.Sort != q.Sort || place.ID == "" {
		return listPlace{}, store.ErrCursor
	}
	return place, nil
}

func pastPlaceOf(cursor string) (pastPlace, error) {
	var place pastPlace
	if err := decodeCursor(cursor, &place); err != nil {
		return pastPlace{}, err
	}
	if place.Epoch < 1 || place.Seq < 1 || place.Key < 1 {
		return pastPlace{}, store.ErrCursor
	}
	return place, nil
}
