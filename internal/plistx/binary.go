package plistx

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// The marker's upper half is an object's type (CoreFoundation, CFBinaryPList.c).
const (
	kindSimple = 0x0 // null, false, true
	kindInt    = 0x1
	kindReal   = 0x2
	kindDate   = 0x3
	kindData   = 0x4
	kindASCII  = 0x5
	kindUTF16  = 0x6
	kindUID    = 0x8
	kindArray  = 0xa
	kindSet    = 0xc
	kindDict   = 0xd
)

const (
	headerSize  = 8 // "bplist00"
	trailerSize = 32
)

// binaryDoc is a document whose trailer has been checked.
type binaryDoc struct {
	data             []byte
	offSize, refSize uint64
	count, root      uint64
	table            uint64 // offset of the offset table; objects lie before it
	budget           *budget
}

func broken(what string) error { return fmt.Errorf("%w: %s", ErrUnsafe, what) }

// checkBinary walks every object that can be reached from the root, shared ones
// once for every reference, since that is how the decoder will build them.
func checkBinary(data []byte) error {
	d, err := readTrailer(data)
	if err != nil {
		return err
	}
	return d.walk(d.root, 1)
}

func readTrailer(data []byte) (*binaryDoc, error) {
	if len(data) < headerSize+1+trailerSize {
		return nil, broken("it is too short")
	}
	end := uint64(len(data) - trailerSize)
	t := data[end:]
	d := &binaryDoc{
		data: data, budget: newBudget(),
		offSize: uint64(t[6]), refSize: uint64(t[7]),
		count: binary.BigEndian.Uint64(t[8:]), root: binary.BigEndian.Uint64(t[16:]), table: binary.BigEndian.Uint64(t[24:]),
	}
	switch {
	case d.offSize < 1 || d.offSize > 8 || d.refSize < 1 || d.refSize > 8:
		return nil, broken("its trailer has an impossible width")
	case d.count == 0 || d.count > maxNodes || d.root >= d.count:
		return nil, broken("its trailer has an impossible count")
	case d.table < headerSize+1 || d.table > end || d.count*d.offSize > end-d.table:
		return nil, broken("its offset table lies outside the file")
	}
	return d, nil
}

func bigEndian(p []byte) (v uint64) {
	for _, c := range p {
		v = v<<8 | uint64(c)
	}
	return v
}

// object is one object's header: its kind, the low half of its marker, its
// element count, and where its body starts.
type object struct {
	kind, low byte
	count     uint64
	body      uint64
}

func (d *binaryDoc) object(index uint64) (object, error) {
	if index >= d.count {
		return object{}, broken("an object refers outside the table")
	}
	at := d.table + index*d.offSize
	offset := bigEndian(d.data[at : at+d.offSize])
	if offset < headerSize || offset >= d.table {
		return object{}, broken("an object lies outside the file")
	}
	marker := d.data[offset]
	o := object{kind: marker >> 4, low: marker & 0xf, count: uint64(marker & 0xf), body: offset + 1}
	if o.low == 0xf && o.kind >= kindData {
		return d.longCount(o)
	}
	return o, nil
}

// longCount reads a count of 15 or more, which stands in an integer of its own.
func (d *binaryDoc) longCount(o object) (object, error) {
	if o.body >= d.table || d.data[o.body]>>4 != kindInt || d.data[o.body]&0xf > 3 {
		return object{}, broken("an object has no readable count")
	}
	width := uint64(1) << (d.data[o.body] & 0xf)
	if width > d.table-o.body-1 {
		return object{}, broken("an object has no readable count")
	}
	o.count = bigEndian(d.data[o.body+1 : o.body+1+width])
	o.body += 1 + width
	return o, nil
}

func (d *binaryDoc) walk(index uint64, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: deeper than %d", ErrUnsafe, maxDepth)
	}
	o, err := d.object(index)
	if err != nil {
		return err
	}
	if o.kind == kindArray || o.kind == kindSet || o.kind == kindDict {
		return d.walkCollection(o, depth)
	}
	size, err := o.size()
	if err != nil {
		return err
	}
	if size > d.table-o.body {
		return broken("an object runs past its end")
	}
	return d.budget.node(size)
}

// size returns how many bytes the body of a plain object takes.
func (o object) size() (uint64, error) {
	switch o.kind {
	case kindSimple:
		return 0, nil
	case kindInt:
		if o.low > 4 {
			return 0, broken("an integer has an impossible width")
		}
		return 1 << o.low, nil
	case kindReal:
		// The decoder reads every real as eight bytes: a shorter one would be
		// read together with its neighbour.
		if o.low != 3 {
			return 0, broken("a real is not 64 bits wide")
		}
		return 8, nil
	case kindDate:
		return 8, nil
	case kindData, kindASCII:
		return o.count, nil
	case kindUTF16:
		if o.count > MaxSize {
			return 0, broken("a string has an impossible length")
		}
		return 2 * o.count, nil
	case kindUID:
		return uint64(o.low) + 1, nil
	}
	return 0, broken("an object has an unknown type")
}

func (d *binaryDoc) walkCollection(o object, depth int) error {
	if o.count > maxNodes {
		return broken("a collection has an impossible count")
	}
	refs := o.count
	if o.kind == kindDict {
		refs *= 2
	}
	if refs*d.refSize > d.table-o.body {
		return broken("a collection runs past its end")
	}
	if err := d.budget.node(0); err != nil {
		return err
	}
	for k := range refs {
		if err := d.walk(d.reference(o, k), depth+1); err != nil {
			return err
		}
	}
	if o.kind == kindDict {
		return d.distinct(o)
	}
	return nil
}

// reference is the index of one of the objects that a collection refers to.
func (d *binaryDoc) reference(o object, k uint64) uint64 {
	at := o.body + k*d.refSize
	return bigEndian(d.data[at : at+d.refSize])
}

// distinct compares the keys of a dictionary whose objects have been checked. They
// come first, then the values.
func (d *binaryDoc) distinct(o object) error {
	var all keys
	in := element{dict: true}
	for k := range o.count {
		key, err := d.object(d.reference(o, k))
		if err != nil {
			return err
		}
		name, err := d.text(key)
		if err != nil {
			return err
		}
		if err := all.name(&in, name); err != nil {
			return err
		}
	}
	return nil
}

// text is what a string says, as the decoder reads it: one text has two forms.
func (d *binaryDoc) text(o object) ([]byte, error) {
	switch o.kind {
	case kindASCII:
		return d.data[o.body : o.body+o.count], nil
	case kindUTF16:
		units := make([]uint16, o.count)
		for k := range units {
			units[k] = binary.BigEndian.Uint16(d.data[o.body+2*uint64(k):])
		}
		return []byte(string(utf16.Decode(units))), nil
	}
	return nil, broken("a key is no string")
}
