#include "berth/fleet/generate.h"

#include <fmt/format.h>

#include "berth/fleet/generate_classes.h"
#include "berth/fleet/generate_supply.h"

namespace berth {
namespace {

void check_size(std::string_view what, int size, int most, Errors& errors) {
  if (size >= 1 && size <= most) return;
  errors.push_back({ErrorCode::kOutOfRange,
                    fmt::format("{} {}: expected a number from 1 to {}", size, what, most), "",
                    ""});
}

}  // namespace

Result<GeneratedFleet> generate_fleet(const FleetShape& shape) {
  Errors errors;
  check_size("classes", shape.classes, kMostGeneratedClasses, errors);
  check_size("models", shape.models, kMostGeneratedModels, errors);
  check_size("GPUs", shape.gpus, kMostGeneratedGpus, errors);
  if (!errors.empty()) return errors;
  const Result<Catalog> builtin = load_builtin_catalog();
  if (!builtin) return builtin.errors();

  // A stream for each table: more classes do not change the models.
  const Random random(shape.seed);
  GeneratedFleet result;
  Fleet& fleet = result.fleet;
  fleet.name = fmt::format("{}x{}x{}-seed{}{}", shape.classes, shape.models, shape.gpus, shape.seed,
                           shape.boxes ? "-boxes" : "");
  choose_models(*builtin, shape.models, random.split(1), result);
  fleet.pools = choose_pools(fleet.catalog, shape.gpus, shape.boxes, random.split(2));
  draw_classes(shape.classes, random.split(3), fleet);
  return result;
}

}  // namespace berth
