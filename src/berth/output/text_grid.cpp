#include "berth/output/text_grid.h"

#include <algorithm>
#include <cassert>
#include <string_view>

#include "berth/core/text.h"
#include "berth/output/format.h"

namespace berth {
namespace {

constexpr std::size_t kGap = 2;

std::string_view ansi(Tone tone) {
  switch (tone) {
    case Tone::kPlain: return "";
    case Tone::kStrong: return "\033[1m";
    case Tone::kDim: return "\033[2m";
    case Tone::kGood: return "\033[32m";
    case Tone::kBad: return "\033[1;31m";
    case Tone::kWarning: return "\033[33m";
    case Tone::kAccent: return "\033[36m";
  }
  return "";
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t k = 0; k < count; ++k) out += text;
  return out;
}

void trim_end(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

std::string paint(const std::string& text, Tone tone, bool color) {
  if (!color || tone == Tone::kPlain || text.empty()) return text;
  return std::string(ansi(tone)) + text + "\033[0m";
}

void TextGrid::add_row(std::vector<GridCell> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void TextGrid::add_rule() { rows_.emplace_back(); }

std::vector<std::size_t> TextGrid::widths(std::size_t available) const {
  std::vector<std::size_t> width(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    width[c] = display_width(columns_[c].header);
    for (const auto& row : rows_) {
      if (!row.empty()) width[c] = std::max(width[c], display_width(row[c].text));
    }
  }
  std::size_t total = kGap * (columns_.empty() ? 0 : columns_.size() - 1);
  for (const std::size_t w : width) total += w;
  while (total > available) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool can_shrink = columns_[c].min_width > 0 && width[c] > columns_[c].min_width;
      if (can_shrink && (widest == columns_.size() || width[c] > width[widest])) widest = c;
    }
    if (widest == columns_.size()) break;
    --width[widest];
    --total;
  }
  return width;
}

std::string TextGrid::render(std::size_t width, bool color, std::size_t indent) const {
  const std::vector<std::size_t> column_width = widths(width > indent ? width - indent : 0);
  std::size_t total = kGap * (columns_.empty() ? 0 : columns_.size() - 1);
  for (const std::size_t w : column_width) total += w;
  const std::string margin(indent, ' ');
  std::string out;
  const auto add_line = [&](auto cell_of) {
    std::string line = margin;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const GridCell cell = cell_of(c);
      const std::string text = shorten(cell.text, column_width[c]);
      const std::string pad(column_width[c] - display_width(text), ' ');
      const bool right = columns_[c].align == Align::kRight;
      line += right ? pad + paint(text, cell.tone, color) : paint(text, cell.tone, color) + pad;
      if (c + 1 < columns_.size()) line += std::string(kGap, ' ');
    }
    trim_end(line);
    out += line + "\n";
  };
  const std::string rule = margin + paint(repeat("─", total), Tone::kDim, color) + "\n";
  const bool has_header = std::any_of(columns_.begin(), columns_.end(),
                                      [](const GridColumn& c) { return !c.header.empty(); });
  if (has_header) {
    add_line([this](std::size_t c) { return GridCell{columns_[c].header, Tone::kDim}; });
    out += rule;
  }
  for (const auto& row : rows_) {
    if (row.empty()) {
      out += rule;
    } else {
      add_line([&row](std::size_t c) { return row[c]; });
    }
  }
  return out;
}

std::string wrap(const std::string& text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t used = 0;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t size = display_width(word);
    if (used > 0 && used + 1 + size > width) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
    } else if (used > 0) {
      out += " ";
      ++used;
    }
    out += word;
    used += size;
  }
  return out;
}

}  // namespace berth
