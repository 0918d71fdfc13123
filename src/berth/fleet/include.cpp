// `include:` files are read before the file that names them, each once; circles are reported.

#include <algorithm>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "berth/fleet/draft.h"

namespace berth::fleet_draft {
namespace {

namespace fs = std::filesystem;

class Includes {
 public:
  Includes(FleetDraft& draft, Errors& errors) : draft_(draft), errors_(errors) {}

  void read(const Document& document, const fs::path& directory, const fs::path& path) {
    chain_.push_back({identity(path), document.name});
    for (const Located<std::string>& file : files_of(document)) {
      follow({(directory / file.value).lexically_normal().string(), file.where});
    }
    chain_.pop_back();
    FileReader reader{draft_, errors_, directory};
    read_file(document, reader);
  }

 private:
  struct Link {
    std::string identity;
    std::string shown;
  };

  static std::string identity(const fs::path& path) {
    std::error_code failed;
    const fs::path canonical = fs::weakly_canonical(path, failed);
    return failed ? path.string() : canonical.string();
  }

  std::vector<Located<std::string>> files_of(const Document& document) {
    std::vector<Located<std::string>> files;
    if (document.root.kind != Node::Kind::kMap) return files;  // read_file reports it
    MapReader root(document, errors_);
    for (const ValueReader& item : root.list("include")) {
      if (const auto file = item.string()) files.push_back({*file, item.where()});
    }
    return files;
  }

  void follow(const Located<std::string>& file) {
    const std::string id = identity(file.value);
    const auto circle = std::find_if(chain_.begin(), chain_.end(),
                                     [&](const Link& link) { return link.identity == id; });
    if (circle != chain_.end()) {
      std::string path;
      for (auto link = circle; link != chain_.end(); ++link) path += link->shown + " -> ";
      errors_.push_back({ErrorCode::kInconsistent,
                         fmt::format("the files include each other: {}{}", path, circle->shown),
                         file.where, "remove one of the includes"});
      return;
    }
    if (!read_.insert(id).second) return;
    const Result<Document> document = read_document(file.value);
    if (!document) {
      const Errors errors = named_at(document.errors(), file);
      errors_.insert(errors_.end(), errors.begin(), errors.end());
      return;
    }
    read(*document, fs::path(file.value).parent_path(), file.value);
  }

  FleetDraft& draft_;
  Errors& errors_;
  std::vector<Link> chain_;
  std::set<std::string> read_;
};

}  // namespace

void read_files(const Document& document, const fs::path& directory, const fs::path& path,
                FleetDraft& draft, Errors& errors) {
  Includes(draft, errors).read(document, directory, path);
}

Errors named_at(Errors errors, const Located<std::string>& file) {
  for (Error& error : errors) {
    if (error.where != file.value && !error.where.empty()) continue;
    error.where = file.where;
    error.message = fmt::format("'{}': {}", file.value, error.message);
  }
  return errors;
}

}  // namespace berth::fleet_draft
