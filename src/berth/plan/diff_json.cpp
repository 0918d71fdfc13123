#include "berth/plan/diff_json.h"

#include <utility>
#include <vector>

#include "berth/plan/document_text.h"

namespace berth {
namespace {

using Fields = std::vector<std::pair<std::string, Node>>;

Node name_node(std::string_view name) { return text_node(std::string(name)); }

Node parts_node(const Cost& cost) {
  return map_node({{"total", money_node(cost.total())},
                   {"rental", money_node(cost.rental)},
                   {"delay", money_node(cost.delay)},
                   {"unmet", money_node(cost.unmet)},
                   {"fixed", money_node(cost.fixed)},
                   {"switching", money_node(cost.switching)}});
}

Node costs_node(const PlanDiff& diff) {
  const Cost& a = diff.old_cost;
  const Cost& b = diff.new_cost;
  const Cost more{b.rental - a.rental, b.fixed - a.fixed, b.delay - a.delay, b.unmet - a.unmet,
                  b.switching - a.switching};
  return map_node(
      {{"old", parts_node(a)}, {"new", parts_node(b)}, {"difference", parts_node(more)}});
}

Node side_node(const std::optional<PlanDeployment>& side) {
  if (!side) return null_node();
  return map_node({{"name", text_node(side->name)},
                   {"replicas", integer_node(side->replicas)},
                   {"precision", text_node(side->precision)},
                   {"tp", integer_node(side->tensor_parallel)},
                   {"pp", integer_node(side->pipeline_parallel)},
                   {"gpus", integer_node(static_cast<long long>(side->replicas) *
                                         side->tensor_parallel * side->pipeline_parallel)},
                   {"max_num_seqs", integer_node(side->max_num_seqs)},
                   {"max_model_len", integer_node(side->max_model_len)},
                   {"engine_args", texts_node(side->engine_args)}});
}

Node deployments_node(const PlanDiff& diff) {
  std::vector<Node> rows;
  for (const DeploymentChange& change : diff.deployments) {
    if (change.action == DeploymentAction::kKeep) continue;
    const PlanDeployment& row = change.to ? *change.to : *change.from;
    rows.push_back(map_node({{"name", text_node(row.name)},
                             {"action", name_node(to_string(change.action))},
                             {"model", text_node(row.model)},
                             {"pool", text_node(row.pool)},
                             {"gpu", text_node(row.gpu)},
                             {"from", side_node(change.from)},
                             {"to", side_node(change.to)}}));
  }
  return list_node(std::move(rows));
}

Fields shape_fields(const PlanShape& shape) {
  return {{"deployment", text_node(shape.name)}, {"plan", name_node(to_string(shape.in))}};
}

Node routes_node(const PlanDiff& diff) {
  std::vector<Node> rows;
  for (const RouteChange& route : diff.routes) {
    if (!route.changed()) continue;
    Fields fields = {{"class", text_node(route.query_class)}};
    for (auto& field : shape_fields(diff.shapes[route.shape])) fields.push_back(std::move(field));
    fields.emplace_back("from", number_node(route.from));
    fields.emplace_back("to", number_node(route.to));
    rows.push_back(map_node(std::move(fields)));
  }
  return list_node(std::move(rows));
}

Node boxes_node(const Migration& migration) {
  std::vector<Node> rows;
  for (const MigrationOffer& offer : migration.offers) {
    if (offer.before == offer.after && offer.during == offer.after) continue;
    rows.push_back(map_node({{"pool", text_node(offer.pool)},
                             {"offer", text_node(offer.offer)},
                             {"lot", integer_node(offer.lot)},
                             {"cost", money_node(offer.box_cost)},
                             {"from", integer_node(offer.before)},
                             {"during", integer_node(offer.during)},
                             {"to", integer_node(offer.after)}}));
  }
  return list_node(std::move(rows));
}

Node classes_node(const PlanDiff& diff) {
  std::vector<Node> rows;
  for (const ClassChange& row : diff.classes) {
    if (!row.changed()) continue;
    const char* action = !row.rate_from ? "add" : !row.rate_to ? "remove" : "change";
    rows.push_back(map_node({{"name", text_node(row.name)},
                             {"action", text_node(action)},
                             {"rate_from", number_node(row.rate_from)},
                             {"rate_to", number_node(row.rate_to)},
                             {"unmet_from", number_node(row.unmet_from)},
                             {"unmet_to", number_node(row.unmet_to)}}));
  }
  return list_node(std::move(rows));
}

Node routing_node(const PlanDiff& diff, const ClassRouting& routing) {
  std::vector<Node> parts;
  for (const ClassRouting::Part& part : routing.parts) {
    Fields fields = shape_fields(diff.shapes[part.unit]);
    fields.emplace_back("share", number_node(part.share));
    parts.push_back(map_node(std::move(fields)));
  }
  return map_node({{"class", text_node(diff.classes[routing.query_class].name)},
                   {"rate", number_node(routing.rate)},
                   {"to", list_node(std::move(parts))}});
}

Node step_node(const PlanDiff& diff, const Migration& migration, std::size_t at) {
  const MigrationStep& step = migration.steps[at];
  const auto number = static_cast<long long>(at);
  Fields fields = {{"step", integer_node(number + 1)},
                   {"action", name_node(to_string(step.action))}};
  switch (step.action) {
    case MigrationStep::Action::kRent:
    case MigrationStep::Action::kReturn:
      fields.emplace_back("pool", text_node(migration.offers[step.offer].pool));
      fields.emplace_back("offer", text_node(migration.offers[step.offer].offer));
      fields.emplace_back("boxes", integer_node(step.boxes));
      break;
    case MigrationStep::Action::kStart:
    case MigrationStep::Action::kStop:
      for (auto& field : shape_fields(diff.shapes[step.shape])) fields.push_back(std::move(field));
      fields.emplace_back("replicas", integer_node(step.replicas));
      fields.emplace_back("running", integer_node(step.running));
      break;
    case MigrationStep::Action::kRoute: {
      std::vector<Node> rows;
      for (const ClassRouting& row : step.routes) rows.push_back(routing_node(diff, row));
      fields.emplace_back("routes", list_node(std::move(rows)));
      break;
    }
  }
  std::vector<Node> lost;
  for (const LostShare& row : step.lost) {
    lost.push_back(map_node({{"class", text_node(diff.classes[row.query_class].name)},
                             {"share", number_node(row.share)}}));
  }
  if (!lost.empty()) fields.emplace_back("lost", list_node(std::move(lost)));
  return map_node(std::move(fields));
}

Node steps_node(const PlanDiff& diff, const Migration& migration) {
  std::vector<Node> steps;
  for (std::size_t k = 0; k < migration.steps.size(); ++k) {
    steps.push_back(step_node(diff, migration, k));
  }
  return list_node(std::move(steps));
}

}  // namespace

std::string to_json(const PlanDiff& diff, const Migration& migration) {
  std::vector<std::string> notes = diff.notes;
  notes.insert(notes.end(), migration.notes.begin(), migration.notes.end());
  return json_text(map_node({{"format", text_node("berth.diff/1")},
                             {"changed", boolean_node(diff.changed())},
                             {"fleet", map_node({{"old", text_node(diff.old_fleet)},
                                                 {"new", text_node(diff.new_fleet)}})},
                             {"cost", costs_node(diff)},
                             {"deployments", deployments_node(diff)},
                             {"routes", routes_node(diff)},
                             {"boxes", boxes_node(migration)},
                             {"classes", classes_node(diff)},
                             {"lossless", boolean_node(migration.lossless)},
                             {"lost", number_node(migration.lost)},
                             {"rental", money_node(migration.rental)},
                             {"steps", steps_node(diff, migration)},
                             {"notes", texts_node(notes)}}));
}

}  // namespace berth
