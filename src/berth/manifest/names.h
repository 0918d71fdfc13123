#pragma once
// Names for objects, labels and files, from whatever a plan calls things.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace berth::manifest {

/// Longest name of an object that makes pods. Controllers append to it, and a name has 63
/// characters: a Deployment's pods end in 17 more, a LeaderWorkerSet's revisions in as many,
/// KServe's Services in 20.
inline constexpr std::size_t kMaxWorkloadName = 43;
inline constexpr std::size_t kMaxLabel = 63;

/// RFC 1035 labels of at most `most` characters, parallel to `names`, all different. A name that is
/// one already stays; of others every run of strange characters becomes '-'. Where that is too
/// long, or what another name became, the end is a hash of the whole.
[[nodiscard]] std::vector<std::string> unique_labels(const std::vector<std::string>& names,
                                                     std::size_t most);

/// A valid label value, at most 63 characters; equal where it can be.
[[nodiscard]] std::string label_value(std::string_view text);

/// a-z, 0-9 and '-', begins with a letter, ends with a letter or digit, at most 63.
[[nodiscard]] bool is_label(std::string_view text);

}  // namespace berth::manifest
