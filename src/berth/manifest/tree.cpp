#include "berth/manifest/tree.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "berth/core/file.h"
#include "berth/core/text.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKustomization = "kustomization.yaml";
constexpr std::string_view kStaging = ".berth-new";
constexpr std::string_view kListHeader =
    "# Files that berth export wrote here, and may replace or remove.\n";

/// Stays inside the directory, whatever the text.
bool is_inside(const std::string& path) {
  const fs::path relative(path);
  if (path.empty() || relative.is_absolute()) return false;
  return std::none_of(relative.begin(), relative.end(), [](const fs::path& part) {
    return part.empty() || part == "." || part == "..";
  });
}

Error unwritable(const fs::path& path, const std::error_code& problem) {
  return {ErrorCode::kUnwritable, "cannot write: " + problem.message(), path.string(), ""};
}

/// Ours by the list of an earlier call; none where there is no list.
std::set<std::string> read_list(const fs::path& directory) {
  std::set<std::string> ours;
  const Result<std::string> text = read_file(directory / kWrittenList);
  if (!text) return ours;
  for (const std::string& line : split(*text, '\n')) {
    if (!line.starts_with("#") && is_inside(line)) ours.insert(line);
  }
  return ours;
}

Status write_list(const fs::path& directory, const std::set<std::string>& files) {
  std::string text(kListHeader);
  for (const std::string& file : files) text += file + "\n";
  return write_file(directory / kWrittenList, text);
}

/// Files that have to be written: new or changed. Errors for what is in the way.
Result<std::vector<std::string>> changed_files(const ManifestTree& tree, const fs::path& directory,
                                               const std::set<std::string>& ours) {
  std::vector<std::string> changed;
  Errors errors;
  for (const auto& [path, content] : tree) {
    if (!is_inside(path) || path == kWrittenList) {
      errors.push_back({ErrorCode::kOutOfRange, "'" + path + "' is no path inside the directory",
                        directory.string(), ""});
      continue;
    }
    const fs::path file = directory / path;
    std::error_code problem;
    const fs::file_status status = fs::symlink_status(file, problem);
    if (!fs::exists(status)) {
      changed.push_back(path);
      continue;
    }
    const Result<std::string> old = read_file(file);
    const bool same = old && *old == content;
    if (!same && !ours.contains(path)) {
      errors.push_back({ErrorCode::kInconsistent, "is there and was not written by Berth",
                        file.string(), "move it away, or choose another directory"});
    } else if (!same) {
      changed.push_back(path);
    }
  }
  if (!errors.empty()) return errors;
  return changed;
}

Status build_aside(const ManifestTree& tree, const std::vector<std::string>& changed,
                   const fs::path& staging) {
  for (const std::string& path : changed) {
    const Status written = write_file(staging / path, tree.at(path));
    if (!written) return written;
  }
  return Ok{};
}

/// What others refer to first: kustomization.yaml last.
Status move_into_place(std::vector<std::string> changed, const fs::path& staging,
                       const fs::path& directory) {
  std::stable_partition(changed.begin(), changed.end(),
                        [](const std::string& path) { return path != kKustomization; });
  for (const std::string& path : changed) {
    std::error_code problem;
    const fs::path file = directory / path;
    fs::create_directories(file.parent_path(), problem);
    if (!problem) fs::rename(staging / path, file, problem);
    if (problem) return unwritable(file, problem);
  }
  return Ok{};
}

/// Removes a file and the folders that it leaves empty.
Status remove_file(const fs::path& directory, const std::string& path) {
  std::error_code problem;
  fs::remove(directory / path, problem);
  if (problem) return unwritable(directory / path, problem);
  for (fs::path folder = fs::path(path).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    std::error_code kept;
    if (!fs::is_empty(directory / folder, kept) || kept) break;
    fs::remove(directory / folder, problem);
    if (problem) return unwritable(directory / folder, problem);
  }
  return Ok{};
}

Result<int> remove_stale(const ManifestTree& tree, const std::set<std::string>& ours,
                         const fs::path& directory) {
  int removed = 0;
  for (const std::string& path : ours) {
    if (tree.contains(path) || !fs::exists(fs::symlink_status(directory / path))) continue;
    const Status done = remove_file(directory, path);
    if (!done) return done.errors();
    ++removed;
  }
  return removed;
}

}  // namespace

Result<WrittenTree> write_tree(const ManifestTree& tree, const fs::path& directory) {
  const std::set<std::string> ours = read_list(directory);
  const Result<std::vector<std::string>> changed = changed_files(tree, directory, ours);
  if (!changed) return changed.errors();
  std::error_code problem;
  const fs::path staging = directory / kStaging;
  fs::remove_all(staging, problem);
  fs::create_directories(staging, problem);
  if (problem) return unwritable(directory, problem);

  std::set<std::string> now;
  for (const auto& [path, content] : tree) now.insert(path);
  std::set<std::string> both = now;
  both.insert(ours.begin(), ours.end());
  Status step = build_aside(tree, *changed, staging);
  // The list first, with old and new files: a call that ends here leaves nothing that no list
  // names.
  if (step) step = write_list(directory, both);
  if (step) step = move_into_place(*changed, staging, directory);
  fs::remove_all(staging, problem);
  if (!step) return step.errors();
  if (problem) return unwritable(staging, problem);
  const Result<int> removed = remove_stale(tree, ours, directory);
  if (!removed) return removed.errors();
  step = write_list(directory, now);
  if (!step) return step.errors();
  const int written = static_cast<int>(changed->size());
  return WrittenTree{written, static_cast<int>(tree.size()) - written, *removed};
}

std::vector<std::string> written_files(const fs::path& directory) {
  const std::set<std::string> ours = read_list(directory);
  return {ours.begin(), ours.end()};
}

std::string document_stream(const ManifestTree& tree) {
  std::string out;
  for (const auto& [path, content] : tree) {
    if (!path.ends_with(".yaml") || path == kKustomization) continue;
    if (!out.empty()) out += "---\n";
    out += content;
  }
  return out;
}

}  // namespace berth
