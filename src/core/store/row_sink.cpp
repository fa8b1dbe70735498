#include "store/row_sink.hpp"

#include "base/text_fields.hpp"

namespace clustcr {

void RowSink::add_all(const std::vector<std::uint32_t>& precluster,
                      const std::function<StoredRow(std::size_t)>& row_of,
                      const Execution&) {
  for (std::size_t i = 0; i < precluster.size(); ++i)
    add(precluster[i], row_of(i));
}

void append_row(const StoredRow& row, std::string* text) {
  *text += row.sequence;
  *text += '\t';
  append_escaped(row.v_call, text);
  *text += '\t';
  append_escaped(row.j_call, text);
  *text += '\t';
  append_number(row.duplicate_count, text);
}

}  // namespace clustcr
