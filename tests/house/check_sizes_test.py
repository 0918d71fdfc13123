#!/usr/bin/env python3
"""scripts/check-sizes: counts what is a function, and nothing else."""
import unittest

from checked_tree import CheckedTree


def lines(count, text="  step();\n"):
    return text * count


class CheckSizes(CheckedTree):
    check = "check-sizes"

    def test_a_function_of_60_lines_is_fine(self):
        self.write("src/a.cpp", "void plan() {\n" + lines(58) + "}\n")
        self.assert_fine()

    def test_a_function_of_61_lines_is_not(self):
        self.write("src/a.cpp", "namespace berth {\n\nint Plan::price(int x) const {\n" + lines(59) + "}\n}\n")
        self.assert_finds("src/a.cpp:3: Plan::price has 61 lines (at most 60)")

    def test_arguments_over_several_lines_count(self):
        self.write("src/a.cpp", "void plan(int a,\n          int b) {\n" + lines(58) + "}\n")
        self.assert_finds("src/a.cpp:1: plan has 61 lines (at most 60)")

    def test_a_long_namespace_or_class_or_table_is_no_function(self):
        self.write("src/a.cpp", "namespace berth {\n" + lines(70, "void f();\n") + "}\n"
                   "class Plan {\n" + lines(70, "  void f() { g(); }\n") + "};\n"
                   "const std::array<int (*)(), 70> kTable = {\n" + lines(70, "    f,\n") + "};\n")
        self.assert_fine()

    def test_braces_in_text_and_comments_do_not_count(self):
        self.write("src/a.cpp", 'void f() {\n  say("}");  // }\n  say(R"x(}})x");\n  put(\'}\');\n' + lines(57) + "}\n")
        self.assert_finds("src/a.cpp:1: f has 62 lines (at most 60)")

    def test_a_constructor_with_braced_members(self):
        self.write("src/a.cpp", "Plan::Plan(int x) : x_{x}, y_{f(x)} {\n" + lines(59) + "}\n")
        self.assert_finds("src/a.cpp:1: Plan::Plan has 61 lines (at most 60)")

    def test_a_file_of_more_than_400_lines(self):
        self.write("src/a.h", lines(400, "void f();\n"))
        self.write("scripts/setup", lines(401, "true\n"))
        self.assert_finds("scripts/setup: 401 lines (at most 400)")


if __name__ == "__main__":
    unittest.main()
