#include "berth/output/sankey.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

constexpr double kWidth = 1000.0;
constexpr double kNodeWidth = 12.0;
constexpr double kHeading = 30.0;   // room above the columns
constexpr double kMinGap = 20.0;    // between nodes: room for a label beside a thin node
constexpr double kMinNode = 3.0;    // a thin node must still be seen
constexpr double kLabelCells = 27;  // what fits between two columns
constexpr double kHeightPerNode = 46.0;
constexpr double kMinHeight = 200.0;

struct Box {
  double x = 0.0;
  double top = 0.0;
  double height = 0.0;
  double used_in = 0.0;   // how much of the left side has bands
  double used_out = 0.0;  // and of the right side
};

class Chart {
 public:
  Chart(const FlowGraph& graph, std::size_t columns) : graph_(graph), columns_(columns) {
    place_nodes();
  }

  [[nodiscard]] double height() const { return height_; }

  std::string bands() {
    std::vector<std::size_t> order(graph_.links.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    // Bands leave and enter every node from top to bottom in the order of their other ends.
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      const FlowLink& left = graph_.links[a];
      const FlowLink& right = graph_.links[b];
      return std::pair(left.from, left.to) < std::pair(right.from, right.to);
    });
    std::string svg;
    for (const std::size_t k : order) svg += band(graph_.links[k]);
    return svg;
  }

  [[nodiscard]] std::string nodes() const {
    std::string svg;
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      const FlowNode& node = graph_.nodes[k];
      const Box& box = boxes_[k];
      const bool last = static_cast<std::size_t>(node.column) + 1 == columns_;
      const double text_x = last ? box.x - 8.0 : box.x + kNodeWidth + 8.0;
      svg += fmt::format(
          "<g><title>{}: {}</title>\n"
          "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"/>\n"
          "<text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}"
          "<tspan class=\"quiet\" dx=\"6\">{}</tspan></text></g>\n",
          escape_html(node.label), escape_html(node.detail), hue_class(node.hue), svg_number(box.x),
          svg_number(box.top), svg_number(kNodeWidth), svg_number(box.height), svg_number(text_x),
          svg_number(box.top + box.height / 2 + 4.0), last ? "end" : "start",
          escape_html(shorten(node.label, static_cast<std::size_t>(kLabelCells))),
          escape_html(node.detail));
    }
    return svg;
  }

  [[nodiscard]] double column_x(std::size_t column) const {
    if (columns_ < 2) return 0.0;
    return (kWidth - kNodeWidth) * static_cast<double>(column) / static_cast<double>(columns_ - 1);
  }

 private:
  void place_nodes() {
    std::vector<std::vector<std::size_t>> members(columns_);
    for (std::size_t k = 0; k < graph_.nodes.size(); ++k) {
      members[static_cast<std::size_t>(graph_.nodes[k].column)].push_back(k);
    }
    std::size_t most = 0;
    for (const auto& column : members) most = std::max(most, column.size());
    height_ = kHeading + std::max(kMinHeight, kHeightPerNode * static_cast<double>(most));
    scale_ = band_scale(members);
    boxes_.resize(graph_.nodes.size());
    for (std::size_t c = 0; c < columns_; ++c) {
      double filled = 0.0;
      for (const std::size_t k : members[c]) filled += node_height(k);
      const double room = height_ - kHeading - filled;
      const double gap = room / static_cast<double>(members[c].size() + 1);
      double top = kHeading + gap;
      for (const std::size_t k : members[c]) {
        boxes_[k] = {column_x(c), top, node_height(k), 0.0, 0.0};
        top += boxes_[k].height + gap;
      }
    }
  }

  /// Pixels per request/s, such that the fullest column still has its gaps.
  [[nodiscard]] double band_scale(const std::vector<std::vector<std::size_t>>& members) const {
    double scale = 1e300;
    for (const auto& column : members) {
      double value = 0.0;
      for (const std::size_t k : column) value += graph_.nodes[k].value;
      const double count = static_cast<double>(column.size());
      const double room = height_ - kHeading - kMinGap * (count + 1.0) - kMinNode * count;
      if (value > 0.0) scale = std::min(scale, std::max(room, 1.0) / value);
    }
    return scale < 1e300 ? scale : 0.0;
  }

  [[nodiscard]] double node_height(std::size_t k) const {
    return std::max(kMinNode, graph_.nodes[k].value * scale_);
  }

  std::string band(const FlowLink& link) {
    Box& from = boxes_[link.from];
    Box& to = boxes_[link.to];
    const double thickness = link.value * scale_;
    const double x1 = from.x + kNodeWidth;
    const double y1 = from.top + from.used_out + thickness / 2;
    const double x2 = to.x;
    const double y2 = to.top + to.used_in + thickness / 2;
    const double bend = (x1 + x2) / 2;
    from.used_out += thickness;
    to.used_in += thickness;
    return fmt::format(
        "<path class=\"band {}\" d=\"M{} {}C{} {} {} {} {} {}\" stroke-width=\"{}\">"
        "<title>{} to {}: {}</title></path>\n",
        hue_class(link.hue), svg_number(x1), svg_number(y1), svg_number(bend), svg_number(y1),
        svg_number(bend), svg_number(y2), svg_number(x2), svg_number(y2),
        svg_number(std::max(1.0, thickness)), escape_html(graph_.nodes[link.from].label),
        escape_html(graph_.nodes[link.to].label), escape_html(format_rate(link.value)));
  }

  const FlowGraph& graph_;
  std::size_t columns_;
  double height_ = 0.0;
  double scale_ = 0.0;
  std::vector<Box> boxes_;
};

}  // namespace

std::string sankey_chart(std::string_view id, std::string_view title, std::string_view description,
                         const FlowGraph& graph, const std::vector<std::string>& headings) {
  Chart chart(graph, headings.size());
  std::string svg = open_svg(id,
                             fmt::format("width=\"100%\" viewBox=\"0 0 {} {}\"", svg_number(kWidth),
                                         svg_number(chart.height())),
                             title, description);
  for (std::size_t c = 0; c < headings.size(); ++c) {
    const bool last = c + 1 == headings.size();
    svg += fmt::format("<text class=\"heading\" x=\"{}\" y=\"14\" text-anchor=\"{}\">{}</text>\n",
                       svg_number(last ? kWidth : chart.column_x(c)), last ? "end" : "start",
                       escape_html(headings[c]));
  }
  svg += chart.bands();
  svg += chart.nodes();
  return svg + "</svg>\n";
}

}  // namespace berth
