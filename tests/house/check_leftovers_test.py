#!/usr/bin/env python3
"""scripts/check-leftovers: finds the words and the white space, and leaves inputs of tests alone."""
import unittest

from checked_tree import CheckedTree

WORD = "TO" + "DO"


class CheckLeftovers(CheckedTree):
    check = "check-leftovers"

    def test_a_word_that_says_come_back_later(self):
        self.write("src/a.cpp", f"int a;\n// {WORD}: price it\n")
        self.write("docs/a.md", "This is " + "not " + "implemented" + ".\n")
        self.assert_finds(f"src/a.cpp:2: left over: {WORD}", "docs/a.md:1: left over: not " + "implemented")

    def test_white_space(self):
        self.write("src/a.cpp", "int a; \nint\tb;\nint c;")
        self.assert_finds("src/a.cpp:1: white space at the end of the line", "src/a.cpp:2: a tab",
                          "src/a.cpp: no newline at the end")

    def test_clean_files_and_inputs_of_tests_are_fine(self):
        self.write("src/a.cpp", "int mastodon;\n")
        self.write("tests/catalog/data/bad.yaml", f"{WORD}:\t \n")
        self.assert_fine()


if __name__ == "__main__":
    unittest.main()
