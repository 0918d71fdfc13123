#pragma once
// One CSV record into fields (RFC 4180): for headers, small files and the rows that the fast path
// of the trace reader leaves.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// Fields of `line` (without its line end), quotes removed, doubled quotes undone, blanks around
/// unquoted fields trimmed. False if a quote is not closed (the record goes on in the next line)
/// or text follows a closing quote.
bool split_csv(std::string_view line, std::vector<std::string>& fields);

/// True if the number of quotes in `line` is odd: a quoted field goes on in the next line.
[[nodiscard]] bool has_open_quote(std::string_view line);

/// The field as CSV: in quotes only where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace berth
