#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::round_gpu;
using testing::round_model;

TEST(CheckShape, AcceptsWhatFits) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  EXPECT_FALSE(check_shape(deploy(model, gpu)).has_value());
  EXPECT_FALSE(check_shape(deploy(model, gpu, 4, 10)).has_value());
}

TEST(CheckShape, NamesEachReason) {
  ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  EXPECT_EQ(check_shape(deploy(model, gpu, 3)), ShapeRejection::kTensorParallelHeads);
  EXPECT_EQ(check_shape(deploy(model, gpu, 0)), ShapeRejection::kTensorParallelHeads);
  EXPECT_EQ(check_shape(deploy(model, gpu, 8)), ShapeRejection::kTensorParallelDomain);
  EXPECT_EQ(check_shape(deploy(model, gpu, 1, 11)), ShapeRejection::kPipelineLayers);
  EXPECT_EQ(check_shape(deploy(model, gpu, 1, 0)), ShapeRejection::kPipelineLayers);
  ModelSpec large = model;
  large.parameters = large.active_parameters = 7e9;
  EXPECT_EQ(check_shape(deploy(large, gpu)), ShapeRejection::kWeightsDoNotFit);
  EXPECT_FALSE(check_shape(deploy(large, gpu, 2)).has_value());
  model.precisions = {Precision::kBf16};
  EXPECT_EQ(check_shape(deploy(model, gpu, 1, 1, Precision::kFp8)),
            ShapeRejection::kPrecisionNotOffered);
}

TEST(CheckShape, KeyValueHeadsAreSplitOrCopiedWhole) {
  ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  model.heads = 12;
  model.kv_heads = 6;
  EXPECT_FALSE(check_shape(deploy(model, gpu, 2)).has_value());
  EXPECT_EQ(check_shape(deploy(model, gpu, 4)), ShapeRejection::kTensorParallelHeads);
  model.attention = AttentionKind::kMla;  // one latent, copied to every GPU
  EXPECT_FALSE(check_shape(deploy(model, gpu, 4)).has_value());
}

TEST(CheckShape, EveryReasonHasWords) {
  for (int reason = 0; reason <= static_cast<int>(ShapeRejection::kWeightsDoNotFit); ++reason) {
    EXPECT_NE(to_string(static_cast<ShapeRejection>(reason)), "unknown");
  }
}

TEST(ComputeMode, NativeFormatsWeightOnlyFormatsAndOldGpus) {
  GpuType gpu = round_gpu();
  EXPECT_TRUE(compute_mode(gpu, Precision::kFp8).native);
  EXPECT_EQ(compute_mode(gpu, Precision::kFp8).peak_flops, 200e12);
  // No 4-bit floating units: the weights are expanded and computed at the 16-bit peak.
  EXPECT_FALSE(compute_mode(gpu, Precision::kFp4).native);
  EXPECT_EQ(compute_mode(gpu, Precision::kFp4).peak_flops, 100e12);
  gpu.architecture = "Turing";
  EXPECT_EQ(compute_mode(gpu, Precision::kFp4).peak_flops, 0.0);
  EXPECT_EQ(compute_mode(gpu, Precision::kInt4).peak_flops, 100e12);
  gpu.vendor = "google";
  EXPECT_EQ(compute_mode(gpu, Precision::kInt4).peak_flops, 0.0);
}

TEST(ComputeMode, ASlowNativeFormatLosesToWeightOnly) {
  GpuType gpu = round_gpu();
  gpu.peak_flops[static_cast<std::size_t>(Precision::kInt8)] = 10e12;
  EXPECT_FALSE(compute_mode(gpu, Precision::kInt8).native);
  EXPECT_EQ(compute_mode(gpu, Precision::kInt8).peak_flops, 100e12);
}

TEST(ComputeMode, BuiltinCatalog) {
  const Catalog& catalog = testing::builtin_catalog();
  const auto gpu = [&](const char* name) -> const GpuType& {
    return catalog.gpu(*catalog.find_gpu(name));
  };
  EXPECT_TRUE(compute_mode(gpu("h100-sxm"), Precision::kFp8).native);
  EXPECT_FALSE(compute_mode(gpu("a100-80gb-sxm"), Precision::kFp8).native);
  EXPECT_GT(compute_mode(gpu("a100-80gb-sxm"), Precision::kFp8).peak_flops, 0.0);
  EXPECT_EQ(compute_mode(gpu("v100-sxm-16gb"), Precision::kFp8).peak_flops, 0.0);
  EXPECT_GT(compute_mode(gpu("t4"), Precision::kBf16).peak_flops, 0.0);  // runs fp16
  EXPECT_FALSE(compute_mode(gpu("b300"), Precision::kInt8).native);      // int8 all but removed
}

}  // namespace
}  // namespace berth
