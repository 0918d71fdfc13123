#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"

namespace berth {
namespace {

TEST(Precision, NamesReadBack) {
  for (const Precision precision : kPrecisions)
    EXPECT_EQ(precision_from(to_string(precision)), precision);
}

TEST(Precision, ReadsTheSpellingsOfEngines) {
  EXPECT_EQ(precision_from("FP16"), Precision::kBf16);
  EXPECT_EQ(precision_from("bfloat16"), Precision::kBf16);
  EXPECT_EQ(precision_from("awq"), Precision::kInt4);
  EXPECT_EQ(precision_from("mxfp4"), Precision::kFp4);
  EXPECT_EQ(precision_from("fp5"), std::nullopt);
  EXPECT_EQ(precision_from(""), std::nullopt);
}

TEST(Precision, FourBitFormatsCarryTheirScales) {
  EXPECT_EQ(bytes_per_parameter(Precision::kBf16), 2.0);
  EXPECT_EQ(bytes_per_parameter(Precision::kFp8), 1.0);
  EXPECT_EQ(bytes_per_parameter(Precision::kInt8), 1.0);
  EXPECT_GT(bytes_per_parameter(Precision::kInt4), 0.5);
  EXPECT_LT(bytes_per_parameter(Precision::kInt4), 0.6);
  EXPECT_GT(bytes_per_parameter(Precision::kFp4), 0.5);
  EXPECT_LT(bytes_per_parameter(Precision::kFp4), 0.6);
}

TEST(OfferTerm, Names) {
  EXPECT_EQ(to_string(OfferTerm::kOnDemand), "on-demand");
  EXPECT_EQ(to_string(OfferTerm::kReserved), "reserved");
  EXPECT_EQ(to_string(OfferTerm::kSpot), "spot");
}

TEST(Catalog, AnEmptyOneFindsNothing) {
  const Catalog catalog;
  EXPECT_FALSE(catalog.find_model("llama-3.1-8b"));
  EXPECT_FALSE(catalog.find_gpu(""));
  EXPECT_TRUE(catalog.model_names().empty());
}

TEST(Catalog, FindsByNameAndAliasWhateverTheCase) {
  ModelSpec first;
  first.name = "one";
  first.aliases = {"Org/One-Instruct", "ONE"};
  ModelSpec second;
  second.name = "two";
  const Catalog catalog({first, second}, {}, {});
  EXPECT_EQ(catalog.find_model("One"), ModelId(0));
  EXPECT_EQ(catalog.find_model("org/one-instruct"), ModelId(0));
  EXPECT_EQ(catalog.find_model("TWO"), ModelId(1));
  EXPECT_FALSE(catalog.find_model("on"));
  EXPECT_FALSE(catalog.find_model("zzz"));
}

TEST(Catalog, PenaltyCountsFromTheNativeFormat) {
  PrecisionPenalty penalty;
  penalty.error = {0.0, 0.002, 0.01, 0.012, 0.015};
  const Catalog catalog({}, {}, {}, penalty);
  ModelSpec model;
  model.precisions = {Precision::kFp8, Precision::kFp4};
  EXPECT_DOUBLE_EQ(catalog.precision_penalty(Precision::kFp4), 0.015);
  EXPECT_DOUBLE_EQ(catalog.precision_penalty(model, Precision::kFp8), 0.0);
  EXPECT_DOUBLE_EQ(catalog.precision_penalty(model, Precision::kFp4), 0.013);
  EXPECT_DOUBLE_EQ(catalog.precision_penalty(model, Precision::kBf16), 0.0) << "never a bonus";
}

}  // namespace
}  // namespace berth
