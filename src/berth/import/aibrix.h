#pragma once
// AIBrix's GPU optimizer: a profile of each GPU (gen_profile.py), and the requests that were seen.

#include <span>

#include "berth/core/result.h"
#include "berth/import/named_text.h"
#include "berth/import/profiled_serving.h"

namespace berth {

/// Classes are the sizes of the profiles, "in512/out64" in tokens; a request counts as the nearest
/// of them on a logarithmic scale, as in AIBrix. `profiles`: a profile or a list of them a file.
/// Errors, all at once with "name:line: /pointer": kMissing (no file, a key), kUnsupported (another
/// format: which one), kSyntax, kWrongType, kOutOfRange, kDuplicate (a GPU), kInconsistent
/// (profiles of different sizes), those of read_aibrix_load and of to_problem.
[[nodiscard]] Result<ImportedProblem> import_aibrix(std::span<const NamedText> profiles,
                                                    std::span<const NamedText> loads);

}  // namespace berth
