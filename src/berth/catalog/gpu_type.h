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

/// What kernels reach of a data sheet (docs/model.md, "Efficiencies"): those of the architecture,
/// and the links of this GPU. "of x" = a factor on x. `extrapolated`: no measured run of this GPU
/// is in the coefficients.
struct GpuEfficiency {
  double compute = 0.0;                ///< eta_F for many tokens, 16 bit
  double compute_8bit = 1.0;           ///< of compute
  double compute_4bit = 1.0;           ///< of compute
  double compute_half_tokens = 0.0;    ///< T_half: eta_F(T) = compute * T / (T + T_half)
  double attention = 0.0;              ///< eta_A, attention's arithmetic
  double weights = 0.0;                ///< eta_W, 16-bit weight streaming
  double weights_8bit = 1.0;           ///< of weights
  double weights_4bit = 1.0;           ///< of weights
  double kv_cache = 0.0;               ///< eta_K, key-value reads
  double kv_cache_8bit = 1.0;          ///< of kv_cache
  double exposed_16bit = 0.0;          ///< s: part of the smaller of reading and computing that the
  double exposed_8bit = 0.0;           ///< larger does not hide; matrices in 16, in 8 and 4 bit
  double exposed_experts = 0.0;        ///< the same for experts
  double expert_compute = 1.0;         ///< of compute: many small experts
  double coarse_expert_compute = 1.0;  ///< of compute: at most kCoarseExperts large ones
  double expert_weights = 1.0;         ///< of weights
  double expert_weights_fp4 = 1.0;     ///< of expert_weights
  double expert_weights_int4 = 1.0;    ///< of expert_weights
  double host = 1.0;                   ///< factor on the engine's times
  std::vector<AllReduce> all_reduce;   ///< one per tensor-parallel degree, ascending
  HandOver hand_over_in_node;
  HandOver hand_over_between_nodes;
  bool extrapolated = false;
  Source source;
  Source link_source;
  std::string note;
};

/// Experts of up to so many are as large as dense layers, and their matrices run alike.
inline constexpr int kCoarseExperts = 16;

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
