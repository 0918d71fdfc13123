#pragma once
// Typed reading of a Document that never stops at the first error. Every `read_*`/`optional_*`
// records what is wrong (file:line: /json/pointer: what was expected; suggestion) and returns a
// harmless value, so the caller goes on; at the end `errors()` holds them all.
//
//   MapReader fleet(document, errors);
//   const double budget = fleet.number("budget", {.min = 0}, kNoBudget);
//   for (const ItemReader& item : fleet.list("classes")) { MapReader c = item.map(); ... }
//   fleet.reject_unknown_keys();

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/error.h"
#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/document/node.h"

namespace berth {

/// Inclusive range of accepted values. NaN and infinity are never accepted.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool exclusive_min = false;  ///< then min itself is rejected ("must be greater than 0")
  bool exclusive_max = false;  ///< then max itself is rejected ("must be less than 1")
};
inline constexpr Range kAnyNumber{};
inline constexpr Range kNotNegative{.min = 0.0};
inline constexpr Range kPositive{.min = 0.0, .exclusive_min = true};
inline constexpr Range kShareRange{.min = 0.0, .max = 1.0};
/// A percentile: neither 0 nor 1.
inline constexpr Range kOpenShareRange{
    .min = 0.0, .max = 1.0, .exclusive_min = true, .exclusive_max = true};

class MapReader;

/// One value with its position. Cheap to copy; refers to the Document and the error list.
class ValueReader {
 public:
  ValueReader(const Document& document, const Node& node, std::string pointer, Errors& errors)
      : document_(&document), node_(&node), pointer_(std::move(pointer)), errors_(&errors) {}

  [[nodiscard]] const Node& node() const { return *node_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  [[nodiscard]] std::string where() const;  ///< "fleet.yaml:12: /classes/2/slo/ttft"
  [[nodiscard]] bool is_map() const { return node_->kind == Node::Kind::kMap; }
  [[nodiscard]] bool is_list() const { return node_->kind == Node::Kind::kList; }
  [[nodiscard]] bool is_null() const { return node_->kind == Node::Kind::kNull; }

  // Each records an error and returns nullopt when the value is not of that kind or out of range.
  [[nodiscard]] std::optional<double> number(Range range = kAnyNumber) const;
  [[nodiscard]] std::optional<long long> integer(Range range = kAnyNumber) const;
  [[nodiscard]] std::optional<std::string> string() const;  ///< not empty
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<Seconds> duration(Range range = kPositive) const;
  [[nodiscard]] std::optional<double> size(Range range = kPositive) const;  ///< bytes
  [[nodiscard]] std::optional<double> rate(Range range = kPositive) const;  ///< per second
  [[nodiscard]] std::vector<ValueReader> list() const;  ///< empty + error if not a list
  [[nodiscard]] MapReader map() const;                  ///< an empty map + error if not a map

  /// Records an error at this value.
  void fail(ErrorCode code, std::string message, std::string suggestion = {}) const;

 private:
  friend class MapReader;

  void fail_type(std::string_view expected, std::string suggestion = {}) const;
  [[nodiscard]] bool within(double value, const Range& range) const;
  [[nodiscard]] std::optional<double> quantity(Result<double> (*parse)(std::string_view),
                                               std::string_view expected, const Range& range) const;

  const Document* document_;
  const Node* node_;
  std::string pointer_;
  Errors* errors_;
};

/// A map whose keys are read by name; remembers which were asked for.
class MapReader {
 public:
  MapReader(const Document& document, Errors& errors);  ///< the root; error if it is not a map
  explicit MapReader(const ValueReader& value);

  [[nodiscard]] bool has(std::string_view key) const;  ///< present, perhaps null
  /// Present and not null.
  [[nodiscard]] std::optional<ValueReader> find(std::string_view key);
  /// Records kMissing when absent.
  [[nodiscard]] std::optional<ValueReader> require(std::string_view key);

  // With a fallback the key is optional; without, it is required and a harmless value is returned
  // together with the recorded error.
  [[nodiscard]] double number(std::string_view key, Range range,
                              std::optional<double> fallback = {});
  [[nodiscard]] long long integer(std::string_view key, Range range,
                                  std::optional<long long> fallback = {});
  [[nodiscard]] std::string string(std::string_view key, std::optional<std::string> fallback = {});
  [[nodiscard]] bool boolean(std::string_view key, std::optional<bool> fallback = {});
  [[nodiscard]] std::optional<Seconds> optional_duration(std::string_view key,
                                                         Range range = kPositive);
  [[nodiscard]] std::optional<double> optional_number(std::string_view key,
                                                      Range range = kAnyNumber);
  [[nodiscard]] std::optional<std::string> optional_string(std::string_view key);
  [[nodiscard]] std::vector<ValueReader> list(std::string_view key);  ///< empty if absent
  [[nodiscard]] std::vector<std::string> strings(std::string_view key);
  /// Checks "format: <expected>"; kMissing / kUnsupported otherwise.
  void expect_format(std::string_view expected);

  /// All entries in file order (marks them as read): for maps with free keys such as quality
  /// scores.
  [[nodiscard]] std::vector<std::pair<std::string, ValueReader>> entries();

  /// Records kUnknownKey with a suggestion for every key that nobody asked for.
  void reject_unknown_keys() const;

  /// Every key that was asked for so far, in that order.
  [[nodiscard]] std::span<const std::string> known_keys() const { return known_; }

  [[nodiscard]] const ValueReader& self() const { return self_; }
  void fail(ErrorCode code, std::string message, std::string suggestion = {}) const;

 private:
  [[nodiscard]] const Node* look_up(std::string_view key);  ///< null if absent; remembers the key

  ValueReader self_;
  std::vector<std::string> known_;
};

}  // namespace berth
