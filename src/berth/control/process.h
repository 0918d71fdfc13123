#pragma once
// Another program, run without a shell.

#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"

namespace berth {

struct ProcessResult {
  int status = 0;  ///< exit status; 128 + signal where one ended it
  std::string out;
  std::string err;
};

/// Runs `words[0]`, found on the PATH, with the rest as its arguments; nothing is read from
/// standard input. Errors: kNotFound (no such program), kLimitReached (not done in time; it is
/// ended), kInternal (no pipe, no process).
[[nodiscard]] Result<ProcessResult> run_process(const std::vector<std::string>& words,
                                                Seconds timeout);

/// Whether run_process would find that program. Errors: kNotFound.
[[nodiscard]] Status find_program(const std::string& name);

}  // namespace berth
