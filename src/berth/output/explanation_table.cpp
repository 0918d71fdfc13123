#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "berth/output/explanation.h"
#include "berth/output/explanation_words.h"
#include "berth/output/format.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

/// Rows of a list before the rest is only counted.
constexpr std::size_t kShownRows = 40;
constexpr std::size_t kShownNames = 20;

class ExplanationTable {
 public:
  ExplanationTable(const Explanation& e, const TableStyle& style)
      : e_(e), style_(style), width_(style.terminal()) {}

  std::string text() {
    if (e_.status == Explanation::Status::kFeasible) {
      feasible();
    } else {
      infeasible();
    }
    for (const std::string& note : e_.notes) paragraph("! ", Tone::kWarning, note);
    out_ += "\n" +
            tone(fmt::format("{} problems solved in {}", format_count(e_.solves),
                             format_seconds(e_.seconds)),
                 Tone::kDim) +
            "\n";
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string tone(const std::string& text, Tone t) const {
    return paint(text, t, style_.color);
  }

  [[nodiscard]] std::string subject() const {
    return e_.name.empty() ? "this problem" : printable(e_.name);
  }

  void section(const std::string& title, const std::string& note = {}) {
    out_ += "\n" + tone(title, Tone::kStrong);
    if (!note.empty()) out_ += "  " + tone(note, Tone::kDim);
    out_ += "\n";
  }

  void paragraph(const std::string& mark, Tone t, const std::string& text) {
    out_ += "  " + tone(mark, t) + wrap(printable(text), width_ - 4, 4) + "\n";
  }

  [[nodiscard]] std::string price_text(const PlanPrice& price) const {
    return (price.optimal ? "" : "at most ") + format_usd(price.cost);
  }

  // Infeasible.

  void infeasible() {
    out_ += tone("No plan keeps all limits of " + subject() + ".", Tone::kBad) + "\n";
    for (std::size_t k = 0; k < e_.conflicts.size(); ++k) conflict(k);
    relaxations();
    not_enough();
    if (e_.uncoverable.empty()) return;
    section("Classes that nothing can serve");
    for (const Error& error : e_.uncoverable) paragraph("✗ ", Tone::kBad, error.message);
  }

  void conflict(std::size_t k) {
    const Conflict& conflict = e_.conflicts[k];
    const std::string note = conflict.minimal
                                 ? "lift any one of them and the rest can be kept"
                                 : "perhaps not all are needed: not every part was tried";
    section(k == 0 ? "These limits contradict each other"
                   : "These contradict each other as well, even without those above",
            note);
    TextGrid grid({{"LIMIT", Align::kLeft, 24}, {"NOW"}});
    for (std::size_t at = 0; at < std::min(conflict.limits.size(), kShownRows); ++at) {
      const Limit& limit = e_.limits[conflict.limits[at]];
      grid.add_row({{limit_name(limit)}, {limit_bound(limit)}});
    }
    out_ += grid.render(width_, style_.color);
    add_rest(conflict.limits.size());
  }

  void add_rest(std::size_t rows) {
    if (rows <= kShownRows) return;
    out_ +=
        "  " +
        tone(fmt::format("and {} more; the JSON output has all", format_count(rows - kShownRows)),
             Tone::kDim) +
        "\n";
  }

  void relaxations() {
    if (e_.relaxations.empty()) {
      section("No relaxation was found in the time");
      return;
    }
    section("Any one of these leaves a plan",
            "each was solved; cheapest plan first, refusing requests last");
    for (const Relaxation& r : e_.relaxations) {
      const std::string cost =
          r.price ? fmt::format("plan costs {} per hour", price_text(*r.price))
                  : std::string("a plan exists; its cost was not computed in the time");
      std::string text = relaxation_text(e_.limits, r);
      if (!r.smallest) text += " (less may do)";
      out_ += "  " + tone("✓ ", Tone::kGood) + wrap(text, width_ - 4, 4) + "\n      " +
              tone(cost, Tone::kDim) + "\n";
    }
  }

  void not_enough() {
    if (e_.not_enough.empty()) return;
    section("Not enough, even when lifted altogether");
    for (const Relaxation& r : e_.not_enough) {
      std::string names;
      for (const Change& change : r.changes) {
        names += (names.empty() ? "" : ", ") + limit_name(e_.limits[change.limit]);
      }
      if (r.works == Answer::kUnknown) names += " (not settled in the time)";
      paragraph("✗ ", Tone::kDim, names);
    }
  }

  // Feasible.

  static bool is_known(Basis basis) {
    return basis != Basis::kNotComputed && basis != Basis::kStepBest;
  }

  void feasible() {
    const PlanPrice& best = *e_.best;
    out_ += tone(fmt::format("Least cost of {}: {} per hour", subject(), format_usd(best.cost)),
                 Tone::kStrong);
    if (best.optimal) {
      out_ += ", proven";
    } else if (best.lower_bound) {
      out_ += fmt::format(", found in the time; no plan costs less than {}",
                          format_usd(CostRate::usd_per_hour(*best.lower_bound)));
    } else {
      out_ += ", the best found in the time";
    }
    out_ += "\n";
    if (e_.given) given_line(best);
    costly();
    list(
        "Cost nothing", "lifting any one of these does not make the plan cheaper",
        [](const LimitPrice& w) { return w.lifted.usd == CostRate() && is_known(w.lifted.basis); });
    list("~ No saving found", "lifting one of these gave no cheaper plan in the time; not proven",
         [](const LimitPrice& w) {
           return w.lifted.usd == CostRate() && w.lifted.basis == Basis::kStepBest;
         });
    list("Not computed in the time", {},
         [](const LimitPrice& w) { return w.lifted.basis == Basis::kNotComputed; });
  }

  void given_line(const PlanPrice& best) {
    const CostRate more = *e_.given - best.cost;
    out_ += fmt::format("The given plan costs {} per hour: ", format_usd(*e_.given));
    if (more > CostRate()) {
      out_ += fmt::format("{} ({}) more\n", format_usd(more),
                          format_percent(share_of(more, best.cost)));
    } else {
      out_ += more < CostRate() ? "less than any plan found here that keeps every limit\n"
                                : "as little as any plan found\n";
    }
  }

  void costly() {
    std::vector<const LimitPrice*> rows;
    for (const LimitPrice& worth : e_.worths) {
      if (worth.lifted.usd > CostRate()) rows.push_back(&worth);
    }
    if (rows.empty()) {
      section("No limit was found to cost anything");
      return;
    }
    section("What limits cost", "USD per hour that the best plan would save");
    std::vector<GridColumn> columns = {
        {"LIMIT", Align::kLeft, 20}, {"NOW"}, {"BEST PLAN", Align::kRight}};
    if (e_.given) columns.push_back({"THIS PLAN", Align::kRight});
    columns.insert(columns.end(), {{"WITHOUT IT", Align::kRight},
                                   {"ONE STEP", Align::kRight},
                                   {"FIRST THAT SAVES", Align::kRight}});
    TextGrid grid(std::move(columns));
    for (std::size_t k = 0; k < std::min(rows.size(), kShownRows); ++k) {
      grid.add_row(worth_row(*rows[k]));
    }
    out_ += grid.render(width_, style_.color);
    add_rest(rows.size());
    const bool rough = std::any_of(rows.begin(), rows.end(), [](const LimitPrice* w) {
      return w->lifted.basis == Basis::kStepBest;
    });
    if (rough) {
      out_ +=
          "  " + tone("~ from the best plans found in the time, without proof", Tone::kDim) + "\n";
    }
  }

  [[nodiscard]] std::string saving_text(const Saving& saving) const {
    if (saving.basis == Basis::kNotComputed) return "?";
    const std::string usd = saving.usd == CostRate() ? std::string("0") : format_usd(saving.usd);
    return (saving.basis == Basis::kStepBest ? "~" : "") + usd;
  }

  [[nodiscard]] std::vector<GridCell> worth_row(const LimitPrice& worth) const {
    const Limit& limit = e_.limits[worth.limit];
    const auto used = [&](std::optional<double> value, bool tight) {
      const bool shown = value && limit.kind != LimitKind::kHeadroom;
      return GridCell{shown ? limit_value(limit.kind, *value) : "–",
                      tight ? Tone::kWarning : Tone::kPlain};
    };
    std::vector<GridCell> row = {
        {limit_name(limit), Tone::kStrong}, {limit_bound(limit)}, used(worth.used, worth.tight)};
    if (e_.given) row.push_back(used(worth.given_used, worth.given_tight));
    row.push_back({saving_text(worth.lifted), Tone::kAccent});
    row.push_back({worth.step
                       ? step_text(limit, *worth.step->value) + ": " + saving_text(*worth.step)
                       : "–"});
    row.push_back({worth.first ? limit_value(limit.kind, *worth.first->value) + ": " +
                                     saving_text(*worth.first)
                               : "–"});
    return row;
  }

  /// Limits by kind, each kind with the names of those it limits.
  template <class Wanted>
  void list(const std::string& title, const std::string& note, const Wanted& wanted) {
    std::map<LimitKind, std::vector<std::string>> names;
    for (const LimitPrice& worth : e_.worths) {
      if (!wanted(worth)) continue;
      const Limit& limit = e_.limits[worth.limit];
      std::string name = printable(limit.subject);
      if (worth.tight || worth.given_tight) name += name.empty() ? "(tight)" : " (tight)";
      names[limit.kind].push_back(std::move(name));
    }
    if (names.empty()) return;
    section(title, note);
    for (const auto& [kind, subjects] : names) {
      std::string line(kind_name(kind));
      for (std::size_t k = 0; k < std::min(subjects.size(), kShownNames); ++k) {
        if (subjects[k].empty()) continue;
        line += (k == 0 ? (subjects[k].front() == '(' ? " " : " of ") : ", ") + subjects[k];
      }
      if (subjects.size() > kShownNames) {
        line += fmt::format(" and {} more", subjects.size() - kShownNames);
      }
      out_ += "  " + wrap(line, width_ - 2, 4) + "\n";
    }
  }

  const Explanation& e_;
  TableStyle style_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string to_table(const Explanation& explanation, const TableStyle& style) {
  return ExplanationTable(explanation, style).text();
}

}  // namespace berth
