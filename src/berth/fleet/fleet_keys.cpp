#include <cassert>

#include "berth/fleet/draft.h"
#include "berth/fleet/schema.h"

namespace berth {
namespace {

// Has every section once; what the reader asks for in each is what counts.
constexpr std::string_view kEverySection = R"(
format: berth.fleet/1
pools: [{name: p, gpu: g, offers: [{name: o, lot: 1, cost: 1}]}]
region: {cloud: c, name: r}
classes: [{name: a, slo: {ttft: 1}, quality: {min: 0}, unmet: {max: 0}}]
defaults: {unmet: {max: 0}}
policy: {headroom: 0, switching: {hysteresis: 0}, uncertainty: {budget: 0}}
)";

}  // namespace

std::map<std::string, std::vector<std::string>> fleet_keys() {
  const Result<Document> document = parse_yaml("every-section.yaml", kEverySection);
  assert(document.ok());
  fleet_draft::FleetDraft draft;
  fleet_draft::KeyTable keys;
  Errors errors;
  fleet_draft::FileReader reader{draft, errors, {}, &keys};
  fleet_draft::read_file(*document, reader);
  assert(errors.empty());
  return keys;
}

}  // namespace berth
