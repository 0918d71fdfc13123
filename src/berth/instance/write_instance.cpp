// berth.instance/1 out. Column after column, one line a table; numbers in the shortest form that
// reads back as the same value, money from its integer micro-dollars.

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "berth/instance/instance_json.h"

namespace berth {
namespace {

void append(std::string& out, double x) {
  if (std::isinf(x)) {
    out += "null";
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, x).ptr;
  out.append(buffer, end);
}

void append(std::string& out, std::int64_t n) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  out.append(buffer, end);
}

void append(std::string& out, std::int32_t n) {
  if (n == kUnlimited) {
    out += "null";
  } else {
    append(out, std::int64_t{n});
  }
}

template <class Tag>
void append(std::string& out, Id<Tag> id) {
  append(out, static_cast<std::int64_t>(id.value()));
}

/// Exact: 1234567 micro-dollars are "1.234567".
void append(std::string& out, CostRate cost) {
  constexpr std::int64_t kMicros = 1'000'000;
  const std::int64_t micros = cost.micros();
  if (micros < 0) out += '-';
  append(out, std::abs(micros / kMicros));
  std::int64_t fraction = std::abs(micros % kMicros);
  if (fraction == 0) return;
  out += '.';
  for (std::int64_t digit = kMicros / 10; fraction > 0; digit /= 10) {
    out += static_cast<char>('0' + fraction / digit);
    fraction %= digit;
  }
}

void append(std::string& out, const std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

class Writer {
 public:
  void table(std::string_view name) {
    out += out.back() == '}' ? ",\n\"" : "\"";
    out += name;
    out += "\":{";
  }
  void end_table() { out += '}'; }

  template <class T>
  void column(std::string_view name, const std::vector<T>& values) {
    column(name, values.size(), [&](std::size_t i) { append(out, values[i]); });
  }

  template <class T>
  void number(std::string_view name, T value) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
    append(out, value);
  }

  template <class Put>
  void column(std::string_view name, std::size_t count, Put put) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":[";
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) out += ',';
      put(i);
    }
    out += ']';
  }

  std::string out;
};

void write_switching(const InstanceColumns::Switching& switching, Writer& w) {
  w.table("switching");
  w.column("replicas", switching.replicas);
  w.column("start_cost", switching.start_cost);
  w.column("stop_cost", switching.stop_cost);
  w.column("boxes", switching.boxes);
  w.column("rent_cost", switching.rent_cost);
  w.number("max_changes", switching.max_changes);
  w.end_table();
}

void write_uncertainty(const InstanceColumns::Uncertainty& uncertainty, Writer& w) {
  w.table("uncertainty");
  w.number("budget", uncertainty.budget);
  w.column("load", uncertainty.load);
  w.column("delay", uncertainty.delay);
  w.column("error", uncertainty.error);
  w.end_table();
}

}  // namespace

std::string to_json(const Instance& instance) {
  const InstanceColumns& c = instance.columns();
  Writer w;
  w.out.reserve(1024 + instance.pair_count() * 64 + instance.option_count() * 96);
  w.out = "{\"format\":\"berth.instance/1\",\n";
  w.table("classes");
  w.column("name", c.classes.name);
  w.column("unmet_cost", c.classes.unmet_cost);
  w.column("max_unmet", c.classes.max_unmet);
  w.column("max_delay", c.classes.max_delay);
  w.column("max_error", c.classes.max_error);
  w.end_table();
  w.table("pools");
  w.column("name", c.pools.name);
  w.end_table();
  w.table("offers");
  w.column("name", c.offers.name);
  w.column("pool", c.offers.pool);
  w.column("lot", c.offers.lot);
  w.column("cost", c.offers.cost);
  w.column("max", c.offers.max);
  w.end_table();
  w.table("options");
  w.column("name", c.options.name);
  w.column("pool", c.options.pool);
  w.column("units", c.options.units);
  w.column("fixed_cost", c.options.fixed_cost);
  w.column("max_replicas", c.options.max_replicas);
  w.column("group", c.options.group.size(), [&](std::size_t d) {
    const std::int32_t group = c.options.group[d];
    if (group == kNoGroup) {
      w.out += "null";
    } else {
      append(w.out, c.options.group_name[static_cast<std::size_t>(group)]);
    }
  });
  w.end_table();
  w.table("pairs");
  w.column("option", c.pairs.option);
  w.column("class", c.pairs.query_class);
  w.column("load", c.pairs.load);
  w.column("delay", c.pairs.delay);
  w.column("error", c.pairs.error);
  w.column("cost", c.pairs.cost);
  w.end_table();
  if (!c.switching.empty()) write_switching(c.switching, w);
  if (!c.uncertainty.empty()) write_uncertainty(c.uncertainty, w);
  w.out += ",\n\"budget\":";
  if (c.budget == kNoBudget) {
    w.out += "null";
  } else {
    append(w.out, c.budget);
  }
  w.out += "}\n";
  return std::move(w.out);
}

}  // namespace berth
