// The suites of this room are in the folders beside this file, by the parts they test.
