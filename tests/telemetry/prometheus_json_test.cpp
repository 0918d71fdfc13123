#include "berth/telemetry/prometheus_json.h"

#include <gtest/gtest.h>

namespace berth {
namespace {

TEST(PrometheusJson, LabelsAreSortedAndEmptySeriesLeftOut) {
  const ApiAnswer answer = parse_api_answer(
      R"({"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[
        {"metric":{"z":"1","a":"2"},"values":[[1,"0"]]},{"metric":{"q":"r"},"values":[]}]}})");
  EXPECT_TRUE(answer.success);
  EXPECT_EQ(answer.fault, "");
  ASSERT_EQ(answer.series.size(), 1U);
  EXPECT_EQ(answer.series[0].labels, (LabelSet{{"a", "2"}, {"z", "1"}}));
}

TEST(PrometheusJson, NothingMakesItThrow) {
  for (const char* text :
       {"", "null", "[]", "{", "\xff\xfe", "{\"status\":1}", "{\"status\":\"success\",\"data\":[]}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[null]}}",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[]}}",
        "{\"status\":\"error\"}"}) {
    const ApiAnswer answer = parse_api_answer(text);
    EXPECT_FALSE(answer.success && answer.fault.empty()) << text;
  }
}

}  // namespace
}  // namespace berth
