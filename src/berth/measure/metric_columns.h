#pragma once
// What tables of measurements call a metric, and the unit that they state it in. Private to this
// room.

#include <array>

#include "berth/core/units.h"
#include "berth/measure/measured_row.h"

namespace berth {

struct MetricColumn {
  const char* name;
  Metric metric;
  double unit;  ///< times the stated value = unit_of(metric)
};
inline constexpr std::array kMetricColumns = {
    MetricColumn{"prefill_ms", Metric::kPrefill, kMilli},
    MetricColumn{"decode_step_ms", Metric::kDecodeStep, kMilli},
    MetricColumn{"ttft_ms", Metric::kTtft, kMilli},
    MetricColumn{"tpot_ms", Metric::kTpot, kMilli},
    MetricColumn{"e2e_ms", Metric::kE2e, kMilli},
    MetricColumn{"throughput_tok_s_per_gpu", Metric::kTokenRate, 1.0},
    MetricColumn{"throughput_req_s", Metric::kRequestRate, 1.0}};

}  // namespace berth
