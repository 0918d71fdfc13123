#pragma once
// Manifests as text: what a target renders, and its way into a directory.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"

namespace berth {

/// Relative path ("deployments/chat.yaml") -> whole content, ending with a newline. Sorted, so that
/// the same objects are the same bytes.
using ManifestTree = std::map<std::string, std::string>;

/// What a plan was rendered as. `warnings` are complete sentences that name the key to set.
struct Manifests {
  ManifestTree files;
  std::vector<std::string> warnings;
};

/// The file that lists what Berth wrote into a directory, one path a line.
inline constexpr std::string_view kWrittenList = ".berth-files";

/// What write_tree did. Unchanged files are not touched.
struct WrittenTree {
  int written = 0;  ///< new or changed
  int unchanged = 0;
  int removed = 0;  ///< of an earlier call, not in this tree
};

/// Makes `directory` hold exactly `tree` beside what is not Berth's. Every file is built in a
/// hidden folder of the directory and renamed into place: those that others refer to come first,
/// kustomization.yaml next, and only then goes what is no longer written. So a reader never sees
/// half a file or a reference to a file that is not there, and a call that was interrupted is
/// completed by the next. Errors (nothing is changed): kInconsistent for a path that holds a file
/// with other content that is not in kWrittenList; kOutOfRange for a path that leaves the
/// directory; kUnwritable.
[[nodiscard]] Result<WrittenTree> write_tree(const ManifestTree& tree,
                                             const std::filesystem::path& directory);

/// What write_tree wrote into a directory last; empty where it never did.
[[nodiscard]] std::vector<std::string> written_files(const std::filesystem::path& directory);

/// All objects of a tree as one multi-document YAML: its .yaml files but kustomization.yaml.
[[nodiscard]] std::string document_stream(const ManifestTree& tree);

}  // namespace berth
