#pragma once
// Small made-up models and GPUs whose terms can be computed by hand, and the built-in catalog.

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "berth/perf/phase_model.h"

namespace berth::testing {

/// 1e9 parameters, 10 layers, H = 1000, 10 heads of 100, 2 key-value heads, 8000 cache bytes/token.
inline ModelSpec round_model() {
  ModelSpec model;
  model.name = "round";
  model.parameters = model.active_parameters = 1e9;
  model.layers = 10;
  model.hidden = 1000;
  model.heads = 8;
  model.kv_heads = 2;
  model.head_dim = 100;
  model.vocabulary = 10000;
  model.max_context = 100000;
  model.attention = AttentionKind::kGqa;
  model.kv_bytes_per_token = 2.0 * 10 * 2 * 100 * 2;
  model.precisions = {Precision::kBf16, Precision::kFp8, Precision::kInt8, Precision::kInt4,
                      Precision::kFp4};
  return model;
}

/// The same with 8 experts, 2 active, that hold 8/10 of the parameters.
inline ModelSpec round_mixture() {
  ModelSpec model = round_model();
  model.name = "round-mixture";
  model.experts = MixtureOfExperts{8, 2, 8e8};
  model.active_parameters = 2e8 + 2e8;
  return model;
}

/// 1 TB/s, 100 TFLOP/s, 16 GB; every efficiency a round number.
inline GpuType round_gpu() {
  GpuType gpu;
  gpu.name = "round-gpu";
  gpu.vendor = "nvidia";
  gpu.architecture = "hopper";
  gpu.memory_bytes = 16e9;
  gpu.bandwidth_bytes_per_s = 1e12;
  gpu.peak_flops = {100e12, 200e12, 0.0, 0.0, 0.0};
  gpu.gpus_per_node = 4;
  gpu.fast_domain = 4;
  gpu.link_bytes_per_s = 1e11;
  GpuEfficiency& e = gpu.efficiency;
  e.compute = 0.8;
  e.compute_low_precision = 0.5;
  e.compute_half_tokens = 50.0;
  e.moe_compute = 0.4;
  e.attention = 0.5;
  e.weights = 0.8;
  e.weights_low_precision = 0.5;
  e.kv_cache = 0.4;
  e.step_s = 1e-3;
  e.layer_s = 1e-5;
  e.sequence_s = 1e-6;
  e.all_reduce = {{2, {1e-6, 1e10}, {1e-5, 1e11}}, {4, {2e-6, 1e10}, {2e-5, 1e11}}};
  e.hand_over_in_node = {5e-6, 1e11};
  e.hand_over_between_nodes = {50e-6, 1e10};
  return gpu;
}

inline Deployment deploy(const ModelSpec& model, const GpuType& gpu, int n = 1, int m = 1,
                         Precision precision = Precision::kBf16) {
  Deployment deployment;
  deployment.model = &model;
  deployment.gpu = &gpu;
  deployment.precision = precision;
  deployment.tensor_parallel = n;
  deployment.pipeline_parallel = m;
  return deployment;
}

inline const Catalog& builtin_catalog() {
  static const Result<Catalog> catalog = load_builtin_catalog();
  EXPECT_TRUE(catalog.ok());
  return *catalog;
}

/// Calls visit(Deployment) for every deployment of the built-in catalog that can exist.
template <class Visit>
void for_each_builtin_deployment(Visit visit) {
  for (const ModelSpec& model : builtin_catalog().models()) {
    for (const GpuType& gpu : builtin_catalog().gpus()) {
      for (const Precision precision : model.precisions) {
        for (const int n : {1, 2, 4, 8}) {
          for (const int m : {1, 2, 4}) {
            const Deployment deployment = deploy(model, gpu, n, m, precision);
            if (!check_shape(deployment)) visit(deployment);
          }
        }
      }
    }
  }
}

}  // namespace berth::testing
