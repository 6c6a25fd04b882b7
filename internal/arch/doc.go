// Package arch holds no program: its tests keep the shape of the others.
//
// They check who may import whom, which packages may use which module or risky
// part of the standard library, what is linked into the programs that are
// shipped, and the house rules that a syntax tree can show. The tables are in
// imports_test.go (our packages), modules_test.go (other people's) and
// rules_test.go (the rules and their exceptions); what is absent from a table
// is forbidden. A change of the shape is a change of a table, in the same
// commit as the code that needs it.
package arch
