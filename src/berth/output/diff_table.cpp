#include "berth/output/diff_table.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/summary.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

/// Rows of a section and classes of a step, before the rest is only counted.
constexpr std::size_t kMostRows = 40;
constexpr std::size_t kMostClasses = 6;

GridCell sign_of(DeploymentAction action) {
  switch (action) {
    case DeploymentAction::kAdd: return {"+", Tone::kGood};
    case DeploymentAction::kRemove: return {"-", Tone::kBad};
    case DeploymentAction::kScale:
    case DeploymentAction::kReshape: return {"~", Tone::kWarning};
    case DeploymentAction::kKeep: break;
  }
  return {" ", Tone::kDim};
}

std::string with_sign(CostRate more) {
  if (more < CostRate()) return "-" + format_usd(-more);
  return (more == CostRate() ? "" : "+") + format_usd(more);
}

std::string gpus_text(const PlanDeployment& d) {
  const long long gpus =
      static_cast<long long>(d.replicas) * d.tensor_parallel * d.pipeline_parallel;
  return format_gpus(d.replicas, d.tensor_parallel, d.pipeline_parallel,
                     static_cast<int>(std::min<long long>(gpus, std::numeric_limits<int>::max())));
}

/// What of a reshaped deployment is another.
std::string reshape_text(const PlanDeployment& from, const PlanDeployment& to) {
  std::vector<std::string> parts;
  const auto number = [&parts](const char* what, int a, int b) {
    if (a != b) parts.push_back(fmt::format("{} {} → {}", what, a, b));
  };
  number("TP", from.tensor_parallel, to.tensor_parallel);
  number("PP", from.pipeline_parallel, to.pipeline_parallel);
  if (from.precision != to.precision) parts.push_back(from.precision + " → " + to.precision);
  number("seqs", from.max_num_seqs, to.max_num_seqs);
  number("context", from.max_model_len, to.max_model_len);
  if (parts.empty()) parts.emplace_back("other engine arguments");
  const std::string of = from.name == to.name ? "" : " of " + from.name;
  return fmt::format("reshape{}: {}", of, fmt::join(parts, ", "));
}

class DiffTable {
 public:
  DiffTable(const PlanDiff& diff, const Migration& migration, const TableStyle& style)
      : diff_(diff), migration_(migration), style_(style) {}

  std::string text() {
    add_head();
    if (diff_.changed()) {
      add_deployments();
      add_routes();
      add_classes();
      add_boxes();
      add_cost();
      add_steps();
    }
    add_notes();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string tone(const std::string& text, Tone t) const {
    return paint(text, t, style_.color);
  }

  void section(const std::string& title, const std::string& note = {}) {
    out_ += "\n" + tone(title, Tone::kStrong);
    if (!note.empty()) out_ += "  " + tone(note, Tone::kDim);
    out_ += "\n";
  }

  /// The first rows as a grid, and how many more there are.
  template <class Row, class AddRow>
  void grid(const std::vector<const Row*>& rows, std::vector<GridColumn> columns,
            std::string_view noun, const AddRow& add_row) {
    TextGrid grid(std::move(columns));
    const std::size_t shown = style_.wide ? rows.size() : std::min(rows.size(), kMostRows);
    for (std::size_t k = 0; k < shown; ++k) grid.add_row(add_row(*rows[k]));
    out_ += grid.render(style_.cells(), style_.color);
    if (shown == rows.size()) return;
    out_ += "  " +
            tone(fmt::format("and {} more {}; the wide output shows all",
                             format_count(rows.size() - shown), noun),
                 Tone::kDim) +
            "\n";
  }

  void add_head() {
    if (!diff_.changed()) {
      out_ += tone("No difference", Tone::kGood) + ": both plans run, route and cost the same\n";
      return;
    }
    std::array<std::size_t, 5> counts{};
    for (const DeploymentChange& d : diff_.deployments) {
      ++counts[static_cast<std::size_t>(d.action)];
    }
    const auto count = [&](DeploymentAction action) {
      return counts[static_cast<std::size_t>(action)];
    };
    const CostRate before = diff_.old_cost.total();
    const CostRate after = diff_.new_cost.total();
    out_ +=
        tone(fmt::format("{} → {} per hour", format_usd(before), format_usd(after)), Tone::kStrong);
    if (after != before) {
      out_ += " (" +
              tone(with_sign(after - before), after < before ? Tone::kGood : Tone::kWarning) + ")";
    }
    out_ += fmt::format("   deployments: {} added, {} removed, {} scaled, {} reshaped, {} kept\n",
                        count(DeploymentAction::kAdd), count(DeploymentAction::kRemove),
                        count(DeploymentAction::kScale), count(DeploymentAction::kReshape),
                        count(DeploymentAction::kKeep));
  }

  void add_deployments() {
    std::vector<const DeploymentChange*> rows;
    for (const DeploymentChange& d : diff_.deployments) {
      if (d.action != DeploymentAction::kKeep) rows.push_back(&d);
    }
    if (rows.empty()) return;
    section("Deployments", "what runs; + added, - removed, ~ changed");
    grid(rows,
         {{""},
          {"NAME", Align::kLeft, 18},
          {"POOL", Align::kLeft, 8},
          {"OLD"},
          {"NEW"},
          {"CHANGE", Align::kLeft, 14}},
         "deployments", [](const DeploymentChange& d) { return deployment_row(d); });
  }

  static std::vector<GridCell> deployment_row(const DeploymentChange& d) {
    const GridCell sign = sign_of(d.action);
    const PlanDeployment& row = d.to ? *d.to : *d.from;
    std::string change(to_string(d.action));
    if (d.action == DeploymentAction::kReshape) change = reshape_text(*d.from, *d.to);
    if (d.action == DeploymentAction::kScale) {
      change = fmt::format("scale by {:+}", static_cast<long long>(d.to->replicas) -
                                                static_cast<long long>(d.from->replicas));
    }
    return {sign,
            {row.name, Tone::kStrong},
            {pool_text(row.pool, row.gpu)},
            {d.from ? gpus_text(*d.from) : "–", Tone::kDim},
            {d.to ? gpus_text(*d.to) : "–"},
            {change, sign.tone}};
  }

  /// Old and new replicas of one name are told apart.
  [[nodiscard]] std::string shape_text(std::size_t at) const {
    const PlanShape& shape = diff_.shapes[at];
    const auto clashes = [&](const PlanShape& other) {
      return &other != &shape && other.name == shape.name;
    };
    if (std::none_of(diff_.shapes.begin(), diff_.shapes.end(), clashes)) return shape.name;
    return fmt::format("{} ({})", shape.name, to_string(shape.in));
  }

  void add_routes() {
    std::vector<const RouteChange*> rows;
    for (const RouteChange& route : diff_.routes) {
      if (route.changed()) rows.push_back(&route);
    }
    if (rows.empty()) return;
    section("Routes", "which share of a class goes where");
    const std::string* previous = nullptr;
    grid(rows,
         {{"CLASS", Align::kLeft, 10},
          {"DEPLOYMENT", Align::kLeft, 18},
          {"OLD", Align::kRight},
          {"NEW", Align::kRight}},
         "routes", [&](const RouteChange& route) -> std::vector<GridCell> {
           const bool repeated = previous != nullptr && *previous == route.query_class;
           previous = &route.query_class;
           return {{repeated ? "" : route.query_class, Tone::kStrong},
                   {shape_text(route.shape)},
                   {route.from > 0.0 ? format_percent(route.from) : "–", Tone::kDim},
                   {route.to > 0.0 ? format_percent(route.to) : "–"}};
         });
  }

  void add_classes() {
    std::vector<const ClassChange*> rows;
    for (const ClassChange& row : diff_.classes) {
      if (row.changed()) rows.push_back(&row);
    }
    if (rows.empty()) return;
    section("Classes", "what is asked for");
    grid(rows,
         {{"CLASS", Align::kLeft, 10},
          {"OLD RATE", Align::kRight},
          {"NEW RATE", Align::kRight},
          {"OLD REFUSED", Align::kRight},
          {"NEW REFUSED", Align::kRight}},
         "classes", [](const ClassChange& row) -> std::vector<GridCell> {
           return {{row.name, Tone::kStrong},
                   {row.rate_from ? format_rate(*row.rate_from) : "–", Tone::kDim},
                   {row.rate_to ? format_rate(*row.rate_to) : "gone"},
                   {row.rate_from ? format_percent(row.unmet_from) : "–", Tone::kDim},
                   {row.rate_to ? format_percent(row.unmet_to) : "–"}};
         });
  }

  void add_boxes() {
    std::vector<const MigrationOffer*> rows;
    for (const MigrationOffer& offer : migration_.offers) {
      if (offer.before != offer.after || offer.during != offer.after) rows.push_back(&offer);
    }
    if (rows.empty()) return;
    section("Boxes", "rented; meanwhile = until the last step");
    grid(rows,
         {{"POOL", Align::kLeft, 8},
          {"OFFER", Align::kLeft, 10},
          {"GPUS EACH", Align::kRight},
          {"OLD", Align::kRight},
          {"MEANWHILE", Align::kRight},
          {"NEW", Align::kRight}},
         "offers", [](const MigrationOffer& offer) -> std::vector<GridCell> {
           const bool more = offer.during > std::max(offer.before, offer.after);
           return {{offer.pool, Tone::kStrong},
                   {offer.offer},
                   {format_count(offer.lot)},
                   {format_count(offer.before), Tone::kDim},
                   {format_count(offer.during), more ? Tone::kWarning : Tone::kPlain},
                   {format_count(offer.after)}};
         });
  }

  void add_cost() {
    section("Cost", "per hour");
    TextGrid grid(
        {{""}, {"OLD", Align::kRight}, {"NEW", Align::kRight}, {"DIFFERENCE", Align::kRight}});
    const auto row = [&](const char* label, CostRate before, CostRate after, Tone label_tone) {
      grid.add_row(
          {{label, label_tone},
           {format_usd(before), Tone::kDim},
           {format_usd(after), label_tone},
           {after == before ? "–" : with_sign(after - before), after == before  ? Tone::kDim
                                                               : after < before ? Tone::kGood
                                                                                : Tone::kWarning}});
    };
    row("rental", diff_.old_cost.rental, diff_.new_cost.rental, Tone::kPlain);
    row("delay", diff_.old_cost.delay, diff_.new_cost.delay, Tone::kPlain);
    row("refused requests", diff_.old_cost.unmet, diff_.new_cost.unmet, Tone::kPlain);
    row("fixed cost of deployments", diff_.old_cost.fixed, diff_.new_cost.fixed, Tone::kPlain);
    if (diff_.old_cost.switching != diff_.new_cost.switching) {
      row("change of plan", diff_.old_cost.switching, diff_.new_cost.switching, Tone::kPlain);
    }
    grid.add_rule();
    row("total", diff_.old_cost.total(), diff_.new_cost.total(), Tone::kStrong);
    out_ += grid.render(style_.cells(), style_.color);
  }

  void add_steps() {
    if (migration_.steps.empty()) return;
    section("Steps", fmt::format("rental meanwhile {} per hour", format_usd(migration_.rental)));
    const std::size_t digits = std::to_string(migration_.steps.size()).size();
    for (std::size_t k = 0; k < migration_.steps.size(); ++k) {
      const MigrationStep& step = migration_.steps[k];
      const std::string number = fmt::format("{:>{}}", k + 1, digits);
      const std::string action(to_string(step.action));
      const std::size_t indent = digits + 12;
      out_ += "  " + tone(number, Tone::kDim) + "  " + tone(action, action_tone(step.action)) +
              std::string(8 - action.size(), ' ') +
              wrap(step_text(step), style_.cells() - indent, indent) + "\n";
      for (const LostShare& lost : step.lost) {
        out_ += std::string(indent, ' ') +
                tone(fmt::format("✗ {} loses {} until the routes change",
                                 diff_.classes[lost.query_class].name, format_percent(lost.share)),
                     Tone::kBad) +
                "\n";
      }
    }
    out_ += "\n  " +
            (migration_.lossless
                 ? tone("✓ ", Tone::kGood) + "every class keeps its capacity at every step"
                 : tone("✗ ", Tone::kBad) +
                       "no order without loss was found within the quotas; at worst " +
                       format_rate(migration_.lost) + " are not served") +
            "\n";
  }

  static Tone action_tone(MigrationStep::Action action) {
    switch (action) {
      case MigrationStep::Action::kRent:
      case MigrationStep::Action::kStart: return Tone::kGood;
      case MigrationStep::Action::kStop:
      case MigrationStep::Action::kReturn: return Tone::kBad;
      case MigrationStep::Action::kRoute: break;
    }
    return Tone::kAccent;
  }

  [[nodiscard]] std::string step_text(const MigrationStep& step) const {
    switch (step.action) {
      case MigrationStep::Action::kRent:
      case MigrationStep::Action::kReturn: {
        const MigrationOffer& offer = migration_.offers[step.offer];
        return fmt::format("{} of {} ({}) in {}", format_count(step.boxes, "box", "boxes"),
                           offer.lot, offer.offer, offer.pool);
      }
      case MigrationStep::Action::kStart:
      case MigrationStep::Action::kStop:
        return fmt::format("{} of {}, then {}", format_count(step.replicas, "replica", "replicas"),
                           shape_text(step.shape), step.running);
      case MigrationStep::Action::kRoute: break;
    }
    std::string text;
    const std::size_t shown =
        style_.wide ? step.routes.size() : std::min(step.routes.size(), kMostClasses);
    for (std::size_t k = 0; k < shown; ++k) {
      text += (k == 0 ? "" : "; ") + class_text(step.routes[k]);
    }
    if (shown < step.routes.size()) {
      text += fmt::format("; {} more classes", step.routes.size() - shown);
    }
    return text;
  }

  [[nodiscard]] std::string class_text(const ClassRouting& routing) const {
    std::string text = diff_.classes[routing.query_class].name + ": ";
    if (routing.parts.empty()) return text + (routing.rate > 0.0 ? "nowhere" : "gone");
    if (diff_.classes[routing.query_class].changed()) text += format_rate(routing.rate) + ", ";
    for (std::size_t k = 0; k < routing.parts.size(); ++k) {
      text += fmt::format("{}{} to {}", k == 0 ? "" : ", ", format_percent(routing.parts[k].share),
                          shape_text(routing.parts[k].unit));
    }
    return text;
  }

  void add_notes() {
    std::vector<std::string> notes = diff_.notes;
    for (const std::string& note : migration_.notes) notes.push_back(note);
    for (const std::string& note : notes) {
      out_ += (&note == notes.data() ? "\n  " : "  ") + tone("! ", Tone::kWarning) +
              wrap(note, style_.cells() - 4, 4) + "\n";
    }
  }

  const PlanDiff& diff_;
  const Migration& migration_;
  TableStyle style_;
  std::string out_;
};

/// With every text safe to print.
PlanDiff printable_diff(PlanDiff diff) {
  const auto clean = [](auto&... texts) { ((texts = printable(texts)), ...); };
  clean(diff.old_fleet, diff.new_fleet);
  for (DeploymentChange& change : diff.deployments) {
    for (std::optional<PlanDeployment>* side : {&change.from, &change.to}) {
      if (*side) clean((*side)->name, (*side)->precision, (*side)->pool, (*side)->gpu);
    }
  }
  for (PlanShape& shape : diff.shapes) clean(shape.name, shape.pool);
  for (RouteChange& route : diff.routes) clean(route.query_class);
  for (ClassChange& row : diff.classes) clean(row.name);
  for (std::string& note : diff.notes) clean(note);
  return diff;
}

Migration printable_migration(Migration migration) {
  for (MigrationOffer& offer : migration.offers) {
    offer.pool = printable(offer.pool);
    offer.offer = printable(offer.offer);
  }
  for (std::string& note : migration.notes) note = printable(note);
  return migration;
}

}  // namespace

std::string to_table(const PlanDiff& diff, const Migration& migration, const TableStyle& style) {
  const PlanDiff safe_diff = printable_diff(diff);
  const Migration safe_migration = printable_migration(migration);
  return DiffTable(safe_diff, safe_migration, style).text();
}

}  // namespace berth
