// SkyPilot's price lists: what becomes of them, and what is said of bad ones.

#include "berth/import/skypilot_prices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/file.h"
#include "tests/import/import_errors.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::said_by;

constexpr const char* kHeader =
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,Region,GpuInfo,"
    "SpotPrice\n";

const Catalog& catalog() {
  static const Catalog loaded = *load_builtin_catalog();
  return loaded;
}

PriceListOptions aws(const std::vector<std::string>& regions = {}) {
  return {.cloud = "aws", .regions = regions, .date = "2026-07-31"};
}

Result<PriceList> listed(const std::string& rows, const PriceListOptions& options = aws()) {
  return import_skypilot_prices("vms.csv", kHeader + rows, options, catalog());
}

Result<PriceList> sample_prices(const std::vector<std::string>& regions = {}) {
  const std::string path = std::string(BERTH_SOURCE_DIR) + "/data/import/aws/vms.csv";
  return import_skypilot_prices(path, *read_file(path), aws(regions), catalog());
}

TEST(ImportSkypilotPrices, ReadsColumnsByNameAndMergesZones) {
  const Result<PriceList> list = sample_prices();
  ASSERT_TRUE(list.ok()) << said_by(list);
  ASSERT_EQ(list->offers.size(), 5U);
  const PricedInstance& l4 = list->offers.front();
  EXPECT_EQ(l4.region, "us-east-1");
  EXPECT_EQ(l4.instance, "g6.xlarge");
  EXPECT_EQ(l4.gpu, "l4");
  EXPECT_EQ(l4.on_demand, 0.81);
  EXPECT_EQ(l4.spot, 0.31);  // of the cheaper zone
  const PricedInstance& h100 = list->offers[2];
  EXPECT_EQ(h100.gpu, "h100-sxm");
  EXPECT_EQ(h100.lot, 8);
  EXPECT_EQ(h100.spot, std::nullopt);
  EXPECT_EQ(list->offers[3].gpu, "a100-40gb-sxm");  // SkyPilot's A100 has 40 GB
  EXPECT_THAT(
      list->notes,
      ElementsAre(HasSubstr("left out 1 row of GPUs that the catalog does not know: Trainium (1)"),
                  HasSubstr("left out 1 row with no whole number of GPUs: L4 (1)")));
}

TEST(ImportSkypilotPrices, TakesOneRegion) {
  const Result<PriceList> list = sample_prices({"us-west-2"});
  ASSERT_TRUE(list.ok()) << said_by(list);
  ASSERT_EQ(list->offers.size(), 1U);
  EXPECT_EQ(list->offers.front().instance, "g6e.xlarge");
  EXPECT_THAT(said_by(sample_prices({"us-east-2", "us-east-1"})),
              HasSubstr("--region: no GPU in a region 'us-east-2'"));
  EXPECT_THAT(said_by(sample_prices({"us-east-2"})), HasSubstr("did you mean 'us-east-1'?"));
}

TEST(ImportSkypilotPrices, TheFileIsACatalog) {
  const Result<PriceList> list = sample_prices();
  ASSERT_TRUE(list.ok());
  const std::string yaml = to_yaml(*list, aws());
  const std::string path = ::testing::TempDir() + "/skypilot-prices.yaml";
  ASSERT_TRUE(write_file(path, yaml).ok());
  const std::vector<std::string> entries = {"builtin", path};
  const Result<Catalog> joined = load_catalog(entries, "");
  ASSERT_TRUE(joined.ok()) << said_by(joined);
  std::size_t found = 0;
  for (const CatalogOffer& offer : joined->offers()) {
    if (offer.cloud != "aws" || offer.region != "us-east-1" || offer.instance != "g6.xlarge")
      continue;
    ++found;
    EXPECT_EQ(offer.cost, CostRate::usd_per_hour(offer.term == OfferTerm::kSpot ? 0.31 : 0.81));
    EXPECT_EQ(offer.source.date, "2026-07-31");
  }
  EXPECT_EQ(found, 2U);
  EXPECT_THAT(yaml, HasSubstr("date: 2026-07-31"));
  EXPECT_THAT(yaml, HasSubstr("- {cloud: aws, region: us-east-1, instance: p5.48xlarge, gpu: "
                              "h100-sxm, lot: 8, on_demand: 55}\n"));
  EXPECT_THAT(yaml, HasSubstr("lot: 1, on_demand: 0.81, spot: 0.31}\n"));
}

TEST(ImportSkypilotPrices, ARowWithoutAPriceIsNoOffer) {
  const Result<PriceList> list = listed(
      "a,H100,8,,,,r,,\n"
      "b,H100,8,,,0.0,r,,nan\n"
      ",T4,1,,,0.35,r,,0.1\n"
      "c,L4,1,,,,r,,0.2\n");
  ASSERT_TRUE(list.ok()) << said_by(list);
  ASSERT_EQ(list->offers.size(), 1U);
  EXPECT_EQ(list->offers.front().on_demand, std::nullopt);
  EXPECT_EQ(list->offers.front().spot, 0.2);
  EXPECT_THAT(list->notes, ElementsAre(HasSubstr("without an instance type or region: T4 (1)"),
                                       HasSubstr("2 rows without a price: H100 (2)")));
}

TEST(ImportSkypilotPrices, SaysAllThatIsWrongWithTheRows) {
  const std::string said =
      said_by(listed("a,H100,8,,,dear,r,,\n"
                     "b,H100,8,,,-1,r,,2\n"
                     "c,H100,many,,,3,r,,2\n"
                     "d,H100,8,,\n"
                     "e,H100,8,,,3,r,\"{'x': 1,2\n"));
  EXPECT_THAT(said, HasSubstr("vms.csv:2: Price: expected a number, found 'dear'"));
  EXPECT_THAT(said, HasSubstr("vms.csv:3: Price: expected 0 to 1e+06, found -1"));
  EXPECT_THAT(said, HasSubstr("vms.csv:4: AcceleratorCount: expected a number, found 'many'"));
  EXPECT_THAT(said, HasSubstr("vms.csv:5: expected 9 fields as in the header, found 5"));
  EXPECT_THAT(said, HasSubstr("vms.csv:6: a quote is not closed"));
  EXPECT_THAT(said_by(listed("a,H100,8,,,3,r,,\na,L4,8,,,3,r,,\n")),
              HasSubstr("vms.csv:3: a in r has 8 x l4, but 8 x h100-sxm in line 2"));
}

TEST(ImportSkypilotPrices, SaysWhatIsWrongWithTheFile) {
  const auto said_of = [](const std::string& content, const PriceListOptions& options = aws()) {
    return said_by(import_skypilot_prices("vms.csv", content, options, catalog()));
  };
  EXPECT_THAT(said_of("InstanceType,AcceleratorName,Price,Price,SpotPrice,Region\n"),
              ::testing::AllOf(HasSubstr("vms.csv:1: no column 'AcceleratorCount'"),
                               HasSubstr("the column 'Price' stands twice")));
  EXPECT_THAT(said_of("cloud,region,gpu\n"), HasSubstr("found a table with the columns"));
  EXPECT_THAT(said_of("{\"gpu_info\": {}}"), HasSubstr("use 'berth import melange'"));
  EXPECT_THAT(said_of(""), HasSubstr("found an empty file"));
  EXPECT_THAT(said_of("a\xff\n"), HasSubstr("vms.csv:1: not valid UTF-8"));
  EXPECT_THAT(said_of(kHeader), HasSubstr("no price of a GPU in this file"));
  // GCP prices machines and accelerators apart.
  EXPECT_THAT(
      said_by(listed("a,,,,,3,r,,\n,H100,1,,,3,r,,\n,tpu-v3-8,1,,,3,r,,\n")),
      ::testing::AllOf(HasSubstr("no offer remains; left out 1 row"), HasSubstr("tpu-v3-8 (1)"),
                       HasSubstr("GPUs without an instance type or region: H100 (1)")));
  PriceListOptions undated = aws();
  undated.date = "July";
  undated.cloud = "";
  EXPECT_THAT(
      said_of(kHeader, undated),
      ::testing::AllOf(HasSubstr("add --cloud NAME"), HasSubstr("--date: 'July' is not a date")));
}

}  // namespace
}  // namespace berth
