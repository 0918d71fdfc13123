#include "berth/output/table.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/summary.h"
#include "berth/output/switching_text.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

/// Rows of a section before the rest is only counted; `wide` shows all.
constexpr std::size_t kShownRows = 24;
constexpr std::size_t kBarCells = 6;

class Table {
 public:
  Table(const Plan& plan, const TableStyle& style)
      : plan_(plan), style_(style), summary_(summarize(plan)) {}

  std::string text() {
    add_head();
    add_deployments();
    add_promises();
    add_routes();
    add_cost();
    add_switching();
    add_gpus();
    if (style_.wide) add_engine_args();
    add_warnings();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string tone(const std::string& text, Tone t) const {
    return paint(text, t, style_.color);
  }

  [[nodiscard]] std::size_t shown(std::size_t rows) const {
    return style_.wide ? rows : std::min(rows, kShownRows);
  }

  void section(const std::string& title, const std::string& note = {}) {
    out_ += "\n" + tone(title, Tone::kStrong);
    if (!note.empty()) out_ += tone("  " + note, Tone::kDim);
    out_ += "\n";
  }

  void add_rest(std::size_t rows, std::string_view noun) {
    if (shown(rows) == rows) return;
    out_ += "  " +
            tone(fmt::format("and {} more {}; the wide output shows all",
                             format_count(rows - shown(rows)), noun),
                 Tone::kDim) +
            "\n";
  }

  void add_head() {
    const std::size_t inner = static_cast<std::size_t>(std::clamp(style_.width, 60, 100)) - 2;
    const std::string name = shorten(plan_.fleet.empty() ? "plan" : plan_.fleet, inner - 6);
    std::string top = "─ " + name + " ";
    std::string rule;
    for (std::size_t k = display_width(top); k < inner; ++k) rule += "─";
    out_ += tone("╭─ ", Tone::kDim) + tone(name, Tone::kStrong) +
            tone(" " + rule + "╮", Tone::kDim) + "\n";
    const bool all_met = summary_.classes_met == plan_.classes.size();
    boxed(inner, {{format_usd(plan_.cost.total()) + " per hour", Tone::kStrong},
                  {format_usd_month(plan_.cost.total()) + " per month", Tone::kPlain},
                  {gpu_phrase(), Tone::kPlain},
                  {slo_phrase(), all_met ? Tone::kGood : Tone::kBad}});
    boxed(inner, method_phrases());
    std::string bottom;
    for (std::size_t k = 0; k < inner; ++k) bottom += "─";
    out_ += tone("╰" + bottom + "╯", Tone::kDim) + "\n";
  }

  /// Phrases inside the frame, three blanks apart, on as many lines as they need.
  void boxed(std::size_t inner, const std::vector<GridCell>& phrases) {
    std::string line;
    std::size_t used = 0;
    const auto flush = [&] {
      const std::string pad(inner > used + 2 ? inner - used - 2 : 0, ' ');
      out_ += tone("│", Tone::kDim) + "  " + line + pad + tone("│", Tone::kDim) + "\n";
      line.clear();
      used = 0;
    };
    for (const GridCell& phrase : phrases) {
      const std::string text = shorten(phrase.text, inner - 4);
      const std::size_t size = display_width(text);
      if (used > 0 && used + 3 + size > inner - 4) flush();
      if (used > 0) {
        line += "   ";
        used += 3;
      }
      line += tone(text, phrase.tone);
      used += size;
    }
    flush();
  }

  [[nodiscard]] std::string gpu_phrase() const {
    return fmt::format("{} in {}", format_count(summary_.gpus, "GPU", "GPUs"),
                       format_count(summary_.boxes, "box", "boxes"));
  }

  [[nodiscard]] std::string slo_phrase() const {
    return fmt::format("{} {} of {} classes within their SLOs",
                       summary_.classes_met == plan_.classes.size() ? "✓" : "✗",
                       summary_.classes_met, plan_.classes.size());
  }

  [[nodiscard]] std::vector<GridCell> method_phrases() const {
    std::vector<GridCell> phrases = {
        {fmt::format("method {}, {}", plan_.method, plan_.status), Tone::kDim}};
    if (plan_.gap && plan_.lower_bound) {
      phrases.push_back({fmt::format("gap {} to the lower bound {}", format_percent(*plan_.gap),
                                     format_usd(CostRate::usd_per_hour(*plan_.lower_bound))),
                         Tone::kDim});
    }
    phrases.push_back(
        {fmt::format("options built in {}, solved in {}", format_seconds(plan_.build_seconds),
                     format_seconds(plan_.solve_seconds)),
         Tone::kDim});
    if (plan_.robust) phrases.push_back({robust_phrase(*plan_.robust), Tone::kPlain});
    return phrases;
  }

  void add_deployments() {
    section("Deployments", "utilisation is of the load the SLOs allow; cost per hour");
    std::vector<GridColumn> columns = {{"NAME", Align::kLeft, 18}};
    if (style_.wide) columns.push_back({"MODEL"});
    columns.insert(columns.end(), {{"TYPE"},
                                   {"POOL", Align::kLeft, 8},
                                   {"GPUS", Align::kRight},
                                   {"UTILISATION"},
                                   {"COST", Align::kRight},
                                   {"SHARE", Align::kRight}});
    if (style_.wide) {
      columns.insert(columns.end(), {{"TTFT", Align::kRight},
                                     {"TPOT", Align::kRight},
                                     {"SEQS", Align::kRight},
                                     {"CONTEXT", Align::kRight},
                                     {"TPOT TARGET", Align::kRight}});
    }
    TextGrid grid(std::move(columns));
    for (std::size_t k = 0; k < shown(plan_.deployments.size()); ++k) {
      grid.add_row(deployment_row(plan_.deployments[k]));
    }
    out_ += grid.render(style_.cells(), style_.color);
    add_rest(plan_.deployments.size(), "deployments");
  }

  [[nodiscard]] std::vector<GridCell> deployment_row(const PlanDeployment& d) const {
    std::vector<GridCell> row = {{d.name, Tone::kStrong}};
    if (style_.wide) row.push_back({d.model});
    const bool brim = d.utilization > 0.95;
    row.push_back({d.precision, Tone::kPlain});
    row.push_back({pool_text(d.pool, d.gpu)});
    row.push_back({format_gpus(d.replicas, d.tensor_parallel, d.pipeline_parallel, d.gpus)});
    row.push_back(
        {fmt::format("{} {:>6}", text_bar(d.utilization, kBarCells), format_percent(d.utilization)),
         brim ? Tone::kWarning : Tone::kAccent});
    row.push_back({format_usd(d.cost)});
    row.push_back({format_percent(share_of(d.cost, plan_.cost.total())), Tone::kDim});
    if (style_.wide) {
      row.push_back({format_seconds(d.ttft_s)});
      row.push_back({format_seconds(d.tpot_s)});
      row.push_back({std::to_string(d.max_num_seqs)});
      row.push_back({std::to_string(d.max_model_len)});
      row.push_back({d.tpot_target ? format_seconds(d.tpot_target->value) : "none"});
    }
    return row;
  }

  /// Classes that break a promise first, then those with the least headroom, when not all fit.
  [[nodiscard]] std::vector<std::size_t> class_order() const {
    std::vector<std::size_t> order(plan_.classes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (shown(order.size()) == order.size()) return order;
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return least_headroom(plan_.classes[a]) < least_headroom(plan_.classes[b]);
    });
    order.resize(shown(order.size()));
    return order;
  }

  void add_promises() {
    section("Service levels",
            "at the percentile, worst route; below: the limit and how much of it is left");
    TextGrid grid({{"CLASS", Align::kLeft, 10},
                   {"TTFT"},
                   {"TPOT"},
                   {"E2E"},
                   {"ERROR"},
                   {"REFUSED", Align::kRight}});
    for (const std::size_t i : class_order()) add_class_rows(grid, plan_.classes[i]);
    out_ += grid.render(style_.cells(), style_.color);
    add_rest(plan_.classes.size(), "classes, all with more left");
  }

  static void add_class_rows(TextGrid& grid, const PlanClass& row) {
    std::vector<GridCell> first = {{row.name, row.slo_met ? Tone::kStrong : Tone::kBad}};
    std::vector<GridCell> second = {
        {fmt::format("  {}, p{:g}", format_rate(row.rate), row.slo.percentile * 100.0),
         Tone::kDim}};
    for (const Promise& promise : promises_of(row)) {
      if (!is_served(row)) {
        first.push_back({"– not served", Tone::kDim});
        second.push_back({});
        continue;
      }
      const std::optional<double> left = promise.headroom();
      first.push_back({fmt::format("{} {}",
                                   !left            ? "·"
                                   : promise.kept() ? "✓"
                                                    : "✗",
                                   promise.predicted_text()),
                       !left            ? Tone::kPlain
                       : promise.kept() ? Tone::kGood
                                        : Tone::kBad});
      second.push_back(
          {left ? fmt::format("≤ {} · {}{}", promise.limit_text(),
                              format_percent(*left < 0 ? -*left : *left), *left < 0 ? " over" : "")
                : "  " + promise.limit_text(),
           Tone::kDim});
    }
    first.push_back({format_percent(row.unmet), row.unmet > 0.0 ? Tone::kWarning : Tone::kDim});
    second.push_back({});
    grid.add_row(std::move(first));
    grid.add_row(std::move(second));
  }

  void add_routes() {
    section("Routes", "where the requests of each class go");
    std::vector<GridColumn> columns = {
        {"CLASS", Align::kLeft, 10}, {"RATE", Align::kRight},          {"", Align::kLeft},
        {"SHARE", Align::kRight},    {"DEPLOYMENT", Align::kLeft, 18}, {"TTFT", Align::kRight},
        {"TPOT", Align::kRight}};
    if (style_.wide) {
      columns.insert(columns.end(), {{"E2E", Align::kRight}, {"ERROR", Align::kRight}});
    }
    TextGrid grid(std::move(columns));
    std::map<std::string, double> rate_of;
    for (const PlanClass& row : plan_.classes) rate_of[row.name] = row.rate;
    const std::string* previous = nullptr;
    for (std::size_t k = 0; k < shown(plan_.routes.size()); ++k) {
      const PlanRoute& route = plan_.routes[k];
      const bool repeated = previous != nullptr && *previous == route.query_class;
      previous = &route.query_class;
      std::vector<GridCell> row = {{repeated ? "" : route.query_class, Tone::kStrong},
                                   {format_rate(route.share * rate_of[route.query_class])},
                                   {text_bar(route.share, kBarCells), Tone::kAccent},
                                   {format_percent(route.share)},
                                   {route.deployment},
                                   {format_seconds(route.ttft_s)},
                                   {format_seconds(route.tpot_s)}};
      if (style_.wide) {
        row.push_back({format_seconds(route.e2e_s)});
        row.push_back({format_percent(route.error)});
      }
      grid.add_row(std::move(row));
    }
    out_ += grid.render(style_.cells(), style_.color);
    add_rest(plan_.routes.size(), "routes");
  }

  void add_cost() {
    section("Cost", "per hour");
    TextGrid grid(
        {{"", Align::kLeft, 30}, {"", Align::kRight}, {"", Align::kLeft}, {"", Align::kRight}});
    const CostRate total = plan_.cost.total();
    const auto row = [&](const std::string& label, CostRate cost, Tone label_tone) {
      const double share = share_of(cost, total);
      if (cost == CostRate()) label_tone = Tone::kDim;
      grid.add_row({{label, label_tone},
                    {format_usd(cost), cost == CostRate() ? Tone::kDim : Tone::kPlain},
                    {text_bar(share, 2 * kBarCells), Tone::kAccent},
                    {format_percent(share), Tone::kDim}});
    };
    std::vector<const PlanOffer*> offers;
    for (const PlanOffer& offer : plan_.offers) offers.push_back(&offer);
    std::stable_sort(offers.begin(), offers.end(),
                     [](const PlanOffer* a, const PlanOffer* b) { return a->cost > b->cost; });
    for (std::size_t k = 0; k < shown(offers.size()); ++k) {
      const PlanOffer& offer = *offers[k];
      row(fmt::format("{} × {}, {}{}", offer.boxes, offer.offer,
                      format_count(offer.gpus, "GPU", "GPUs"), offer.boxes > 1 ? " together" : ""),
          offer.cost, Tone::kPlain);
    }
    if (plan_.offers.size() != 1) row("rental together", plan_.cost.rental, Tone::kDim);
    row("delay", plan_.cost.delay, Tone::kPlain);
    row("refused requests", plan_.cost.unmet, Tone::kPlain);
    row("fixed cost of deployments", plan_.cost.fixed, Tone::kPlain);
    if (plan_.switching) row("change of plan", plan_.cost.switching, Tone::kPlain);
    grid.add_rule();
    grid.add_row({{"total", Tone::kStrong}, {format_usd(total), Tone::kStrong}, {}, {}});
    out_ += grid.render(style_.cells(), style_.color);
    add_rest(offers.size(), "offers");
  }

  void add_switching() {
    if (!plan_.switching) return;
    section("From the plan that runs");
    const std::size_t line = style_.wide ? 100000 : style_.cells() - 2;
    out_ += "  " + wrap(switching_text(*plan_.switching), line, 2) + "\n";
  }

  void add_gpus() {
    section("Where the GPUs come from");
    for (const PoolSummary& pool : summary_.pools) {
      std::string line = "  " + tone(pool_text(pool.name, pool.gpu), Tone::kStrong);
      line += fmt::format(": {} in ", format_count(pool.rented, "GPU", "GPUs"));
      for (std::size_t k = 0; k < pool.offers.size(); ++k) {
        line += fmt::format("{}{} ({})", k == 0 ? "" : " + ", boxes_text(*pool.offers[k]),
                            pool.offers[k]->offer);
      }
      if (pool.offers.empty()) line += "no box";
      line += pool.idle() == 0 ? tone(", all busy", Tone::kDim)
                               : tone(fmt::format(", {} idle", pool.idle()), Tone::kWarning);
      out_ += line + "\n";
      add_pool_deployments(pool);
    }
  }

  void add_pool_deployments(const PoolSummary& pool) {
    TextGrid grid({{"", Align::kRight}, {"", Align::kLeft}, {"", Align::kLeft, 18}});
    for (std::size_t k = 0; k < shown(pool.deployments.size()); ++k) {
      const PlanDeployment& d = *pool.deployments[k];
      grid.add_row(
          {{std::to_string(d.gpus)},
           {fmt::format("= {} × TP {} × PP {}", format_count(d.replicas, "replica", "replicas"),
                        d.tensor_parallel, d.pipeline_parallel)},
           {d.name, Tone::kDim}});
    }
    out_ += grid.render(style_.cells(), style_.color, 4);
    add_rest(pool.deployments.size(), "deployments");
  }

  void add_engine_args() {
    section("Engine arguments", "vLLM");
    for (const PlanDeployment& d : plan_.deployments) {
      out_ += "  " + tone(d.name, Tone::kStrong) + "\n    " + shell_words(d.engine_args) + "\n";
    }
  }

  void add_warnings() {
    if (plan_.warnings.empty()) return;
    section("Warnings");
    const std::size_t line = style_.wide ? 100000 : style_.cells() - 4;
    for (const std::string& warning : plan_.warnings) {
      out_ += "  " + tone("!", Tone::kWarning) + " " + wrap(warning, line, 4) + "\n";
    }
  }

  const Plan& plan_;
  TableStyle style_;
  PlanSummary summary_;
  std::string out_;
};

/// The plan with every text safe to print.
Plan printable_plan(Plan plan) {
  const auto clean = [](auto&... texts) { ((texts = printable(texts)), ...); };
  clean(plan.fleet, plan.method, plan.status);
  for (PlanDeployment& d : plan.deployments) {
    clean(d.name, d.model, d.precision, d.pool, d.gpu);
    for (std::string& argument : d.engine_args) clean(argument);
  }
  for (PlanOffer& offer : plan.offers) clean(offer.pool, offer.offer);
  for (PlanRoute& route : plan.routes) clean(route.query_class, route.deployment);
  for (PlanClass& row : plan.classes) clean(row.name);
  for (std::string& warning : plan.warnings) clean(warning);
  return plan;
}

}  // namespace

std::string to_table(const Plan& plan, const TableStyle& style) {
  const Plan safe = printable_plan(plan);
  return Table(safe, style).text();
}

}  // namespace berth
