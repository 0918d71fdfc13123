#pragma once
// Reads the keys of one catalog entry into a value that may already hold an earlier file's facts: a
// key that is absent changes nothing. Private to this room.

#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/draft.h"

namespace berth::catalog_draft {

class EntryReader {
 public:
  EntryReader(const ValueReader& value, const FileContext& file, Places& places);

  /// number * scale, so that a file may use the unit people know ("peak_tflops").
  void number(std::string_view key, Range range, double& target, double scale = 1.0);
  void integer(std::string_view key, Range range, int& target);
  void text(std::string_view key, std::string& target);
  void size(std::string_view key, Range range, double& target);
  void duration(std::string_view key, double& target);  ///< seconds, not negative
  void boolean(std::string_view key, bool& target);
  void aliases(std::vector<std::string>& target);  ///< adds those that are new

  /// `source`-like key; when it is absent: the file's own source for a new entry (an error without
  /// one), a mark "changed in FILE" for an entry whose facts this file changed.
  void source(std::string_view key, bool is_new, Source& target);
  bool optional_source(std::string_view key, Source& target);  ///< whether it was there

  /// Records kMissing at the entry for each key no file has written.
  void require(const std::vector<std::string_view>& keys, std::string_view what);

  /// For keys with a shape of their own: present, and noted as written.
  [[nodiscard]] std::optional<ValueReader> find(std::string_view key);

  [[nodiscard]] MapReader& map() { return map_; }
  [[nodiscard]] bool changed_facts() const { return changed_facts_; }
  [[nodiscard]] const FileContext& file() const { return *file_; }
  void finish() const { map_.reject_unknown_keys(); }

 private:
  MapReader map_;
  const FileContext* file_;
  Places* places_;
  bool changed_facts_ = false;
};

}  // namespace berth::catalog_draft
