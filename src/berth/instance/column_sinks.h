#pragma once
// The columns of berth.instance/1 by name, and how a JSON value becomes an element of one. Used by
// instance_sax only.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "berth/instance/column_checks.h"
#include "berth/instance/instance.h"

namespace berth::instance_json {

/// A value as the parser reports it; of lists and maps only that they are there.
struct Value {
  enum class Kind { kNull, kBoolean, kNumber, kString, kList, kMap } kind = Kind::kNull;
  double number = 0.0;
  std::string* text = nullptr;

  [[nodiscard]] std::string_view kind_name() const {
    constexpr std::array<std::string_view, 6> kNames = {"null",     "a boolean", "a number",
                                                        "a string", "a list",    "a map"};
    return kNames[static_cast<std::size_t>(kind)];
  }
};

// Where the values of a column go, by what they mean.
struct Text {
  std::vector<std::string>* to;
};
struct Real {
  std::vector<double>* to;
  bool null_is_no_limit = false;
};
struct Money {
  std::vector<CostRate>* to;
};
struct Count {
  std::vector<std::int32_t>* to;
  bool null_is_unlimited = false;
};
template <class Id>
struct Index {
  std::vector<Id>* to;
};
struct Group {
  InstanceColumns::Options* to;
};
/// One number, not a list; null means that there is no limit.
struct OneCount {
  std::int32_t* to;
};
struct OneReal {
  double* to;
};
using Sink = std::variant<Text, Real, Money, Count, Index<PoolId>, Index<OptionId>, Index<ClassId>,
                          Group, OneCount, OneReal>;

struct Column {
  std::string_view table;
  std::string_view key;
  Sink sink;
  bool seen = false;

  [[nodiscard]] std::string pointer() const;  ///< "/offers/lot"
  [[nodiscard]] bool scalar() const {
    return std::holds_alternative<OneCount>(sink) || std::holds_alternative<OneReal>(sink);
  }
};

inline constexpr std::array<std::string_view, 7> kTables = {
    "classes", "pools", "offers", "options", "pairs", "switching", "uncertainty"};
/// Of these, the ones from here on may be left out.
inline constexpr std::size_t kFirstOptionalTable = 5;

/// All columns; they refer to `columns`.
[[nodiscard]] std::vector<Column> columns_of(InstanceColumns& columns);

/// Appends values to columns. A value that does not fit is an error at its element, and a harmless
/// one takes its place so that the columns keep their lengths.
class ElementWriter {
 public:
  explicit ElementWriter(ErrorList& errors) : errors_(errors) {}

  void append(const Column& column, std::size_t element, const Value& value);

 private:
  void store(const Text& sink, const Value& value);
  void store(const Real& sink, const Value& value);
  void store(const Money& sink, const Value& value);
  void store(const Count& sink, const Value& value);
  template <class Id>
  void store(const Index<Id>& sink, const Value& value);
  void store(const Group& sink, const Value& value);
  void store(const OneCount& sink, const Value& value);
  void store(const OneReal& sink, const Value& value);
  /// An integer of [min, max], else an error and `fallback`.
  double integer(const Value& value, double min, double max, double fallback);
  void wrong(const Value& value, std::string_view expected);
  void fail(ErrorCode code, std::string message);

  ErrorList& errors_;
  const Column* column_ = nullptr;  // the element being stored
  std::size_t element_ = 0;
  std::unordered_map<std::string, std::int32_t> group_numbers_;
};

}  // namespace berth::instance_json
