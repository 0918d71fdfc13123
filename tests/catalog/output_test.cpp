// `berth catalog`: lists, one entry in full, JSON that reads back.

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/output/catalog_json.h"
#include "berth/output/catalog_table.h"
#include "tests/catalog/sample_catalog.h"

namespace berth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Catalog& builtin() {
  static const Catalog catalog = std::move(load_builtin_catalog()).value();
  return catalog;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(CatalogTable, ListsEveryEntryWithItsSource) {
  const std::string models = to_table(builtin(), CatalogKind::kModels);
  for (const ModelSpec& model : builtin().models())
    EXPECT_THAT(models, HasSubstr("  " + model.name));
  EXPECT_THAT(models, HasSubstr("[1]"));
  EXPECT_THAT(models, HasSubstr("recalled (2026-"));
  const std::string gpus = to_table(builtin(), CatalogKind::kGpus);
  for (const GpuType& gpu : builtin().gpus()) EXPECT_THAT(gpus, HasSubstr("  " + gpu.name));
  EXPECT_GE(lines(to_table(builtin(), CatalogKind::kOffers)), builtin().offers().size());
}

TEST(CatalogTable, MarksWhatNobodyVerified) {
  const auto verified = to_table(builtin(), CatalogKind::kModels, "llama-3-8b");
  ASSERT_TRUE(verified);
  EXPECT_THAT(*verified, HasSubstr("0.684  [3]\n"));
  const auto recalled =
      to_table(builtin(), CatalogKind::kModels, "meta-llama/Llama-3.1-8B-Instruct");
  ASSERT_TRUE(recalled);
  EXPECT_THAT(*recalled, HasSubstr("0.694  [2]*\n"));
}

TEST(CatalogTable, ShowsOneEntryInFull) {
  const auto model = to_table(builtin(), CatalogKind::kModels, "deepseek-v3");
  ASSERT_TRUE(model);
  EXPECT_THAT(*model, HasSubstr("671.0 B"));
  EXPECT_THAT(*model, HasSubstr("multi-head latent"));
  EXPECT_THAT(*model, HasSubstr("0 (native)"));
  EXPECT_THAT(*model, HasSubstr("latent: values, position"));
  EXPECT_THAT(*model, HasSubstr("layers with experts"));
  EXPECT_THAT(*model, Not(HasSubstr("output head")));
  const auto tied = to_table(builtin(), CatalogKind::kModels, "gemma-3-27b");
  ASSERT_TRUE(tied);
  EXPECT_THAT(*tied, HasSubstr("output head"));
  EXPECT_THAT(*tied, HasSubstr("normalised"));
  EXPECT_THAT(*to_table(builtin(), CatalogKind::kModels, "glm-5"), HasSubstr("attention picks"));
  EXPECT_THAT(*to_table(builtin(), CatalogKind::kModels, "qwen3.5-397b-a17b"),
              HasSubstr("layers with a fixed-size state"));
  const auto gpu = to_table(builtin(), CatalogKind::kGpus, "NVIDIA-H100-80GB-HBM3");
  ASSERT_TRUE(gpu);
  EXPECT_THAT(*gpu, HasSubstr("79.65 GiB"));
  EXPECT_THAT(*gpu, HasSubstr("all-reduce over 8 GPUs"));
  EXPECT_THAT(*gpu, HasSubstr("hand-over between nodes"));
}

TEST(CatalogTable, OffersBelongToACloudAPlaceABoxOrAGpu) {
  for (const char* name : {"aws", "AWS/us-east-1", "us-east-1", "p5.48xlarge", "H100"}) {
    const auto offers = to_table(builtin(), CatalogKind::kOffers, name);
    ASSERT_TRUE(offers) << name;
    EXPECT_THAT(*offers, HasSubstr("p5.48xlarge")) << name;
  }
  const auto place = to_table(builtin(), CatalogKind::kOffers, "aws/us-east-1");
  EXPECT_THAT(*place, Not(HasSubstr("us-west-2")));
}

TEST(CatalogTable, UnknownNamesGetASuggestion) {
  const auto model = to_table(builtin(), CatalogKind::kModels, "lama-3.1-8b");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.errors()[0].code, ErrorCode::kUnknownName);
  EXPECT_THAT(model.errors()[0].suggestion, HasSubstr("llama-3.1-8b"));
  EXPECT_FALSE(to_table(builtin(), CatalogKind::kGpus, "h1000000"));
  EXPECT_FALSE(to_table(builtin(), CatalogKind::kOffers, "nowhere"));
  const auto unsold = to_table(builtin(), CatalogKind::kOffers, "gaudi2");
  ASSERT_FALSE(unsold);
  EXPECT_THAT(unsold.errors()[0].message, HasSubstr("no offer of 'gaudi2'"));
}

TEST(CatalogTable, PlainTextHasNoColours) {
  EXPECT_THAT(to_table(builtin(), CatalogKind::kGpus), Not(HasSubstr("\x1b[")));
  EXPECT_THAT(to_table(builtin(), CatalogKind::kGpus, {.color = true}), HasSubstr("\x1b["));
}

TEST(CatalogTable, KindsReadBack) {
  for (const CatalogKind kind : {CatalogKind::kModels, CatalogKind::kGpus, CatalogKind::kOffers}) {
    EXPECT_EQ(catalog_kind_from(to_string(kind)), kind);
  }
  EXPECT_EQ(catalog_kind_from("model"), std::nullopt);
}

TEST(CatalogJson, ReadsBackAsTheSameCatalog) {
  constexpr std::array kKinds = {CatalogKind::kGpus, CatalogKind::kModels, CatalogKind::kOffers};
  std::vector<Document> documents;
  for (const CatalogKind kind : kKinds) {
    auto document = parse_json(std::string(to_string(kind)), to_json(builtin(), kind));
    ASSERT_TRUE(document) << testing::lines_of(document.errors());
    documents.push_back(std::move(document).value());
  }
  const auto again = load_catalog(documents);
  ASSERT_TRUE(again) << testing::lines_of(again.errors());
  for (const CatalogKind kind : kKinds) EXPECT_EQ(to_json(*again, kind), to_json(builtin(), kind));
}

TEST(CatalogJson, OneEntryOverridesTheBuiltinOne) {
  const auto json = to_json(builtin(), CatalogKind::kGpus, "H100");
  ASSERT_TRUE(json);
  EXPECT_THAT(*json, HasSubstr("\"format\": \"berth.catalog/1\""));
  EXPECT_THAT(*json, HasSubstr("\"name\": \"h100-sxm\""));
  EXPECT_THAT(*json, Not(HasSubstr("h200-sxm")));
  EXPECT_FALSE(to_json(builtin(), CatalogKind::kGpus, "nothing"));
  EXPECT_FALSE(to_json(builtin(), CatalogKind::kOffers, "nothing"));
}

}  // namespace
}  // namespace berth
