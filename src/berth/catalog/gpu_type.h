#pragma once
// A GPU's data sheet and what engines achieve of it.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "berth/catalog/model_spec.h"

namespace berth {

/// All-reduce over n GPUs of s bytes: alpha + 2 (n-1)/n s / bandwidth, in two regimes of s.
struct AllReduceRegime {
  double latency_s = 0.0;              ///< alpha_n
  double bandwidth_bytes_per_s = 0.0;  ///< gamma_n
};
struct AllReduce {
  int gpus = 0;           ///< n
  AllReduceRegime small;  ///< up to about 1 MB
  AllReduceRegime large;  ///< from about 4 MB; the model takes the smaller time of the two
};

/// Stage hand-over of s bytes: latency + s / bandwidth.
struct HandOver {
  double latency_s = 0.0;
  double bandwidth_bytes_per_s = 0.0;
};

/// Achieved fractions of peak and fixed times (docs/model.md). `extrapolated`: no measurements of
/// this GPU, taken from its architecture's relatives.
struct GpuEfficiency {
  double compute = 0.0;                ///< eta_F for many tokens, 16 bit
  double compute_low_precision = 0.0;  ///< eta_F of fp8 / int8 / fp4
  double compute_half_tokens = 0.0;    ///< eta_F(T) = compute * T / (T + compute_half_tokens)
  double moe_compute = 0.0;            ///< eta_F of mixture-of-experts layers
  double attention = 0.0;              ///< eta_A, prefill attention
  double weights = 0.0;                ///< eta_W, 16-bit weight streaming
  double weights_low_precision = 0.0;  ///< eta_W of 8-bit and 4-bit weights
  double kv_cache = 0.0;               ///< eta_K, large key-value reads
  double step_s = 0.0;                 ///< t_0, per step
  double layer_s = 0.0;                ///< t_L, per layer
  double moe_layer_s =
      0.0;                  ///< t_L of mixtures of experts (key `moe_layer`, optional); 0 = layer_s
  double sequence_s = 0.0;  ///< t_S, per sequence in the batch
  std::vector<AllReduce> all_reduce;  ///< one per tensor-parallel degree, ascending
  HandOver hand_over_in_node;
  HandOver hand_over_between_nodes;
  bool extrapolated = false;
  Source source;
  std::string note;
};

struct GpuType {
  std::string name;                  ///< canonical: "h100-sxm"
  std::vector<std::string> aliases;  ///< "H100", "NVIDIA-H100-80GB-HBM3", ...
  std::string vendor;
  std::string architecture;            ///< "hopper"
  double memory_bytes = 0.0;           ///< M
  double bandwidth_bytes_per_s = 0.0;  ///< Beta
  std::array<double, kPrecisions.size()>
      peak_flops{};       ///< F dense, by Precision; 0 = not supported
  int gpus_per_node = 0;  ///< GPUs of one server (largest usual)
  int fast_domain =
      0;             ///< N, largest tensor-parallel degree offered: GPUs joined by the fast link;
                     ///< cards with PCIe alone: gpus_per_node, and a slow measured all-reduce
  std::string link;  ///< "NVLink4", "PCIe 4", ...
  double link_bytes_per_s = 0.0;  ///< one direction, per GPU
  double power_w = 0.0;           ///< 0 = not published
  Source source;
  Source memory_source;  ///< memory_bytes is what the driver shows, not what the box says
  std::string note;
  GpuEfficiency efficiency;

  [[nodiscard]] double peak(Precision precision) const {
    return peak_flops[static_cast<std::size_t>(precision)];
  }
};

}  // namespace berth
