#pragma once
// A limit is something the user wrote and can relax: a service level, a quality floor, a quota, the
// budget. docs/explain.md.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth {

enum class LimitKind : std::uint8_t {
  kTtft,          ///< class, s
  kTpot,          ///< class, s
  kE2e,           ///< class, s
  kQuality,       ///< class, least score 0..1
  kAverageDelay,  ///< class of an instance, s
  kAverageError,  ///< class of an instance, 0..1
  kUnmet,         ///< class, share that may be refused
  kQuota,         ///< pool, GPUs in boxes that are limited in number
  kReplicas,      ///< option of an instance, replicas
  kGroup,         ///< group of an instance: one active option
  kOneConfig,     ///< policy of a fleet: one configuration per model and GPU
  kHeadroom,      ///< policy of a fleet: share of demand on top
  kBudget,        ///< USD/h
  kCount,
};
/// Stable snake_case name used in JSON ("ttft").
[[nodiscard]] std::string_view to_string(LimitKind kind);

struct Limit {
  LimitKind kind = LimitKind::kBudget;
  std::size_t index = 0;  ///< of the class, pool, option or group; 0 for those of the whole problem
  std::string subject;    ///< its name; empty for those of the whole problem
  double value = 0.0;     ///< in the unit of the kind
  int step = 1;           ///< quota: GPUs in one more box, of the limited offer cheapest per GPU

  friend bool operator==(const Limit&, const Limit&) = default;
};

/// A limit set to another value, or lifted altogether.
struct Change {
  std::size_t limit = 0;             ///< index into Problem::limits
  std::optional<double> value = {};  ///< absent = lifted

  friend bool operator==(const Change&, const Change&) = default;
};

/// Whether a laxer limit of this kind is a smaller number: a quality floor, headroom.
[[nodiscard]] bool relaxes_downwards(LimitKind kind);

/// The k-th value beyond the limit's own that people would write: two digits for times, whole
/// percents for shares and scores, whole boxes, whole dollars. k >= 1. Absent where the limit
/// cannot be relaxed that far (a share of more than 1) or has no degrees (a group).
[[nodiscard]] std::optional<double> relaxed_value(const Limit& limit, std::int64_t k);

/// The limit after one small step: 1 ms, one point (0.01), one box, 1 USD/h. Absent as above.
[[nodiscard]] std::optional<double> small_step(const Limit& limit);

}  // namespace berth
