#!/usr/bin/env python3
"""scripts/check-types on a tiny tree: types of one name are found, those that may share one are not."""
import unittest

from checked_tree import CheckedTree

HEADER = """#pragma once
namespace berth {

struct Window {
  double rate = 0.0;
};

}  // namespace berth
"""


class CheckTypes(CheckedTree):
    check = "check-types"

    def setUp(self):
        super().setUp()
        self.write("src/berth/replay/window.h", HEADER)

    def test_one_type_is_fine(self):
        self.write("src/berth/replay/window.cpp", '#include "berth/replay/window.h"\n')
        self.assert_fine()

    def test_two_of_one_name(self):
        self.write("src/berth/workload/window.h", HEADER.replace("struct", "class"))
        self.assert_finds("src/berth/workload/window.h:4: 'berth::Window' is a type of src/berth/replay/window.h:4 already")

    def test_a_derived_one_in_a_source(self):
        self.write("src/berth/solve/part.cpp", HEADER.replace("Window {", "Window final : public Part {"))
        self.assert_finds("src/berth/solve/part.cpp:4: 'berth::Window' is a type of src/berth/replay/window.h:4 already")

    def test_another_namespace_an_anonymous_one_and_a_part_of_a_type(self):
        self.write("src/berth/solve/other.h", HEADER.replace("berth {", "berth::solve {").replace("berth\n", "berth::solve\n"))
        self.write("src/berth/solve/hidden.cpp", HEADER.replace("berth {\n", "berth {\nnamespace {\n")
                   .replace("}  // namespace berth", "}  // namespace\n}  // namespace berth"))
        self.write("src/berth/solve/inner.h", "#pragma once\nnamespace berth {\n\nstruct Series {\n  struct Window {\n"
                   "    double rate;\n  };\n};\nstruct Series::Window {\n};\n\n}  // namespace berth\n")
        self.assert_fine()


if __name__ == "__main__":
    unittest.main()
